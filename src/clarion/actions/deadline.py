"""What happens when time runs: a warning, then a miss. Nothing is ever published to satisfy a timer."""

from __future__ import annotations

from datetime import datetime

from clarion.rules import deadlines
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone
from clarion.store import ledger
from clarion.store.models import Deadline, LedgerEntry


def tick_deadline(*, key: str, now: datetime) -> LedgerEntry:
    """Warns of a deadline or records that it was missed, whichever is due; raises AlreadyDone for neither."""
    deadline = Deadline.objects.select_for_update(of=("self",)).select_related("incident").get(id=key)
    step = deadlines.next_step(
        deadlines.Times(
            warn_at=deadline.warn_at,
            due_at=deadline.due_at,
            warned_at=deadline.warned_at,
            missed_at=deadline.missed_at,
            closed_at=deadline.satisfied_at or deadline.cancelled_at,
        ),
        now,
    )
    if not step:
        raise AlreadyDone("Nothing is due on this deadline now.")
    field = "warned_at" if step == "warn" else "missed_at"
    Deadline.objects.filter(id=deadline.id).update(**{field: now})
    return ledger.append(
        "deadline.warned" if step == "warn" else "deadline.missed",
        actor=SYSTEM,
        subject=f"deadline:{deadline.id}",
        incident=deadline.incident,
        at=now,
        data={
            "kind": deadline.kind,
            "due_at": deadline.due_at.isoformat(),
            "owner_role": deadline.owner_role,
            "draft": deadline.draft_id,
        },
    )
