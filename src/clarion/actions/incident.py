"""Opening incidents, by signal or by hand, and keeping them true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from clarion.rules import policy as policies
from clarion.rules import terms
from clarion.rules.access import SYSTEM, Actor, require
from clarion.rules.errors import AlreadyDone, Invalid, NotFound
from clarion.rules.intake import LONGEST_TITLE, Attach, OpenIncident, OpenNew, choose_incident
from clarion.rules.intake import Signal as Reported
from clarion.rules.plaintext import require_storable
from clarion.rules.types import Reason, reasons_json
from clarion.store import ledger
from clarion.store.models import Component, Incident, IncidentComponent, LedgerEntry, Signal, Source
from clarion.store.policies import current, numbered

STATUS_BY_SEVERITY: Mapping[str, str] = {
    "SEV-1": "major_outage",
    "SEV-2": "partial_outage",
    "SEV-3": "degraded",
    "SEV-4": "operational",
    "SEV-5": "operational",
}


def answer_signal(*, key: str, now: datetime) -> LedgerEntry:
    """Opens an incident for a signal, attaches it to an open one, or notes that nothing follows."""
    signal = Signal.objects.select_related("source").get(id=key)
    # Signals of one source take turns here, so that two of one group never open two incidents.
    source = Source.objects.select_for_update().get(id=signal.source_id)
    signal = Signal.objects.select_for_update().get(id=key)
    if signal.answered_at is not None:
        raise AlreadyDone("This signal has been answered.")
    Signal.objects.filter(id=signal.id).update(answered_at=now)
    components = _components(signal, source)
    choice = choose_incident(
        _as_reported(signal),
        _open_incidents(only=signal.incident_id),
        source=source.slug,
        seen="firing" if signal.incident_id else "",
        component_ids=frozenset(component.id for component in components),
    )
    if isinstance(choice, OpenNew):
        return _open_for_signal(signal, components, choice.reason, now)
    if isinstance(choice, Attach):
        return _attach(signal, components, choice, now)
    return ledger.append(
        "signal.ignored",
        actor=SYSTEM,
        subject=f"signal:{signal.id}",
        at=now,
        data={"reasons": reasons_json([choice.reason])},
    )


def _as_reported(signal: Signal) -> Reported:
    return Reported(
        key=signal.key,
        group=signal.group,
        status=signal.status,
        title=signal.title,
        started_at=signal.started_at,
        severity=signal.severity,
        labels=signal.labels,
    )


def _open_incidents(*, only: str | None) -> list[OpenIncident]:
    """Open incidents, oldest first; ``only`` the one a signal belongs to already, if it does."""
    found = Incident.objects.filter(state__in=terms.OPEN_STATES).order_by("opened_at", "id")
    found = found.filter(id=only) if only else found
    return [
        OpenIncident(
            id=incident.id,
            groups=frozenset(incident.signals.values_list("source__slug", "group")),
            component_ids=frozenset(incident.affected.values_list("component_id", flat=True)),
        )
        for incident in found
    ]


def _components(signal: Signal, source: Source) -> list[Component]:
    """The components a signal names by its labels, else its source's default one."""
    names = {signal.labels.get(label, "").lower() for label in ("component", "service")} - {""}
    named = [c for c in Component.objects.filter(is_group=False) if {c.slug, c.name.lower()} & names]
    return named or ([source.default_component] if source.default_component else [])


def _open_for_signal(
    signal: Signal, components: list[Component], reason: Reason, now: datetime
) -> LedgerEntry:
    number, policy = current()
    severity, severity_reason = policies.severity_of(signal.severity, policy)
    category, category_reason = policies.category_of(signal.labels, policy)
    incident, decision = _create(
        title=signal.title,
        severity=severity,
        category=category,
        visibility="private" if signal.labels.get("visibility") == "private" else "public",
        detected_at=min(signal.started_at, now),
        components=components,
        policy_number=number,
        policy=policy,
        now=now,
    )
    Signal.objects.filter(id=signal.id).update(incident=incident)
    reasons = (reason, severity_reason, category_reason, *decision.reasons)
    return _opened(incident, components, reasons, actor=SYSTEM, signal_id=signal.id, now=now)


def _create(
    *,
    title: str,
    severity: str,
    category: str,
    visibility: str,
    detected_at: datetime,
    components: Iterable[Component],
    policy_number: int,
    policy: policies.Policy,
    now: datetime,
) -> tuple[Incident, policies.Decision]:
    decision = policies.decide(policies.IncidentFacts(severity, category, visibility), policy, now)
    incident = Incident.objects.create(
        title=title,
        severity=severity,
        category=category,
        visibility=visibility,
        policy_version=policy_number,
        requirements=decision.as_json(),
        detected_at=detected_at,
        opened_at=now,
        updated_at=now,
    )
    status = STATUS_BY_SEVERITY[severity]
    IncidentComponent.objects.bulk_create(
        IncidentComponent(incident=incident, component=component, status=status) for component in components
    )
    return incident, decision


def _opened(
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
            "policy_version": incident.policy_version,
            "detected_at": incident.detected_at.isoformat(),
            "components": [component.id for component in components],
            "signal": signal_id,
            "requirements": incident.requirements,
            "reasons": reasons_json(reasons),
        },
        texts={"title": incident.title},
    )


def _attach(signal: Signal, components: list[Component], choice: Attach, now: datetime) -> LedgerEntry:
    incident = Incident.objects.select_for_update().get(id=choice.incident_id)
    Signal.objects.filter(id=signal.id).update(incident=incident)
    for component in components if signal.status == "firing" else ():
        IncidentComponent.objects.get_or_create(
            incident=incident, component=component, defaults={"status": STATUS_BY_SEVERITY[incident.severity]}
        )
    quiet = not incident.signals.exclude(status="resolved").exists()
    Incident.objects.filter(id=incident.id).update(quiet_at=now if quiet else None, updated_at=now)
    return ledger.append(
        "incident.quiet" if quiet else "incident.signal_attached",
        actor=SYSTEM,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={"signal": signal.id, "status": signal.status, "reasons": reasons_json([choice.reason])},
        texts={"signal_title": signal.title},
    )


def open_incident(
    *,
    title: str,
    severity: str,
    category: str,
    component_ids: Iterable[str],
    visibility: str = "public",
    detected_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A person opens an incident by hand; policy decides what follows from it."""
    require(actor, "incidents:write")
    title = _clean_title(title)
    _check_word("severity", severity, terms.SEVERITIES)
    _check_word("category", category, terms.CATEGORIES)
    _check_word("visibility", visibility, ("public", "private"))
    if detected_at is not None and detected_at > now:
        raise Invalid("The time of detection lies in the future.", field="detected_at")
    components = _find_components(component_ids)
    number, policy = current()
    incident, decision = _create(
        title=title,
        severity=severity,
        category=category,
        visibility=visibility,
        detected_at=detected_at or now,
        components=components,
        policy_number=number,
        policy=policy,
        now=now,
    )
    return _opened(incident, components, decision.reasons, actor=actor, signal_id=None, now=now)


def change_incident(
    *, incident_id: str, changes: Mapping[str, str], actor: Actor, now: datetime
) -> LedgerEntry:
    """Changes title, severity, category or visibility; policy decides anew, under the same version."""
    require(actor, "incidents:write")
    incident = Incident.objects.select_for_update().filter(id=incident_id).first()
    if incident is None:
        raise NotFound("There is no such incident.")
    words = {"severity": terms.SEVERITIES, "category": terms.CATEGORIES, "visibility": ("public", "private")}
    wanted = dict(changes)
    for field, value in changes.items():
        if field in words:
            _check_word(field, value, words[field])
        elif field == "title":
            wanted[field] = _clean_title(value)
        else:
            raise Invalid("Only title, severity, category and visibility can be changed.", field=field)
    changed = {field: value for field, value in wanted.items() if getattr(incident, field) != value}
    if not changed:
        raise AlreadyDone("Nothing differs from what is recorded.")
    if changed.get("visibility") == "private" and incident.updates.exists():
        raise Invalid("It has been published already and cannot be made private.", field="visibility")
    before = {field: getattr(incident, field) for field in changed if field != "title"}
    with transaction.atomic():
        for field, value in changed.items():
            setattr(incident, field, value)
        _decide_anew(incident, now)
    return ledger.append(
        "incident.changed",
        actor=actor,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={"before": before, "after": {k: v for k, v in changed.items() if k != "title"}},
        texts={"title": incident.title},
    )


def _decide_anew(incident: Incident, now: datetime) -> None:
    facts = policies.IncidentFacts(incident.severity, incident.category, incident.visibility)
    incident.requirements = policies.decide(facts, numbered(incident.policy_version), now).as_json()
    incident.updated_at = now
    incident.save(update_fields=["title", "severity", "category", "visibility", "requirements", "updated_at"])


def _clean_title(title: str) -> str:
    """A title as it is kept; raises Invalid. What a person wrote is never cut without a word."""
    require_storable(title=title)
    clean = title.strip()
    if not clean:
        raise Invalid("Give the incident a title.", field="title")
    if len(clean) > LONGEST_TITLE:
        raise Invalid(f"At most {LONGEST_TITLE} characters fit here.", field="title")
    return clean


def _check_word(field: str, value: str, words: Iterable[str]) -> None:
    if value not in words:
        raise Invalid(f"{value!r} is not one of {', '.join(words)}.", field=field)


def _find_components(ids: Iterable[str]) -> list[Component]:
    wanted = list(ids)
    found = {component.id: component for component in Component.objects.filter(id__in=wanted, is_group=False)}
    for component_id in wanted:
        if component_id not in found:
            raise Invalid(f"There is no component {component_id!r}.", field="components")
    return [found[component_id] for component_id in wanted]
