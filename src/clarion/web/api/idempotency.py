"""The header Idempotency-Key, on every write."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from clarion.rules.errors import Invalid
from clarion.store.idempotency import Reply, once
from clarion.web.api.auth import caller

_KEY = re.compile(r"[!-~]{1,200}")


def answer(request: HttpRequest, act: Callable[[], Reply]) -> HttpResponse:
    """Does the write, once for each Idempotency-Key, and answers; with no key, each request counts."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with transaction.atomic():
            reply, kept = act(), False
    else:
        if not _KEY.fullmatch(key):
            raise Invalid(
                "Use 1 to 200 visible ASCII characters without a space, such as a UUID.",
                field="Idempotency-Key",
            )
        who = caller(request)
        reply, kept = once(
            api_key_id=who.key_id,
            secret=who.secret,
            key=key,
            request_hash=_fingerprint(request),
            act=act,
            now=who.now,
        )
    response = HttpResponse(reply.body, status=reply.status, content_type="application/json")
    response["Ledger-Entry"] = reply.entry_id
    if kept:
        response["Idempotent-Replayed"] = "true"
    return response


def _fingerprint(request: HttpRequest) -> str:
    """Equal for two requests only if they ask for the same."""
    digest = sha256()
    for part in ((request.method or "").encode(), request.get_full_path().encode(), request.body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
