"""Signed notes: a text, an empty line, and one signature line per key.

Sources: C2SP signed-note (c2sp.org/signed-note) and RFC 8032 (Ed25519). Unknown signatures are passed
over, so keys can be rotated and witnesses can add theirs; a wrong one by a known key spoils the note.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100


class NoteError(ValueError):
    """A note or key that cannot be read or trusted; the message says why."""


def decode_base64(text: str) -> bytes:
    """Bytes of standard base64; raises NoteError unless re-encoding gives the text back: no bit is free."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{text!r} is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise NoteError(f"{text!r} is not the usual spelling of its base64")
    return data


def _require_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() or not char.isprintable() for char in name):
        raise NoteError(f"{name!r} is no key name: it must be printable, without spaces and without +")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named Ed25519 public key (32 bytes), enough to check signatures."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _require_name(self.name)
        if len(self.public) != 32:
            raise NoteError(f"an Ed25519 public key has 32 bytes, this one has {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that, with the name, tell which key signed."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as people pass it on: ``name+hexid+base64(0x01 || public)``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key that ``text`` wrote; raises NoteError when a part is missing or the id does not fit."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise NoteError(f"{text!r} is no verifier key: it reads name+id+base64")
        data = decode_base64(parts[2])
        if data[:1] != ED25519:
            raise NoteError(f"the key {parts[0]!r} is not an Ed25519 key (type 1)")
        key = cls(parts[0], data[1:])
        if key.key_id.hex() != parts[1]:
            raise NoteError(f"the id {parts[1]!r} does not belong to the key {parts[0]!r}")
        return key

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Whether this key signed exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A named Ed25519 private key. Its seed (32 bytes) is the secret to keep; it is never shown."""

    name: str
    private: Ed25519PrivateKey
    verifier: VerifierKey = field(init=False, repr=False, compare=False)
    _key_id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Worked out once: a signer signs every checkpoint of its process.
        verifier = VerifierKey(self.name, self.private.public_key().public_bytes_raw())
        object.__setattr__(self, "verifier", verifier)
        object.__setattr__(self, "_key_id", verifier.key_id)

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Signer:
        """The signer of these 32 secret random bytes."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    def line(self, text: bytes) -> str:
        """The signature line over these bytes, with its newline."""
        signed = self._key_id + self.private.sign(text)
        return f"\u2014 {self.name} {base64.b64encode(signed).decode()}\n"


@dataclass(frozen=True, slots=True)
class Opened:
    """The text of a note that may be believed, and the known keys that signed it."""

    text: str
    signed_by: tuple[VerifierKey, ...]


def sign_note(text: str, *signers: Signer) -> str:
    """The note of this text (which ends in a newline) with one signature per signer."""
    if not signers:
        raise NoteError("a note needs at least one signer")
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise NoteError("the text of a note ends in a newline and holds no other control characters")
    return text + "\n" + "".join(signer.line(text.encode()) for signer in signers)


def open_note(note: str | bytes, keys: Iterable[VerifierKey]) -> Opened:
    """The text of a note signed by at least one of ``keys``, whose known signatures are all right.

    Raises NoteError for a malformed note, a wrong signature by a known key, or no known signature.
    """
    text, lines = _parts(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed_by: list[VerifierKey] = []
    for line in lines:
        name, data = _signature(line)
        key = known.get((name, data[:4]))
        if key is None:
            continue
        if not key.accepts(text.encode(), data[4:]):
            raise NoteError(f"the signature by {name} (key {key.key_id.hex()}) is wrong")
        if key not in signed_by:
            signed_by.append(key)
    if not signed_by:
        raise NoteError("the note is signed by no key that is known here")
    return Opened(text, tuple(signed_by))


def _parts(note: str | bytes) -> tuple[str, list[str]]:
    if len(note) > MAX_NOTE:
        raise NoteError(f"the note is longer than {MAX_NOTE} bytes")
    try:
        whole = note.decode() if isinstance(note, bytes) else note
        whole.encode()
    except UnicodeError as error:
        raise NoteError("the note is not UTF-8") from error
    if any(char < " " and char != "\n" for char in whole):
        raise NoteError("the note holds control characters")
    body, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteError("the note has no signature lines after an empty line")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
    return body + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if mark != "\u2014":
        raise NoteError(f"{line!r} is not a signature line")
    _require_name(name)
    data = decode_base64(encoded)
    if len(data) < 5:
        raise NoteError(f"the signature by {name} is too short")
    return name, data
