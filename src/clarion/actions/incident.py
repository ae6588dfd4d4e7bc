"""Opening incidents, by signal or by hand, and keeping them true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from clarion.rules import terms
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Invalid, NotFound
from clarion.rules.intake import LONGEST_AGO, LONGEST_TITLE
from clarion.rules.plaintext import require_storable
from clarion.rules.policy.facts import CONFIRMATIONS
from clarion.store import changes as what_follows
from clarion.store import ledger, records
from clarion.store.models import Component, LedgerEntry
from clarion.store.opening import create_incident, opened
from clarion.store.policies import current


def open_incident(
    *,
    title: str,
    severity: str,
    category: str,
    component_ids: Iterable[str],
    visibility: str = "public",
    confirmation: str = "confirmed",
    detected_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A person opens an incident by hand; policy decides what follows from it.

    Whoever opens it has seen it, so it counts as confirmed by them unless they say ``suspected``.
    """
    require(actor, "incidents:write")
    title = _clean_title(title)
    _check_word("severity", severity, terms.SEVERITIES)
    _check_word("category", category, terms.CATEGORIES)
    _check_word("visibility", visibility, ("public", "private"))
    _check_word("confirmation", confirmation, CONFIRMATIONS)
    if detected_at is not None and detected_at > now:
        raise Invalid("The time of detection lies in the future.", field="detected_at")
    if detected_at is not None and detected_at < now - LONGEST_AGO:
        raise Invalid("The time of detection lies more than a year back.", field="detected_at")
    components = _find_components(component_ids)
    number, policy = current()
    incident, decision = create_incident(
        title=title,
        severity=severity,
        category=category,
        visibility=visibility,
        confirmed_by=actor.person_id if confirmation == "confirmed" else None,
        detected_at=detected_at or now,
        components=components,
        policy_number=number,
        policy=policy,
        now=now,
    )
    return opened(incident, components, decision.reasons, actor=actor, signal_id=None, now=now)


def change_incident(
    *, incident_id: str, changes: Mapping[str, str], actor: Actor, now: datetime
) -> LedgerEntry:
    """Changes title, severity, category or visibility; policy decides anew, under the same version.

    A draft whose words were in review or approved for other audiences, channels or another visibility is
    a draft again: nobody approved it for those who would read it now. One whose review lacks nothing any
    more is approved.
    """
    require(actor, "incidents:write")
    incident = records.hold(incident_id)
    if incident is None:
        raise NotFound("There is no such incident.")
    wanted = _check_changes(changes)
    changed = {field: value for field, value in wanted.items() if getattr(incident, field) != value}
    if not changed:
        raise AlreadyDone("Nothing differs from what is recorded.")
    if changed.get("visibility") == "private" and incident.updates.exists():
        raise Invalid("It has been published already and cannot be made private.", field="visibility")
    before = {field: getattr(incident, field) for field in changed if field != "title"}
    for field, value in changed.items():
        setattr(incident, field, value)
    outcome = what_follows.changed(incident, before, changed, now)
    return ledger.append(
        "incident.changed",
        actor=actor,
        subject=f"incident:{incident.id}",
        incident=incident,
        at=now,
        data={
            "before": before,
            "after": {k: v for k, v in changed.items() if k != "title"},
            **outcome,
        },
        texts={"title": incident.title},
    )


def _check_changes(changes: Mapping[str, str]) -> dict[str, str]:
    words = {"severity": terms.SEVERITIES, "category": terms.CATEGORIES, "visibility": ("public", "private")}
    wanted = dict(changes)
    for field, value in changes.items():
        if field in words:
            _check_word(field, value, words[field])
        elif field == "title":
            wanted[field] = _clean_title(value)
        else:
            raise Invalid("Only title, severity, category and visibility can be changed.", field=field)
    return wanted


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
