"""Taking in what tools report: durable before it is answered, read once, nothing thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from clarion import plugins
from clarion.rules.access import SYSTEM, Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.intake import HookRequest, Unreadable, merge_status
from clarion.rules.intake import Signal as Reported
from clarion.rules.plaintext import require_storable
from clarion.store import ledger
from clarion.store.models import Hook, LedgerEntry, Signal, Source


def source_config(source: Source) -> Any:
    """The source's settings as its module's Config; lists become tuples."""
    module = plugins.get("clarion.sources", source.kind)
    return module.Config(**{k: tuple(v) if isinstance(v, list) else v for k, v in source.config.items()})


def receive_hook(*, slug: str, headers: Mapping[str, str], body: bytes, now: datetime) -> LedgerEntry:
    """Keeps a verified request byte for byte.

    Raises NotFound for no such source, Unverified when the request proves nothing, AlreadyDone for a
    repeat of a delivery we hold, Conflict when the same delivery id comes with other bytes. A body that
    cannot be read is kept in quarantine.
    """
    source = Source.objects.filter(slug=slug, enabled=True).first()
    if source is None:
        raise NotFound(f"There is no source named {slug!r}.")
    module = plugins.get("clarion.sources", source.kind)
    request = HookRequest(headers=headers, body=body)
    module.verify(source_config(source), request, now=now)
    delivery_id, body_hash = module.delivery_id(request), sha256(body).hexdigest()
    _refuse_repeat(source, delivery_id, body_hash)
    problem = _problem(module, body)
    try:
        with transaction.atomic():
            hook = Hook.objects.create(
                source=source,
                delivery_id=delivery_id,
                body=body,
                body_hash=body_hash,
                state="quarantined" if problem else "received",
                problem=problem,
                received_at=now,
            )
    except IntegrityError:
        _refuse_repeat(source, delivery_id, body_hash)
        raise
    return ledger.append(
        "hook.quarantined" if problem else "hook.received",
        actor=f"source:{source.slug}",
        subject=f"hook:{hook.id}",
        at=now,
        data={"source": source.slug, "body_sha256": body_hash, "bytes": len(body), "problem": problem},
    )


def _refuse_repeat(source: Source, delivery_id: str, body_hash: str) -> None:
    held = Hook.objects.filter(source=source, delivery_id=delivery_id).first()
    if held is None:
        return
    if held.body_hash != body_hash:
        raise Conflict("This delivery id was used before with another body. Use a new id for new content.")
    raise AlreadyDone("This delivery is already held.")


def _problem(module: Any, body: bytes) -> str:
    """What is wrong with a body, or nothing."""
    try:
        module.parse(body)
    except Unreadable as error:
        return str(error)[:2000]
    return ""


def read_hook(*, key: str, now: datetime) -> LedgerEntry:
    """Turns a received hook into signals; a repeat changes nothing but when it was last seen."""
    hook = Hook.objects.select_for_update().select_related("source").get(id=key)
    if hook.state != "received":
        raise AlreadyDone(f"This hook is {hook.state}.")
    changed = _record_signals(hook, now)
    Hook.objects.filter(id=hook.id).update(state="read")
    return ledger.append(
        "hook.read",
        actor=SYSTEM,
        subject=f"hook:{hook.id}",
        at=now,
        data={"source": hook.source.slug, "signals": changed},
    )


def _record_signals(hook: Hook, now: datetime) -> list[str]:
    module = plugins.get("clarion.sources", hook.source.kind)
    # The source's row lock makes two hooks of one source take turns, so no occurrence is written twice.
    Source.objects.select_for_update().get(id=hook.source_id)
    changed = (_record_signal(hook, reported, now) for reported in module.parse(bytes(hook.body)))
    return sorted({signal_id for signal_id in changed if signal_id})


def _record_signal(hook: Hook, reported: Reported, now: datetime) -> str:
    """Writes one report; the signal's id if it tells something new, else nothing."""
    known = Signal.objects.filter(
        source=hook.source, key=reported.key, started_at=reported.started_at
    ).first()
    if known is None:
        signal = Signal.objects.create(
            source=hook.source,
            hook=hook,
            key=reported.key,
            group=reported.group,
            status=reported.status,
            title=reported.title,
            summary=reported.summary,
            severity=reported.severity,
            labels=dict(reported.labels),
            link=reported.link,
            started_at=reported.started_at,
            ended_at=reported.ended_at,
            first_seen_at=now,
            last_seen_at=now,
            changed_at=now,
        )
        return signal.id
    status = merge_status(known.status, reported.status)
    known.last_seen_at = max(now, known.last_seen_at)
    if status == known.status:
        known.save(update_fields=["last_seen_at"])
        return ""
    known.status, known.ended_at, known.changed_at = status, reported.ended_at, now
    known.answered_at = None
    known.save(update_fields=["status", "ended_at", "changed_at", "answered_at", "last_seen_at"])
    return known.id


def replay_hook(*, hook_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Reads a quarantined hook again, after whatever made it unreadable was mended."""
    hook = _quarantined(hook_id, actor)
    problem = _problem(plugins.get("clarion.sources", hook.source.kind), bytes(hook.body))
    if problem:
        raise Invalid(f"It still cannot be read. {problem}", field="body")
    Hook.objects.filter(id=hook.id).update(state="received", problem="")
    return ledger.append(
        "hook.received",
        actor=actor,
        subject=f"hook:{hook.id}",
        at=now,
        data={"source": hook.source.slug, "replay": True},
    )


def discard_hook(*, hook_id: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Puts a quarantined hook aside with a reason. Its bytes are kept."""
    hook = _quarantined(hook_id, actor)
    require_storable(reason=reason)
    if not reason.strip():
        raise Invalid("Say why this is discarded.", field="reason")
    Hook.objects.filter(id=hook.id).update(state="discarded")
    return ledger.append(
        "hook.discarded",
        actor=actor,
        subject=f"hook:{hook.id}",
        at=now,
        data={"source": hook.source.slug, "body_sha256": hook.body_hash},
        texts={"reason": reason.strip()},
    )


def _quarantined(hook_id: str, actor: Actor) -> Hook:
    require(actor, "hooks:write")
    hook = Hook.objects.select_for_update().select_related("source").filter(id=hook_id).first()
    if hook is None:
        raise NotFound("There is no such hook.")
    if hook.state != "quarantined":
        raise AlreadyDone(f"This hook is {hook.state}; only a quarantined one can be replayed or discarded.")
    return hook
