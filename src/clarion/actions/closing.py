"""Ending an incident of which readers never heard."""

from __future__ import annotations

from datetime import datetime

from clarion.rules import terms
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.store import ledger, records
from clarion.store.models import Incident, LedgerEntry


def close_incident(*, incident_id: str, state: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Closes an unpublished incident as ``resolved`` or ``false_alarm``, with a reason.

    Once readers were told of it, the end must be told too: then only a published resolution closes it.
    """
    require(actor, "incidents:write")
    if state not in ("resolved", "false_alarm"):
        raise Invalid("An incident is closed as resolved or false_alarm.", field="state")
    require_storable(reason=reason)
    if not reason.strip():
        raise Invalid("Say why it is closed.", field="reason")
    incident = records.hold(incident_id)
    if incident is None:
        raise NotFound("There is no such incident.")
    if incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("This incident is closed.")
    if incident.updates.exists():
        raise Conflict("Readers were told of this incident. Publish a resolution to close it.")
    closed = records.supersede(records.open_drafts(incident), now=now)
    records.satisfy_deadlines("etr", incident=incident, by=f"incident:{incident.id}", now=now)
    Incident.objects.filter(id=incident.id).update(state=state, resolved_at=now, updated_at=now)
    return ledger.append(
        "incident.closed",
        actor=actor,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={"state": state, "superseded": closed},
        texts={"reason": reason.strip()},
    )
