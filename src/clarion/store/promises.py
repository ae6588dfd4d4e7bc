"""What readers are owed: an update at once when something changed, and what they were told last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from clarion.rules import cadence, terms
from clarion.rules.types import Reason
from clarion.store import decisions, records
from clarion.store.models import Deadline, DraftVersion, Incident
from clarion.store.policies import numbered


def promise(incident: Incident, now: datetime) -> cadence.Promise:
    """By when the next update is promised; asked anew, since how far it is and how long it is open count."""
    policy = numbered(incident.policy_version)
    return cadence.promise(
        now=now,
        every=decisions.decision(incident, now).update_every,
        severity=incident.severity,
        quiet=policy.quiet_hours,
        silence=timedelta(minutes=policy.maximum_silence_minutes),
    )


def call_for_update(incident: Incident, reasons: Iterable[Reason], now: datetime) -> str | None:
    """The deadline by which readers hear what changed; None where they were told nothing, or nothing calls.

    One that is open already keeps its time and takes the new reasons.
    """
    reasons = tuple(reasons)
    because = " ".join(reason.text for reason in reasons)
    wanted = incident.requirements["formal_updates"] and incident.state in terms.OPEN_STATES
    if not because or not wanted or not incident.updates.exists():
        return None
    running = Deadline.objects.filter(
        kind="update_due", incident=incident, satisfied_at=None, cancelled_at=None
    ).first()
    if running is not None:
        Deadline.objects.filter(id=running.id).update(reason=cadence.gather(running.reason, reasons))
        return running.id
    at_once = timedelta(minutes=numbered(incident.policy_version).update_at_once_minutes)
    return records.open_deadline(
        "update_due",
        incident=incident,
        draft=None,
        owner_role="communications_lead",
        reason=because,
        due_at=now + at_once,
        warn_before=at_once,
        now=now,
    ).id


def no_change_problem(version: DraftVersion, now: datetime) -> str:
    """What is wrong with saying "no change" in this version once more; empty if nothing is.

    ``now`` is when review is asked for: the stated interval runs from there, also when it is asked again
    at publishing, so that the time which a review takes makes no promise shorter.
    """
    updates = version.draft.incident.updates.select_related("version").order_by("-number")[:2]
    return cadence.no_change_problem(
        _said(version, now),
        incident_state=version.incident_state,
        ruled_out=version.ruled_out,
        published=[_said(update.version, update.published_at) for update in updates],
    )


def _said(version: DraftVersion, at: datetime) -> cadence.Said:
    return cadence.Said(version.texts, version.no_change, at, version.next_update_at)
