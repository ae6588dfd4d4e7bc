"""Public identifiers: twelve lower-case letters and digits, drawn at random so that none tells of another."""

from __future__ import annotations

import base64
import secrets

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
LENGTH = 12


def new_id() -> str:
    """A fresh identifier of 62 random bits."""
    number, letters = secrets.randbelow(len(ALPHABET) ** LENGTH), []  # one draw: every id is as likely
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def new_secret() -> str:
    """A signing secret in the form of Standard Webhooks: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def new_api_key() -> str:
    """A secret for programs; 256 random bits behind a prefix that secret scanners can know."""
    return "clarion_" + secrets.token_urlsafe(32)
