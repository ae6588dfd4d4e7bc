"""Readers: adding them, and letting them go at their first word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from clarion import plugins
from clarion.channels import BadAddress
from clarion.rules.access import Actor, require
from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.rules.times import zone_names
from clarion.store import ledger
from clarion.store.channels import channel_config
from clarion.store.models import Delivery, LedgerEntry, Subscriber


def add_subscriber(
    *,
    channel: str,
    address: str,
    audience: str = "customers",
    language: str = "",
    time_zone: str = "",
    secret: str = "",
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """Adds a reader on a channel, or brings one back who had left. Channels that sign get a secret.

    ``time_zone`` is the IANA name in which the reader is told times beside UTC; empty for the page's.
    """
    require(actor, "subscribers:write")
    require_storable(address=address, secret=secret, time_zone=time_zone)
    try:
        module = plugins.get("clarion.channels", channel)
    except plugins.UnknownPlugin as error:
        raise Invalid(str(error), field="channel") from None
    if audience not in AUDIENCES or not AUDIENCES[audience].public:
        raise Invalid(f"{audience!r} is not an audience that can subscribe.", field="audience")
    if language and language not in (known := [each.tag for each in settings.CLARION.languages]):
        raise Invalid(f"{language!r} is not one of {', '.join(known)}.", field="language")
    if time_zone and time_zone not in zone_names():
        raise Invalid("Write a time zone by its name, such as Europe/Berlin.", field="time_zone")
    try:
        clean = module.clean_address(address, config=channel_config(channel))
    except BadAddress as error:
        raise Invalid(str(error), field="address") from None
    secret = _secret(module, secret)
    reader = Subscriber.objects.select_for_update().filter(channel=channel, address=clean).first()
    if reader is not None and reader.state == "active":
        raise Conflict("This address is subscribed already.", field="address")
    if reader is None:
        reader = Subscriber(channel=channel, address=clean, created_at=now)
    reader.audience, reader.secret = audience, secret
    reader.language, reader.time_zone = language, time_zone
    reader.state, reader.unsubscribed_at = "active", None
    reader.save()
    return ledger.append(
        "subscriber.added",
        actor=actor,
        subject=f"subscriber:{reader.id}",
        at=now,
        data={"channel": channel, "audience": audience, "language": language, "time_zone": time_zone},
        texts={"address": clean},
    )


def _secret(module: Any, secret: str) -> str:
    """The secret of a channel that signs: the one given, if it can serve, or a new one. Else nothing."""
    if not hasattr(module, "new_secret"):
        return ""
    try:
        return str(module.clean_secret(secret) if secret else module.new_secret())
    except BadAddress as error:
        raise Invalid(str(error), field="secret") from None


def unsubscribe(*, subscriber_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Ends a subscription. The reader's own link needs no role; a colleague needs the permission."""
    if actor.name != f"subscriber:{subscriber_id}":
        require(actor, "subscribers:write")
    reader = Subscriber.objects.select_for_update().filter(id=subscriber_id).first()
    if reader is None:
        raise NotFound("There is no such subscriber.")
    if reader.state != "active":
        raise AlreadyDone("This subscription has ended already.")
    Subscriber.objects.filter(id=reader.id).update(state="unsubscribed", unsubscribed_at=now)
    waiting = Delivery.objects.filter(subscriber=reader, state__in=("pending", "deferred"))
    stopped = waiting.update(state="suppressed", reason="the reader unsubscribed")
    return ledger.append(
        "subscriber.unsubscribed",
        actor=actor,
        subject=f"subscriber:{reader.id}",
        at=now,
        data={"channel": reader.channel, "deliveries_stopped": stopped},
    )
