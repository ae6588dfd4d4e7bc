"""Work that has stood still: due for longer than any healthy worker leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, OuterRef

from clarion.store.models import Approval, Component, Deadline, Draft, Hook, Signal, SiteState, Update

#: A worker sweeps every few seconds; what is older than this, it cannot do.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Overdue:
    """The oldest row that one stage has left lying, and since when (UTC)."""

    what: str
    key: str
    since: datetime


def overdue(now: datetime) -> list[Overdue]:
    """At most one for each stage, in the order of the stages."""
    limit = now - PATIENCE
    rows = (
        ("hook", "has not been read", Hook.objects.filter(state="received"), "received_at"),
        (
            "signal",
            "has not been answered",
            Signal.objects.filter(answered_at=None, last_seen_at__lt=limit),
            "changed_at",
        ),
        ("draft", "is approved and not published", _approved(limit), "submitted_at"),
        ("update", "has not been sent on", Update.objects.filter(fanned_out_at=None), "published_at"),
        ("deadline", "has passed and nothing came of it", _running(), "due_at"),
    )
    found = [one for row in rows for one in _oldest(*row, limit)]
    return sorted([*found, *_sites(limit)], key=lambda one: one.since)


def _oldest(noun: str, what: str, rows: Any, field: str, limit: datetime) -> Iterator[Overdue]:
    row = rows.filter(**{f"{field}__lt": limit}).order_by(field).values_list("id", field).first()
    if row:
        yield Overdue(f"{noun} {row[0]} {what}", str(row[0]), row[1])


def _approved(limit: datetime) -> Any:
    """Approved drafts whose last approval is old: their submission alone may long have waited for it."""
    fresh = Approval.objects.filter(version__draft=OuterRef("pk"), at__gte=limit)
    return Draft.objects.filter(~Exists(fresh), state="approved")


def _running() -> Any:
    return Deadline.objects.filter(satisfied_at=None, cancelled_at=None, missed_at=None)


def _sites(limit: datetime) -> Iterator[Overdue]:
    """Sites behind what changed a while ago."""
    newest = [
        Update.objects.aggregate(at=Max("published_at"))["at"],
        Component.objects.aggregate(at=Max("updated_at"))["at"],
    ]
    for site in SiteState.objects.filter(written__lt=F("wanted")).order_by("name"):
        times = [at for at in (*newest, site.written_at) if at]
        if times and max(times) < limit:
            yield Overdue(f"page {site.name} has not been written", site.name, max(times))
