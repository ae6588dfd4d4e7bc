"""A running incident under the policy in force today, because somebody asks for it."""

from __future__ import annotations

from datetime import datetime

from clarion.rules import terms
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, NotFound
from clarion.rules.policy.comparison import changes
from clarion.rules.types import reasons_json
from clarion.store import decisions, ledger, records, reviews
from clarion.store.models import LedgerEntry
from clarion.store.policies import current


def reevaluate_incident(*, incident_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Moves an open incident to the newest policy version and decides anew; the entry says what changed.

    Drafts in review are looked at again, as after any change of what policy requires.
    """
    require(actor, "incidents:write")
    incident = records.hold(incident_id)
    if incident is None:
        raise NotFound("There is no such incident.")
    if incident.state not in terms.OPEN_STATES:
        raise Conflict("This incident is closed; it keeps the policy it ended under.")
    number, _ = current()
    if incident.policy_version == number:
        raise AlreadyDone(f"It is under version {number} already, the newest.")
    before_version, before = incident.policy_version, incident.requirements
    incident.policy_version = number
    decision = decisions.decision(incident, now)
    incident.requirements, incident.updated_at = decision.as_json(), now
    incident.save(update_fields=["policy_version", "requirements", "updated_at"])
    returned, approved = reviews.reconsider(incident, now)
    return ledger.append(
        "incident.reevaluated",
        actor=actor,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={
            "before_version": before_version,
            "policy_version": number,
            "changes": [change.as_json() for change in changes(before, incident.requirements)],
            "requirements": incident.requirements,
            "reasons": reasons_json(decision.reasons),
            "drafts_returned": returned,
            "drafts_approved": approved,
        },
    )
