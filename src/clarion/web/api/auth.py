"""Who calls: a key acts as its owner, within its scopes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from clarion.rules.access import Actor, may
from clarion.rules.errors import Forbidden
from clarion.store.people import as_actor
from clarion.store.queries import people


@dataclass(frozen=True, slots=True)
class Caller:
    """The key of this request, its owner, and the moment the request came in (UTC)."""

    actor: Actor
    person: Any
    key_id: str
    now: datetime
    secret: str = field(repr=False)


class KeyAuth(HttpBearer):
    """``Authorization: Bearer clarion_…``, with the scope that one operation needs (empty: any key)."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller; None (answered 401) for no valid key. Raises Forbidden for a lacking scope or role."""
        secret = token.strip()
        key = people.api_key(secret) if secret.startswith("clarion_") else None
        if key is None:
            return None
        actor = as_actor(key.owner, key=key)
        if self.scope:
            verdict = may(actor, self.scope)
            if not verdict.allowed:
                raise Forbidden(verdict.because)
        return Caller(actor=actor, person=key.owner, key_id=key.id, now=datetime.now(UTC), secret=secret)


def caller(request: HttpRequest) -> Caller:
    """Who makes this request; only inside an operation."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]
