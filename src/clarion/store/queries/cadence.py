"""When readers were told something, incident by incident."""

from __future__ import annotations

from datetime import datetime

from clarion.store.models import Update


def update_times() -> dict[str, dict[str, list[datetime]]]:
    """``{severity: {incident id: times of its published updates}}``, without maintenances.

    Planned work is told of days ahead, so its silences would say nothing about how incidents are told.
    """
    rows = Update.objects.exclude(incident__category="maintenance").order_by("published_at")
    found: dict[str, dict[str, list[datetime]]] = {}
    for severity, incident, at in rows.values_list("incident__severity", "incident_id", "published_at"):
        found.setdefault(severity, {}).setdefault(incident, []).append(at)
    return dict(sorted(found.items()))
