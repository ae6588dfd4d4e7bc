"""Deliveries: what became of each update for each subscriber."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.actions import deliver as actions
from clarion.rules.delivery import STATES
from clarion.rules.errors import Invalid
from clarion.store.queries import delivery as queries
from clarion.store.queries import single
from clarion.web.api.operations import do, reads, writes
from clarion.web.api.schemas import Cursor, Limit, Output, Page, Stamp, page

router = Router(tags=["deliveries"])


class DeliveryOut(Output):
    """One update on its way to one subscriber. Sent means accepted by the next hop, never received."""

    id: str = Field(description="The same on every try: Message-ID and webhook-id.")
    update: str
    incident: str
    subscriber: str
    channel: str
    state: Annotated[str, Field(json_schema_extra={"enum": list(STATES)})]
    reason: str
    attempts: int
    next_at: Stamp
    created_at: Stamp
    sent_at: Stamp | None


def delivery_out(row: Any) -> DeliveryOut:
    return DeliveryOut(
        id=row.public_id,
        update=row.update_id,
        incident=row.update.incident_id,
        subscriber=row.subscriber_id,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        next_at=row.next_at,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


@reads(router, "/deliveries", scope="deliveries:read", out=Page[DeliveryOut])
def list_deliveries(
    request: HttpRequest,
    update: Annotated[str, Query(description="Id of an update.")] = "",
    state: Annotated[str, Query(description=f"One of {', '.join(STATES)}.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[DeliveryOut]:
    """List deliveries, newest first."""
    if state and state not in STATES:
        raise Invalid(f"Write one of {', '.join(STATES)}, or leave it out.", field="state")
    found = queries.deliveries(update_id=update, state=state)
    return page(request, found, delivery_out, by=("-created_at", "-id"), limit=limit, cursor=cursor)


@reads(router, "/deliveries/{delivery_id}", scope="deliveries:read", out=DeliveryOut)
def read_delivery(request: HttpRequest, delivery_id: str) -> DeliveryOut:
    """Read one delivery."""
    return delivery_out(single.delivery(delivery_id))


@writes(router, "/deliveries/{delivery_id}/retry", scope="subscribers:write", out=DeliveryOut)
def retry_delivery(request: HttpRequest, delivery_id: str) -> tuple[Any, DeliveryOut]:
    """Try a failed or deferred delivery again now, under the same id."""
    entry = do(request, actions.retry_delivery, public_id=delivery_id)
    return entry, delivery_out(single.delivery(delivery_id))
