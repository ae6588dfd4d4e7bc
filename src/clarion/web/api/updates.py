"""Updates: what was published, word for word."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.store.queries import delivery, incidents, single
from clarion.web.api.operations import reads
from clarion.web.api.schemas import (
    ComponentStatus,
    Cursor,
    IncidentState,
    Limit,
    Output,
    Page,
    Stamp,
    page,
)
from clarion.web.api.time_schemas import TextOut, read_as

router = Router(tags=["updates"])


class ChangeOut(Output):
    """What an update said of a component."""

    component: str
    name: str
    old_status: ComponentStatus
    new_status: ComponentStatus


class UpdateOut(Output):
    id: str
    incident: str
    number: int
    state: IncidentState
    texts: dict[str, TextOut] = Field(
        description="By audience, as approved: times are references such as `{2026-11-25T15:30Z}`."
    )
    read_as: dict[str, TextOut] = Field(
        description="By audience, as plain text: times in UTC and in the page's zone."
    )
    translations: dict[str, dict[str, TextOut]] = Field(description="By language, then by audience.")
    affected: list[ChangeOut]
    channels: list[str]
    next_update_at: Stamp | None = Field(description="The soonest promise that its texts make.")
    next_update_for: dict[str, Stamp] = Field(description="Of those that promise a later time, by audience.")
    published_at: Stamp
    fanned_out_at: Stamp | None = Field(description="When its deliveries were made; null before.")
    deliveries: dict[str, dict[str, int]] = Field(description="Counts by channel and state.")


def update_out(row: Any, counts: dict[str, dict[str, dict[str, int]]]) -> UpdateOut:
    texts = {text.audience: {"title": text.title, "body": text.body} for text in row.texts.all()}
    return UpdateOut(
        id=row.id,
        incident=row.incident_id,
        number=row.number,
        state=row.state,
        texts={name: TextOut(**text) for name, text in texts.items()},
        read_as=read_as(texts),
        translations=_translations(row),
        affected=[ChangeOut(component=item["component_id"], **item) for item in row.affected],
        channels=row.channels,
        next_update_at=row.next_update_at,
        next_update_for={name: row.promised_to(name) for name in row.next_update_for if name in texts},
        published_at=row.published_at,
        fanned_out_at=row.fanned_out_at,
        deliveries=counts.get(row.id, {}),
    )


def _translations(row: Any) -> dict[str, dict[str, TextOut]]:
    found: dict[str, dict[str, TextOut]] = {}
    for text in row.translations.all():
        found.setdefault(text.language, {})[text.audience] = TextOut(title=text.title, body=text.body)
    return found


@reads(router, "/incidents/{incident_id}/updates", scope="incidents:read", out=Page[UpdateOut])
def list_updates(
    request: HttpRequest, incident_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[UpdateOut]:
    """List the published updates of an incident, newest first."""
    incident = incidents.incident(incident_id)
    counts = delivery.delivery_counts(incident)
    found = incidents.updates_of(incident)
    return page(
        request, found, lambda row: update_out(row, counts), by=("-number",), limit=limit, cursor=cursor
    )


@reads(router, "/updates/{update_id}", scope="incidents:read", out=UpdateOut)
def read_update(request: HttpRequest, update_id: str) -> UpdateOut:
    """Read one published update."""
    row = single.update(update_id)
    return update_out(row, delivery.delivery_counts(row.incident))
