"""Writing a new incident and the ledger entry that opens it, for an alert and for a person alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from clarion.rules import policy as policies
from clarion.rules import terms
from clarion.rules.access import Actor
from clarion.rules.audience import AUDIENCES
from clarion.rules.types import Reason, reasons_json
from clarion.store import ledger
from clarion.store.decisions import facts_of
from clarion.store.models import Component, Incident, IncidentComponent, LedgerEntry

STATUS_BY_SEVERITY: Mapping[str, str] = {
    "SEV-1": "major_outage",
    "SEV-2": "partial_outage",
    "SEV-3": "degraded",
    "SEV-4": "operational",
    "SEV-5": "operational",
}


def create_incident(
    *,
    title: str,
    severity: str,
    category: str,
    visibility: str,
    confirmed_by: str | None,
    detected_at: datetime,
    components: Iterable[Component],
    policy_number: int,
    policy: policies.Policy,
    now: datetime,
) -> tuple[Incident, policies.Decision]:
    """An incident with what the policy requires of it.

    ``confirmed_by`` is the id of the person who says that it is so; None while it is only suspected.
    """
    incident = Incident(
        title=title,
        severity=severity,
        category=category,
        visibility=visibility,
        confirmation="suspected" if confirmed_by is None else "confirmed",
        confirmed_by_id=confirmed_by or None,
        confirmed_at=None if confirmed_by is None else now,
        policy_version=policy_number,
        detected_at=detected_at,
        opened_at=now,
        updated_at=now,
    )
    decision = policies.decide(facts_of(incident, now), policy, now)
    incident.requirements = decision.as_json()
    incident.save(force_insert=True)
    status = STATUS_BY_SEVERITY[severity]
    IncidentComponent.objects.bulk_create(
        IncidentComponent(incident=incident, component=component, status=status) for component in components
    )
    return incident, decision


def opened(
    incident: Incident,
    components: Iterable[Component],
    reasons: Iterable[Reason],
    *,
    actor: Actor,
    signal_id: str | None,
    now: datetime,
) -> LedgerEntry:
    return ledger.append(
        "incident.opened",
        actor=actor,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={
            "severity": incident.severity,
            "category": incident.category,
            "visibility": incident.visibility,
            "confirmation": incident.confirmation,
            "policy_version": incident.policy_version,
            "detected_at": incident.detected_at.isoformat(),
            "components": [component.id for component in components],
            "signal": signal_id,
            "requirements": incident.requirements,
            "reasons": reasons_json(reasons),
        },
        texts={"title": incident.title},
    )


def proposed_statuses(
    incident: Incident, affected: Iterable[IncidentComponent], *, ended: bool
) -> dict[str, str]:
    """What a draft says of each component: its status, or, at the end, what other incidents leave of it.

    A component is not called operational while everybody is told of another open incident on it.
    """
    if not ended:
        return {row.component_id: row.status for row in affected}
    others = IncidentComponent.objects.filter(
        incident__state__in=terms.OPEN_STATES,
        incident__visibility="public",
        incident__updates__texts__audience__in=[name for name, each in AUDIENCES.items() if each.public],
    ).exclude(incident=incident)
    elsewhere: dict[str, list[str]] = {}
    for component_id, status in others.values_list("component_id", "status").distinct():
        elsewhere.setdefault(component_id, []).append(status)
    return {row.component_id: terms.worst_status(elsewhere.get(row.component_id, ())) for row in affected}
