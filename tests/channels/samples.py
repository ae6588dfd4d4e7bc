"""One message and one parcel, to change where a test needs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from clarion.rules.audience import CUSTOMERS, PublicText
from clarion.rules.delivery import Message, Parcel

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)

BODY = "We see **errors** on [the API](https://status.example.org/api).\n\n- EU only\n- no data lost"

MESSAGE = Message(
    update_id="upd_1",
    incident_id="inc_1",
    text=PublicText(CUSTOMERS, "API errors", BODY),
    state="investigating",
    impact="major",
    components=("API", "Web"),
    published_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
    next_update_at=datetime(2026, 3, 14, 9, 56, tzinfo=UTC),
    page_name="Example Status",
    page_url="https://status.example.org",
    incident_url="https://status.example.org/incidents/inc_1",
    time_zone="Europe/Berlin",
    first_of_incident=True,
)
PARCEL = Parcel(
    delivery_id="dlv_1",
    address="ann@example.org",
    secret="",
    unsubscribe_url="https://status.example.org/unsubscribe?t=abc_DEF-123",
)


def message(*, title: str = "API errors", body: str = BODY, **changes: Any) -> Message:
    return replace(MESSAGE, text=PublicText(CUSTOMERS, title, body), **changes)


def parcel(**changes: Any) -> Parcel:
    return replace(PARCEL, **changes)
