"""One ledger entry: its fixed form, its exact bytes, and the commitment that stands for a text.

An entry never holds a text or personal data, only ``commit(salt, text)``. Throwing away salt and text
erases the person's data; the entry's bytes, and so every proof over them, stay as they are.
Source of the byte form: RFC 8785 (JSON Canonicalization Scheme).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785

from clarion.rules.types import require_aware

VERSION = 1
SALT_BYTES = 32
MAX_DEPTH = 64
MAX_NUMBER = 2**53 - 1  # beyond this, JSON readers disagree about the value (RFC 7493, section 2.2)

_NAME = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}"
_FORMS = {
    "id": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}"),
    "kind": re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,3}"),
    "actor": re.compile(rf"system|[a-z][a-z0-9_]{{0,39}}:{_NAME}"),
    "subject": re.compile(rf"[a-z][a-z0-9_]{{0,39}}:{_NAME}"),
    "incident": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}"),
}
_TEXT_NAME = re.compile(r"(?=.{1,80}\Z)[a-z0-9]+([._-][a-z0-9]+)*")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


class LedgerError(ValueError):
    """A value that cannot stand in the ledger; the message says which part and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of the record.

    ``at`` is an aware time. ``actor``, ``subject`` are ``noun:id`` (or ``system``); an id never is a name or
    an address. ``incident_seq`` counts the entries of one incident from 1, without gaps; it is None exactly
    when ``incident`` is. ``texts`` maps a lower-case name to ``commit(salt, text)``.
    """

    id: str
    kind: str
    at: datetime
    actor: str
    subject: str
    incident: str | None = None
    incident_seq: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def commit(salt: bytes, text: str) -> str:
    """HMAC-SHA256 of the text's UTF-8 under a secret salt of 32 random bytes, as 64 hex digits.

    One salt per text: with a shared or short salt, an erased text could be found again by guessing.
    """
    if len(salt) != SALT_BYTES:
        raise LedgerError(f"a salt has {SALT_BYTES} bytes, this one has {len(salt)}")
    try:
        return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()
    except UnicodeEncodeError as error:
        raise LedgerError(f"the text holds half a character at position {error.start}") from error


def stamp(moment: datetime) -> str:
    """An aware time as the ledger writes it: UTC, microseconds, ``Z``."""
    return require_aware(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def unstamp(text: str) -> datetime:
    """The time ``stamp`` wrote, aware in UTC; raises LedgerError for any other spelling."""
    if not _STAMP.fullmatch(text):
        raise LedgerError(f"{text!r} is not a time like 2026-11-23T12:00:00.123456Z")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as error:
        raise LedgerError(f"{text!r} names no moment: {error}") from error


def canonical(value: object) -> bytes:
    """The one byte form of a JSON value (RFC 8785).

    Raises LedgerError, naming the place, for what has no exact form: NaN, infinities, numbers beyond
    2^53 - 1, keys that are not text, half characters, other types, nesting beyond 64.
    """
    _require_json(value, "the value", 0)
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def _require_json(value: object, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise LedgerError(f"{place} is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        _require_text(value, place)
    elif isinstance(value, dict):
        for key, child in value.items():
            if not isinstance(key, str):
                raise LedgerError(f"{place} has the key {key!r}; JSON keys are text")
            _require_text(key, f"a key of {place}")
            _require_json(child, f"{place}[{key!r}]", depth + 1)
    elif isinstance(value, list | tuple):
        for number, child in enumerate(value):
            _require_json(child, f"{place}[{number}]", depth + 1)
    elif isinstance(value, int | float):
        _require_number(value, place)
    elif value is not None:
        raise LedgerError(f"{place} is a {type(value).__name__}, which JSON cannot hold")


def _require_number(value: float, place: str) -> None:
    # NaN fails every comparison, so the test is written for what is allowed.
    if not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise LedgerError(f"{place} is {value}; JSON is exact only from -(2^53 - 1) to 2^53 - 1")


def _require_text(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise LedgerError(f"{place} holds half a character at position {error.start}") from error


def entry_bytes(entry: Entry) -> bytes:
    """The exact bytes of an entry: what is stored, hashed as a leaf, and exported. Raises LedgerError."""
    for name, form in _FORMS.items():
        value = getattr(entry, name)
        if not (isinstance(value, str) and form.fullmatch(value)) and (name, value) != ("incident", None):
            raise LedgerError(f"{name} is {value!r}, which does not have the form {form.pattern}")
    _require_seq(entry)
    for name, commitment in entry.texts.items():
        if not _TEXT_NAME.fullmatch(name):
            raise LedgerError(f"{name!r} is no name for a text: lower-case words joined by . _ or -")
        if not _COMMITMENT.fullmatch(commitment):
            raise LedgerError(f"the commitment of text {name!r} is not 64 hex digits")
    return canonical(
        {
            "v": VERSION,
            "id": entry.id,
            "kind": entry.kind,
            "at": stamp(entry.at),
            "actor": entry.actor,
            "subject": entry.subject,
            "incident": entry.incident,
            "incident_seq": entry.incident_seq,
            "data": dict(entry.data),
            "texts": dict(entry.texts),
        }
    )


def _require_seq(entry: Entry) -> None:
    seq = entry.incident_seq
    if entry.incident is None and seq is not None:
        raise LedgerError(f"incident_seq is {seq}, but the entry belongs to no incident")
    if entry.incident is not None and (type(seq) is not int or seq < 1):
        raise LedgerError(f"incident_seq is {seq!r}; the entries of an incident are numbered from 1")


def read_entry(body: bytes) -> Entry:
    """The entry these bytes say; raises LedgerError unless they are exactly what ``entry_bytes`` writes."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"the entry is not JSON: {error}") from error
    fields = {"v", "id", "kind", "at", "actor", "subject", "incident", "incident_seq", "data", "texts"}
    if not isinstance(value, dict) or set(value) != fields or value.pop("v") != VERSION:
        raise LedgerError(f"the entry does not have the fields of version {VERSION}")
    if not isinstance(value["at"], str) or not all(
        isinstance(value[name], dict) for name in ("data", "texts")
    ):
        raise LedgerError("the entry's at, data or texts is of the wrong type")
    if not all(isinstance(commitment, str) for commitment in value["texts"].values()):
        raise LedgerError("the entry's texts are not all commitments")
    entry = Entry(**{**value, "at": unstamp(value["at"])})
    if entry_bytes(entry) != body:
        raise LedgerError("the entry is not in canonical form (RFC 8785)")
    return entry
