"""Subscribers: readers who asked to be told."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.actions import subscriber as actions
from clarion.rules.errors import Invalid
from clarion.store.queries import delivery as queries
from clarion.store.queries import single
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import Cursor, Input, Limit, Output, Page, Stamp, page

router = Router(tags=["subscribers"])


class SubscriberIn(Input):
    channel: Annotated[str, Field(max_length=40, description="Such as `email` or `webhook`.")]
    address: Annotated[str, Field(max_length=2000, description="Mail address, or URL of a webhook.")]
    audience: str = "customers"
    language: Annotated[str, Field(max_length=20)] = Field(
        default="",
        description="Tag of the language asked for, such as `de`; left out for that of the originals.",
    )
    time_zone: Annotated[str, Field(max_length=64)] = Field(
        default="", description="IANA name, such as `Europe/Berlin`; left out: the page's zone."
    )
    secret: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Signing secret of a webhook (`whsec_…`); Clarion makes one if left out."
    )


class SubscriberOut(Output):
    id: str
    channel: str
    address: str
    audience: str
    language: str
    time_zone: str = Field(description="Times are said in UTC and in it; empty: in the page's zone.")
    state: str
    created_at: Stamp
    unsubscribed_at: Stamp | None


class NewSubscriber(SubscriberOut):
    secret: str = Field(description="Signing secret of a webhook, shown this once; empty for mail.")


def subscriber_out(row: Any) -> SubscriberOut:
    return SubscriberOut(**_plain(row))


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SubscriberOut.model_fields}


@reads(router, "/subscribers", scope="subscribers:read", out=Page[SubscriberOut])
def list_subscribers(
    request: HttpRequest,
    state: Annotated[str, Query(description="`active`, `unsubscribed`, or left out for all.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[SubscriberOut]:
    """List subscribers, newest first."""
    if state not in ("", "active", "unsubscribed"):
        raise Invalid("Write active or unsubscribed, or leave it out.", field="state")
    found = queries.subscribers(state=state)
    return page(request, found, subscriber_out, by=("-created_at", "-id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/subscribers",
    scope="subscribers:write",
    status=201,
    out=NewSubscriber,
    example={"channel": "email", "address": "reader@example.org"},
)
def add_subscriber(request: HttpRequest, body: SubscriberIn) -> tuple[Any, NewSubscriber]:
    """Add a reader on a channel, or bring one back who had left."""
    entry = do(request, actions.add_subscriber, **body.model_dump())
    row = single.subscriber(subject_id(entry))
    return entry, NewSubscriber(**_plain(row), secret=row.secret)


@reads(router, "/subscribers/{subscriber_id}", scope="subscribers:read", out=SubscriberOut)
def read_subscriber(request: HttpRequest, subscriber_id: str) -> SubscriberOut:
    """Read one subscriber."""
    return subscriber_out(single.subscriber(subscriber_id))


@writes(
    router,
    "/subscribers/{subscriber_id}",
    method="DELETE",
    scope="subscribers:write",
    out=SubscriberOut,
)
def remove_subscriber(request: HttpRequest, subscriber_id: str) -> tuple[Any, SubscriberOut]:
    """End a subscription. What was sent to it stays on record."""
    entry = do(request, actions.unsubscribe, subscriber_id=subscriber_id)
    return entry, subscriber_out(single.subscriber(subscriber_id))
