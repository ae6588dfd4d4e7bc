"""Drafts that Clarion starts by itself. It proposes; people write, approve and so publish."""

from __future__ import annotations

from datetime import datetime

from clarion.rules import terms
from clarion.rules.errors import AlreadyDone
from clarion.store import beginning, drafting, promises, records
from clarion.store.models import Deadline, Incident, LedgerEntry


def write_first_draft(*, key: str, now: datetime) -> LedgerEntry:
    """The first draft of a new incident, where policy asks for formal updates."""
    incident = Incident.objects.select_for_update().get(id=key)
    if incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("The incident is closed.")
    if not incident.requirements.get("formal_updates") or incident.drafts.exists():
        raise AlreadyDone("Policy asks for no update, or a draft exists.")
    if not incident.requirements["may_start"]:
        raise AlreadyDone("Policy lets communication start later.")
    return drafting.begin(incident, "holding", cause="incident.opened", now=now)


def propose_resolution(*, key: str, now: datetime) -> LedgerEntry:
    """A draft saying that it is over, once every signal is quiet. It proposes; people publish."""
    incident = Incident.objects.select_for_update().get(id=key)
    if incident.quiet_at is None or incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("The incident is not quiet, or is closed already.")
    if not incident.requirements.get("formal_updates"):
        raise AlreadyDone("Policy asks for no update.")
    if not beginning.may_go_on(incident):
        raise AlreadyDone("Readers were told nothing, and policy lets communication start later.")
    if records.open_drafts(incident).filter(phase="resolution").exists():
        raise AlreadyDone("A resolution is being written already.")
    if incident.drafts.filter(phase="resolution", created_at__gte=incident.quiet_at).exists():
        raise AlreadyDone("A resolution was proposed since it became quiet.")
    return drafting.begin(incident, "resolution", cause="incident.quiet", now=now)


def prepare_update(*, key: str, now: datetime) -> LedgerEntry:
    """A draft for a missed promise, or for a change readers must hear of. Never published by itself."""
    incident = records.hold(Deadline.objects.values_list("incident_id", flat=True).get(id=key))
    assert incident is not None
    # Read only now: whoever held the incident before may have kept the promise.
    deadline = Deadline.objects.get(id=key)
    kept = deadline.satisfied_at or deadline.cancelled_at
    changed = deadline.kind == "update_due"
    since = deadline.opened_at if changed else deadline.missed_at
    if deadline.kind not in promises.CALL_FOR_A_DRAFT or kept or since is None:
        raise AlreadyDone("No update is owed.")
    if incident.state not in terms.OPEN_STATES:
        raise AlreadyDone("The incident is closed.")
    if promises.put_aside(deadline, since):
        raise AlreadyDone("A draft has been written since; whoever put it aside had a reason.")
    if records.open_drafts(incident).exists():
        raise AlreadyDone("A draft is being written already.")
    audiences = promises.to_carry(deadline, incident, now)
    cause = "update_due" if changed else "deadline.missed"
    return drafting.begin(incident, "update", audiences=audiences, cause=cause, now=now)
