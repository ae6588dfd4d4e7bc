"""The public status API v2 in the shape Atlassian Statuspage serves it, as JSON files.

Key sets, words and the form of timestamps follow what real pages answer: every key is always there,
timestamps carry three fractional digits in the page's own zone, ``incident_updates`` is newest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from clarion.pages.look import (
    full_name,
    incident_title,
    incident_url,
    leaves,
    members,
    open_incidents,
    status_of,
)
from clarion.pages.times import iso_ms, local_day
from clarion.pages.view import AffectedView, ComponentView, IncidentView, PageView, UpdateView
from clarion.rules.prose import only_text, to_plain
from clarion.rules.terms import STATUSPAGE_COMPONENTS, STATUSPAGE_STATES, page_indicator
from clarion.rules.wording import wording

#: Statuspage lists this many incidents.
MOST_INCIDENTS = 50

Json = dict[str, Any]


def files(page: PageView) -> dict[str, bytes]:
    """Path below the page's root → JSON, for every public GET endpoint."""
    components = [_component(page, component) for component in page.components]
    unresolved = _incidents(page, open_incidents(page))
    recent = _incidents(page, page.incidents[:MOST_INCIDENTS])
    summary: Json = {
        "components": components,
        "incidents": unresolved,
        "scheduled_maintenances": [],
        "status": _status(page),
    }
    none_planned: Json = {"scheduled_maintenances": []}
    bodies: dict[str, Json] = {
        "summary.json": summary,
        "status.json": {"status": _status(page)},
        "components.json": {"components": components},
        "incidents.json": {"incidents": recent},
        "incidents/unresolved.json": {"incidents": unresolved},
        "scheduled-maintenances.json": none_planned,
        "scheduled-maintenances/upcoming.json": none_planned,
        "scheduled-maintenances/active.json": none_planned,
    }
    head = {"page": _page(page)}
    return {f"api/v2/{name}": json.dumps(head | body).encode() for name, body in bodies.items()}


def _page(page: PageView) -> Json:
    return {
        "id": page.id,
        "name": only_text(page.name),
        "url": page.url,
        "time_zone": page.time_zone,
        "updated_at": iso_ms(page.updated_at, page.time_zone),
    }


def _status(page: PageView) -> Json:
    indicator, description = page_indicator(leaf.status for leaf in leaves(page))
    return {"indicator": indicator, "description": description}


def _component(page: PageView, component: ComponentView) -> Json:
    since = local_day(component.created_at, page.time_zone)
    body: Json = {
        "id": component.id,
        "name": only_text(component.name),
        "status": STATUSPAGE_COMPONENTS[status_of(page, component)],
        "created_at": iso_ms(component.created_at, page.time_zone),
        "updated_at": iso_ms(component.updated_at, page.time_zone),
        "position": component.position,
        "description": only_text(component.description) or None,
        "showcase": not component.is_group,
        "start_date": None if component.is_group else since.isoformat(),
        "group_id": component.group_id,
        "page_id": page.id,
        "group": component.is_group,
        "only_show_if_degraded": False,
    }
    if component.is_group:
        body["components"] = [leaf.id for leaf in members(page, component)]
    return body


def _incidents(page: PageView, incidents: Iterable[IncidentView]) -> list[Json]:
    return [_incident(page, incident) for incident in incidents]


def _incident(page: PageView, incident: IncidentView) -> Json:
    def at(moment: datetime | None) -> str | None:
        return iso_ms(moment, page.time_zone) if moment else None

    return {
        "id": incident.id,
        "name": only_text(incident_title(page, incident)),
        "status": STATUSPAGE_STATES[incident.state],
        "created_at": at(incident.created_at),
        "updated_at": at(incident.updated_at),
        "monitoring_at": at(incident.monitoring_at),
        "resolved_at": at(incident.resolved_at),
        "impact": incident.impact,
        "shortlink": incident_url(page, incident),
        "started_at": at(incident.started_at),
        "page_id": page.id,
        "incident_updates": [_update(page, incident, update) for update in incident.updates],
        "components": [
            _component(page, each) for each in page.components if each.id in incident.component_ids
        ],
        "reminder_intervals": None,
    }


def _update(page: PageView, incident: IncidentView, update: UpdateView) -> Json:
    at = iso_ms(update.published_at, page.time_zone)
    return {
        "id": update.id,
        "status": STATUSPAGE_STATES[update.state],
        "body": _body(page, update),
        "incident_id": incident.id,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": [_affected(page, each) for each in update.affected] or None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _affected(page: PageView, affected: AffectedView) -> Json:
    known = (each for each in page.components if each.id == affected.component_id)
    name = next((full_name(page, component) for component in known), affected.name)
    return {
        "code": affected.component_id,
        "name": only_text(name),
        "old_status": STATUSPAGE_COMPONENTS[affected.old_status],
        "new_status": STATUSPAGE_COMPONENTS[affected.new_status],
    }


@lru_cache(maxsize=4096)
def _body(page: PageView, update: UpdateView) -> str:
    """Plain text with ``<br />`` for line ends, as Statuspage writes it.

    Its readers put this into pages as HTML, so no other tag may come to life in it; ``&`` and ``>``
    stay as they are, for those who show it as text. Times are in UTC and in the page's zone.
    """
    plain = to_plain(update.text.body, page.time_zone, wording(update.language))
    return plain.replace("<", "&lt;").replace("\n", "<br />")
