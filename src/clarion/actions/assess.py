"""What people find out about an incident, from which policy decides anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clarion.rules import assessment, terms
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, NotFound
from clarion.store import changes, ledger, records
from clarion.store.models import Incident, LedgerEntry


def assess_incident(
    *, incident_id: str, facts: Mapping[str, Any], actor: Actor, now: datetime
) -> LedgerEntry:
    """Records confirmation, outage scope, business impact, who noticed, duties, regions, customers affected.

    Only what ``facts`` names changes; policy decides anew under the version the incident began with, and
    drafts are looked at again as after any other change.
    """
    require(actor, "incidents:write")
    incident = records.hold(incident_id)
    if incident is None:
        raise NotFound("There is no such incident.")
    if incident.state not in terms.OPEN_STATES:
        raise Conflict("This incident is closed; its facts stay as they were.")
    clean = assessment.clean(facts)
    changed = {name: value for name, value in clean.items() if getattr(incident, name) != value}
    if not changed:
        raise AlreadyDone("Nothing differs from what is recorded.")
    before = {name: getattr(incident, name) for name in changed}
    for name, value in changed.items():
        setattr(incident, name, value)
    if "confirmation" in changed:
        _sign_confirmation(incident, actor, now)
    required = incident.requirements
    outcome = changes.changed(incident, before, changed, now)
    requirements = incident.requirements
    altered = sorted(name for name, value in requirements.items() if required.get(name) != value)
    return ledger.append(
        "incident.assessed",
        actor=actor,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={
            "before": before,
            "after": changed,
            "requirements": requirements,
            "requirements_changed": altered,
            **outcome,
        },
    )


def _sign_confirmation(incident: Incident, actor: Actor, now: datetime) -> None:
    """Who confirmed it and when; nobody, once it is only suspected again."""
    confirmed = incident.confirmation == "confirmed"
    incident.confirmed_by_id = (actor.person_id or None) if confirmed else None
    incident.confirmed_at = now if confirmed else None
