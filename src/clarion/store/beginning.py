"""Whether outsiders have been told of an incident, before which nothing for them begins against policy."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from clarion.rules.audience import AUDIENCES
from clarion.rules.types import Reason
from clarion.store.models import DraftVersion, Incident, UpdateText


def begun() -> Exists:
    """For a query of incidents: those of which a text for outsiders was published."""
    return Exists(_told().filter(update__incident=OuterRef("pk")))


def may_tell() -> Q:
    """For a query of incidents: policy lets communication start, or it has begun outside and goes on."""
    return Q(requirements__may_start=True) | Q(begun())


def may_go_on(incident: Incident) -> bool:
    """The same of one incident. What colleagues alone were told is no beginning."""
    return incident.requirements["may_start"] or _told().filter(update__incident=incident).exists()


def too_early(version: DraftVersion) -> tuple[Reason, ...]:
    """Why this version must not go out yet; empty once it may, and for what stays inside."""
    incident = version.draft.incident
    outside = any(not AUDIENCES[name].inside for name in version.texts)
    if not outside or may_go_on(incident):
        return ()
    because = " ".join(reason["text"] for reason in incident.requirements["because"]["start"])
    return (Reason("too_early", f"Communication may not start yet. {because}"),)


def _told() -> QuerySet[UpdateText]:
    inside = [name for name, audience in AUDIENCES.items() if audience.inside]
    return UpdateText.objects.exclude(audience__in=inside)
