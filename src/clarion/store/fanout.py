"""What makes the deliveries of an update, and which of them a newer update overtakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from clarion.store.models import Delivery, Subscriber, Update

OVERTAKEN = "overtaken by a newer update"
CHUNK = 500


def insert_deliveries(
    update: Update, *, channels: Sequence[str], audiences: Sequence[str], now: datetime
) -> dict[str, int]:
    """One row per active subscriber of these channels and audiences, set-based; returns counts by channel.

    The id is made from update and subscriber, so that it is the same however often this runs.
    """
    if not channels or not audiences:
        return {}  # an update for inside alone; Django refuses to make SQL of an empty list
    wanted = Subscriber.objects.filter(state="active", channel__in=channels, audience__in=audiences)
    sql, params = wanted.order_by().values_list("id", "channel").query.sql_with_params()
    table = Delivery._meta.db_table
    # As the ORM itself would write it: on SQLite instants are compared as text.
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (public_id, update_id, subscriber_id, channel, state, reason, attempts,"  # noqa: S608
            " next_at, worker, created_at)"
            f" SELECT %s || '-' || reader.id, %s, reader.id, reader.channel, 'pending', '', 0,"
            f" {_moment()}, '', {_moment()}"
            f" FROM ({sql}) AS reader WHERE true ON CONFLICT (update_id, subscriber_id) DO NOTHING",
            [update.id, update.id, moment, moment, *params],
        )
    counted = Delivery.objects.filter(update=update).values("channel").annotate(count=Count("id"))
    return {row["channel"]: row["count"] for row in counted.order_by("channel")}


def _moment() -> str:
    """A placeholder for an instant; PostgreSQL does not guess the type inside a SELECT list."""
    return "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"


def suppress_overtaken(update: Update) -> list[str]:
    """Ends what a newer update of the same incident overtook for the same reader; returns the public ids.

    Waits for rows that another worker is claiming, so that afterwards each is either ended or claimed:
    ``claim`` relies on it.
    """
    waiting = Delivery.objects.select_for_update(of=("self",)).filter(
        overtaken(), update__incident=update.incident_id, state__in=("pending", "deferred")
    )
    found = list(waiting.order_by("id").values_list("id", "public_id"))
    for start in range(0, len(found), CHUNK):
        ids = [row_id for row_id, _ in found[start : start + CHUNK]]
        Delivery.objects.filter(id__in=ids).update(state="suppressed", reason=OVERTAKEN)
    return [public_id for _, public_id in found]


def overtaken() -> Exists:
    """Of deliveries: there is one of a newer update of the same incident for the same reader."""
    return Exists(_same_reader().filter(update__number__gt=OuterRef("update__number")))


def waits_its_turn() -> Exists:
    """Of deliveries: an older one of the same incident is on its way to the same reader."""
    older = _same_reader().filter(update__number__lt=OuterRef("update__number"))
    return Exists(older.filter(state="claimed"))


def _same_reader() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        subscriber=OuterRef("subscriber"), update__incident=OuterRef("update__incident")
    )
