"""Incidents as screens and programs read them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from clarion.rules import terms
from clarion.rules.errors import NotFound
from clarion.store.models import Component, Deadline, Incident, Signal, Update

#: Under a name of its own: rows that change meanwhile must not be read from here.
_TOLD = Prefetch("updates", Update.objects.order_by("number"), to_attr="told")


def incidents(*, state: str = "") -> QuerySet[Incident]:
    """Newest first; ``state`` is ``open``, ``closed`` or empty for all."""
    found = Incident.objects.prefetch_related("affected__component", _TOLD)
    if state == "open":
        return found.filter(state__in=terms.OPEN_STATES)
    if state == "closed":
        return found.exclude(state__in=terms.OPEN_STATES)
    return found


def incident(incident_id: str) -> Incident:
    """One incident; raises NotFound."""
    found = Incident.objects.prefetch_related("affected__component", _TOLD).filter(id=incident_id).first()
    if found is None:
        raise NotFound("There is no such incident.")
    return found


def signals_of(incident: Incident) -> QuerySet[Signal]:
    return incident.signals.select_related("source").order_by("started_at", "id")


def updates_of(incident: Incident) -> QuerySet[Update]:
    """Published updates, newest first, with their texts."""
    return incident.updates.prefetch_related("texts", "translations").order_by("-number")


def deadlines_of(incident: Incident) -> QuerySet[Deadline]:
    return incident.deadlines.select_related("draft").prefetch_related("notices").order_by("due_at")


def open_deadlines() -> QuerySet[Deadline]:
    """Everything promised or waited for that is not over, the soonest first."""
    return (
        Deadline.objects.filter(satisfied_at=None, cancelled_at=None)
        .select_related("incident", "draft")
        .prefetch_related("notices")
        .order_by("due_at")
    )


def components(*, public_only: bool = False) -> QuerySet[Component]:
    found = Component.objects.order_by("position", "name")
    return found.filter(public=True) if public_only else found
