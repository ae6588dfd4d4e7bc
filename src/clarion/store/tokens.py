"""Links that prove themselves: a purpose, an id and a keyed hash, so that no one link opens another."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"clarion.{purpose}", sep=".")


def token(purpose: str, value: str) -> str:
    """``value`` with a 256-bit keyed hash that holds for this purpose only."""
    return _signer(purpose).sign(value)


def value_of(purpose: str, text: str) -> str | None:
    """The value of a token of this purpose; None for anything else."""
    try:
        return _signer(purpose).unsign(text)
    except BadSignature:
        return None


def unsubscribe_url(subscriber_id: str) -> str:
    """The reader's own link; a GET shows a form, the RFC 8058 POST acts."""
    return f"{settings.CLARION.base_url}/unsubscribe/{token('unsubscribe', subscriber_id)}"
