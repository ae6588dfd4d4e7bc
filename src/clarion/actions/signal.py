"""What follows from a signal: a new incident, a part of an open one, or nothing."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, OuterRef, QuerySet, Subquery

from clarion.rules import policy as policies
from clarion.rules import terms
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict
from clarion.rules.intake import LONGEST_AGO, Attach, Choice, OpenIncident, OpenNew, choose_incident
from clarion.rules.intake import Signal as Reported
from clarion.rules.types import Reason, reasons_json
from clarion.store import ledger, records
from clarion.store.models import (
    Component,
    Draft,
    DraftVersion,
    Incident,
    IncidentComponent,
    LedgerEntry,
    Signal,
    Source,
)
from clarion.store.opening import STATUS_BY_SEVERITY, create_incident, opened
from clarion.store.policies import current

#: How often a signal looks for another incident because the one it found was closed meanwhile.
MOST_CHOICES = 5


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
    # Those of other sources about the same component do too.
    records.hold_components(component.id for component in components)
    choice, held = _choose(signal, source, components)
    if isinstance(choice, OpenNew):
        return _open_for_signal(signal, components, choice.reason, now)
    if held is not None:
        return _attach(signal, components, held, choice.reason, now)
    return ledger.append(
        "signal.ignored",
        actor=SYSTEM,
        subject=f"signal:{signal.id}",
        at=now,
        data={"reasons": reasons_json([choice.reason])},
    )


def _choose(signal: Signal, source: Source, components: list[Component]) -> tuple[Choice, Incident | None]:
    """What follows from a signal; and the incident it belongs to, held and open, if there is one.

    Nobody holds the incidents it chooses from, so one may be closed before it can be held. An alert that
    fires is never given to an incident that is over, so then it chooses once more.
    """
    for _ in range(MOST_CHOICES):
        choice = choose_incident(
            _as_reported(signal),
            _open_incidents(only=signal.incident_id),
            source=source.slug,
            seen="firing" if signal.incident_id else "",
            component_ids=frozenset(component.id for component in components),
            visibility=_visibility(signal),
        )
        held = records.hold(choice.incident_id) if isinstance(choice, Attach) else None
        if held is None or held.state in terms.OPEN_STATES:
            return choice, held
    raise Conflict("Incidents are closed faster than this signal finds one. It stays due.")


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
            visibility=incident.visibility,
        )
        for incident in found
    ]


def _visibility(signal: Signal) -> str:
    """Public, unless its labels say that it is private."""
    return "private" if signal.labels.get("visibility") == "private" else "public"


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
    incident, decision = create_incident(
        title=signal.title,
        severity=severity,
        category=category,
        visibility=_visibility(signal),
        confirmed_by=None,
        detected_at=min(max(signal.started_at, now - LONGEST_AGO), now),
        components=components,
        policy_number=number,
        policy=policy,
        now=now,
    )
    Signal.objects.filter(id=signal.id).update(incident=incident)
    reasons = (reason, severity_reason, category_reason, *decision.reasons)
    return opened(incident, components, reasons, actor=SYSTEM, signal_id=signal.id, now=now)


def _attach(
    signal: Signal, components: list[Component], incident: Incident, reason: Reason, now: datetime
) -> LedgerEntry:
    Signal.objects.filter(id=signal.id).update(incident=incident)
    for component in components if signal.status == "firing" else ():
        IncidentComponent.objects.get_or_create(
            incident=incident, component=component, defaults={"status": STATUS_BY_SEVERITY[incident.severity]}
        )
    quiet = not incident.signals.exclude(status="resolved").exists()
    Incident.objects.filter(id=incident.id).update(
        quiet_at=_quiet_since(incident, now) if quiet else None, updated_at=now
    )
    # Nobody may tell readers that it is over while an alert fires again.
    superseded = [] if quiet or signal.status != "firing" else records.supersede(_ends(incident), now=now)
    return ledger.append(
        "incident.quiet" if quiet else "incident.signal_attached",
        actor=SYSTEM,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={
            "signal": signal.id,
            "status": signal.status,
            "superseded": superseded,
            "reasons": reasons_json([reason]),
        },
        texts={"signal_title": signal.title},
    )


def _ends(incident: Incident) -> QuerySet[Draft]:
    """Its open drafts whose newest words say that it is over, whatever they were begun as."""
    newest = DraftVersion.objects.filter(draft=OuterRef("pk")).order_by("-number")
    said = Subquery(newest.values("incident_state")[:1])
    return records.open_drafts(incident).annotate(says=said).filter(says__in=terms.CLOSED_STATES)


def _quiet_since(incident: Incident, now: datetime) -> datetime:
    """When the last alert ended, by its source's word; a report that comes late must not make it later."""
    ended = incident.signals.aggregate(last=Max("ended_at"))["last"]
    return min(ended or now, now)
