"""When readers were told something, incident by incident."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from clarion.rules.audience import AUDIENCES
from clarion.store.models import Update, UpdateText


def update_times() -> dict[str, dict[str, list[datetime]]]:
    """``{severity: {incident id: times of its published updates}}``, without maintenances.

    Planned work is told of days ahead, so its silences would say nothing about how incidents are told. Where
    the public was told of an incident, its updates for others alone broke no silence and are left out.
    """
    open_to_all = [name for name, audience in AUDIENCES.items() if audience.public]
    public = UpdateText.objects.filter(audience__in=open_to_all)
    rows = Update.objects.exclude(incident__category="maintenance").annotate(
        told=Exists(public.filter(update=OuterRef("pk"))),
        ever_told=Exists(public.filter(update__incident=OuterRef("incident"))),
    )
    found: dict[str, dict[str, list[datetime]]] = {}
    for row in rows.select_related("incident").order_by("published_at"):
        if row.told or not row.ever_told:
            of_severity = found.setdefault(row.incident.severity, {})
            of_severity.setdefault(row.incident_id, []).append(row.published_at)
    return dict(sorted(found.items()))
