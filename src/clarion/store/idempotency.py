"""Doing a write once, however often it is asked for under one Idempotency-Key.

The answer is kept in the transaction of the write itself. So there is no moment at which a killed
process could leave the one without the other: either both are there, and a repeat gets the kept answer,
or neither is, and the repeat does the work. Refusals are not kept: nothing was done.
Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.fernet import Fernet
from django.db import connection, transaction

from clarion.rules.errors import Refusal
from clarion.store.models import IdempotentReply

KEPT = timedelta(hours=24)

_busy: set[tuple[str, str]] = set()
_busy_lock = threading.Lock()


class KeyReused(Refusal):
    """The key was used for another request."""

    status = 422
    code = "key_reused"


class InProgress(Refusal):
    """The same request is being worked on at this moment."""

    status = 409
    code = "in_progress"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a write answered: HTTP status, JSON text, and the id of its ledger entry."""

    status: int
    body: str
    entry_id: str


def once(
    *, api_key_id: str, secret: str, key: str, request_hash: str, act: Callable[[], Reply], now: datetime
) -> tuple[Reply, bool]:
    """Runs ``act`` and keeps its answer, or gives the one kept; the flag says which (True: it was kept).

    ``act`` runs in this function's transaction. Raises KeyReused for a key that was used for another
    request, InProgress while another thread or process works on the same one, and whatever ``act`` raises.
    ``secret`` is the caller's own: it seals what is kept, since an answer may hold a new secret.
    """
    with _turn(api_key_id, key), transaction.atomic():
        _take_turn_in_database(api_key_id, key)
        held = IdempotentReply.objects.filter(api_key_id=api_key_id, key=key).first()
        if held is not None and held.created_at > now - KEPT:
            if held.request_hash != request_hash:
                raise KeyReused(
                    "This Idempotency-Key was used for another request. Use a new key for a new request.",
                    field="Idempotency-Key",
                )
            return _opened(held, secret), True
        IdempotentReply.objects.filter(api_key_id=api_key_id, key=key).delete()
        reply = act()
        sealed = _box(secret).encrypt(f"{reply.entry_id}\n{reply.body}".encode()).decode("ascii")
        IdempotentReply.objects.create(
            api_key_id=api_key_id,
            key=key,
            request_hash=request_hash,
            status=reply.status,
            body=sealed,
            created_at=now,
        )
    return reply, False


def forget_old(now: datetime) -> int:
    """Deletes answers kept longer than a day; returns how many."""
    return IdempotentReply.objects.filter(created_at__lte=now - KEPT).delete()[0]


@contextmanager
def _turn(api_key_id: str, key: str) -> Iterator[None]:
    """Holds the key within this process: SQLite runs one, and lets a second writer wait rather than see."""
    name = (api_key_id, key)
    with _busy_lock:
        if name in _busy:
            raise _in_progress()
        _busy.add(name)
    try:
        yield
    finally:
        with _busy_lock:
            _busy.discard(name)


def _take_turn_in_database(api_key_id: str, key: str) -> None:
    """Holds the key across processes until the transaction ends; the server frees it if we are killed.

    On SQLite the transaction itself is that hold: it has been waited for when we get here.
    """
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(sha256(f"{api_key_id}:{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise _in_progress()


def _in_progress() -> InProgress:
    return InProgress(
        "The same request is being worked on now. Ask again in a moment, with the same key.",
        field="Idempotency-Key",
    )


def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(b"clarion idempotent reply\n" + secret.encode()).digest()))


def _opened(held: IdempotentReply, secret: str) -> Reply:
    entry_id, _, body = _box(secret).decrypt(held.body.encode("ascii")).decode().partition("\n")
    return Reply(status=held.status, body=body, entry_id=entry_id)
