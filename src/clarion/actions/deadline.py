"""What happens when time runs: a warning, a miss, reminders. Nothing is ever published to satisfy a timer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clarion.rules import deadlines, terms
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone
from clarion.store import ledger, notices
from clarion.store.models import Deadline, LedgerEntry
from clarion.store.policies import numbered

KINDS = {"warn": "deadline.warned", "miss": "deadline.missed", "remind": "deadline.reminded"}


def tick_deadline(*, key: str, now: datetime) -> LedgerEntry:
    """Warns of a deadline, records that it was missed, or reminds its owner that it still is.

    Those who hold the owner's role are told by mail. Raises AlreadyDone when none of it is due; after the end
    of an incident nobody is reminded.
    """
    deadline = Deadline.objects.select_for_update(of=("self",)).select_related("incident").get(id=key)
    step = deadlines.next_step(
        deadlines.Times(
            warn_at=deadline.warn_at,
            due_at=deadline.due_at,
            warned_at=deadline.warned_at,
            missed_at=deadline.missed_at,
            remind_at=deadline.remind_at,
            closed_at=deadline.satisfied_at or deadline.cancelled_at,
        ),
        now,
    )
    over = deadline.incident is not None and deadline.incident.state not in terms.OPEN_STATES
    if not step or (step == "remind" and over):
        raise AlreadyDone("Nothing is due on this deadline now.")
    changes = _changes(deadline, step, now)
    Deadline.objects.filter(id=deadline.id).update(**changes)
    return ledger.append(
        KINDS[step],
        actor=SYSTEM,
        subject=f"deadline:{deadline.id}",
        incident=deadline.incident,
        at=now,
        data={
            "kind": deadline.kind,
            "audiences": deadline.audiences,
            "due_at": deadline.due_at.isoformat(),
            "owner_role": deadline.owner_role,
            "draft": deadline.draft_id,
            **_reminded(deadline, changes),
            "told": notices.write(deadline, step, changes.get("reminders", 0), now),
        },
    )


def _changes(deadline: Deadline, step: str, now: datetime) -> dict[str, Any]:
    if step == "warn":
        return {"warned_at": now}
    given = 0 if step == "miss" else deadline.reminders + 1
    assert deadline.incident is not None
    policy = numbered(deadline.incident.policy_version)
    intervals = [timedelta(minutes=each) for each in policy.remind_minutes]
    next_one = {"remind_at": deadlines.next_reminder(given, intervals, now)}
    if step == "miss":
        return {"missed_at": now} | next_one
    return {"reminders": given, "reminded_at": now} | next_one


def _reminded(deadline: Deadline, changes: dict[str, Any]) -> dict[str, Any]:
    """How often the owner has been reminded by now, and since when it is missed; empty before."""
    if "reminders" not in changes or deadline.missed_at is None:
        return {}
    return {"reminder": changes["reminders"], "missed_at": deadline.missed_at.isoformat()}
