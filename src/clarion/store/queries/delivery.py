"""Deliveries and subscribers as the worker, screens and programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, QuerySet

from clarion.rules import terms, translation
from clarion.rules.audience import AUDIENCES, PublicText
from clarion.rules.delivery import Message, Parcel
from clarion.store.models import Delivery, Incident, Subscriber, Update
from clarion.store.tokens import unsubscribe_url


class Variant(NamedTuple):
    """What one composed message serves: all readers of it get the same bytes but for the personal places."""

    update_id: str
    audience: str
    language: str = ""
    """The tag asked for; empty for the language of the originals."""
    time_zone: str = ""
    """The reader's, beside UTC; empty for the page's."""


def batch(ids: Sequence[int]) -> dict[Variant, list[tuple[int, Parcel]]]:
    """Claimed deliveries as parcels, by the message they carry."""
    parcels: dict[Variant, list[tuple[int, Parcel]]] = {}
    rows = Delivery.objects.filter(id__in=ids).select_related("subscriber").order_by("id")
    for row in rows:
        parcel = Parcel(
            delivery_id=row.public_id,
            address=row.subscriber.address,
            secret=row.subscriber.secret,
            unsubscribe_url=unsubscribe_url(row.subscriber_id),
        )
        reader = row.subscriber
        variant = Variant(row.update_id, reader.audience, reader.language, reader.time_zone)
        parcels.setdefault(variant, []).append((row.id, parcel))
    return parcels


def message(update_id: str, audience: str, language: str = "", time_zone: str = "") -> Message:
    """The update as every reader of this variant gets it; see ``Variant``.

    Only translations that went out with the update count, so that every try brings the same words.
    """
    update = Update.objects.select_related("incident").get(id=update_id)
    there = update.translations.filter(audience=audience, published_at=update.published_at)
    names = {each.tag: each.name for each in settings.CLARION.languages}
    original = settings.CLARION.languages[0].tag
    chosen = translation.choose(language, there.values_list("language", flat=True), original=original)
    texts = update.texts if chosen.language == original else there.filter(language=chosen.language)
    text = texts.get(audience=audience)
    earlier = Update.objects.filter(incident=update.incident_id, number__lt=update.number)
    base = settings.CLARION.base_url
    return Message(
        update_id=update.id,
        incident_id=update.incident_id,
        text=PublicText(AUDIENCES[audience], text.title, text.body),
        state=update.state,
        impact=terms.worst_impact(item["new_status"] for item in update.affected),
        components=tuple(item["name"] for item in update.affected),
        published_at=update.published_at,
        next_update_at=update.promised_to(audience),
        page_name=settings.CLARION.page_name,
        page_url=base,
        incident_url=f"{base}/incidents/{update.incident_id}",
        time_zone=time_zone or settings.CLARION.time_zone,
        first_of_incident=not earlier.filter(texts__audience=audience).exists(),
        language=chosen.language,
        instead_of="" if chosen.wanted else names.get(language, language),
        language_name=names.get(chosen.language, chosen.language),
        reader_language=language or original,
    )


def deliveries(*, update_id: str = "", state: str = "") -> QuerySet[Delivery]:
    """Newest first."""
    found = Delivery.objects.select_related("subscriber", "update__incident").order_by("-created_at", "-id")
    if update_id:
        found = found.filter(update_id=update_id)
    return found.filter(state=state) if state else found


def delivery_counts(incident: Incident) -> dict[str, dict[str, dict[str, int]]]:
    """``{update id: {channel: {state: count}}}``"""
    counted: dict[str, dict[str, dict[str, int]]] = {}
    rows = Delivery.objects.filter(update__incident=incident).values("update_id", "channel", "state")
    for row in rows.annotate(count=Count("id")).order_by("update_id", "channel", "state"):
        counted.setdefault(row["update_id"], {}).setdefault(row["channel"], {})[row["state"]] = row["count"]
    return counted


def subscribers(*, state: str = "") -> QuerySet[Subscriber]:
    """Newest first."""
    return Subscriber.objects.filter(state=state) if state else Subscriber.objects.all()


def reach(channels: Sequence[str], audiences: Iterable[str]) -> dict[str, int]:
    """How many active subscribers of these audiences each of these channels has."""
    readers = Subscriber.objects.filter(state="active", audience__in=list(audiences))
    found = readers.filter(channel__in=channels).order_by().values("channel")
    return {row["channel"]: row["count"] for row in found.annotate(count=Count("id"))}
