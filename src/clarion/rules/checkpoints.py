"""Checkpoints: the signed size and root of the ledger, and what a witness checks before it believes one.

Source: C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint). Our origin is the name of the key that signs, so a
key that serves two logs cannot pass one off as the other.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clarion.rules.merkle import verify_consistency
from clarion.rules.notes import NoteError, Signer, VerifierKey, decode_base64, open_note, sign_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


class ForkError(ValueError):
    """Two checkpoints of one log of which the newer is not shown to continue the older."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves it has, their Merkle root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """The checkpoint in a note's text; further lines are allowed and left unread. Raises NoteError."""
        lines = body.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise NoteError("a checkpoint has an origin, a size and a root, each on its own line")
        if not _SIZE.fullmatch(lines[1]):
            raise NoteError(f"{lines[1]!r} is no tree size")
        root = decode_base64(lines[2])
        if len(root) != 32:
            raise NoteError(f"a root hash has 32 bytes, this one has {len(root)}")
        return cls(lines[0], int(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> str:
    """The signed note of a checkpoint. Signers bear its origin as name; two bridge a key rotation."""
    for signer in signers:
        if signer.name != checkpoint.origin:
            raise NoteError(f"{signer.name} cannot sign for the log {checkpoint.origin}")
    return sign_note(checkpoint.body, *signers)


def open_checkpoint(note: str | bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note, signed by a known key of that very log. Raises NoteError."""
    opened = open_note(note, keys)
    checkpoint = Checkpoint.parse(opened.text)
    if all(key.name != checkpoint.origin for key in opened.signed_by):
        raise NoteError(f"no known key of {checkpoint.origin} signed its checkpoint")
    return checkpoint


def follow(seen: Checkpoint | None, newer: Checkpoint, proof: Sequence[bytes]) -> Checkpoint:
    """The checkpoint a witness keeps after being shown ``newer`` with a consistency proof: ``newer`` itself.

    Raises ForkError when it is of another log, older than what was seen, or does not continue it.
    """
    if seen is None:
        return newer
    if newer.origin != seen.origin:
        raise ForkError(f"this checkpoint is of {newer.origin}, not of {seen.origin}")
    if newer.size < seen.size:
        raise ForkError(f"an older checkpoint again: size {newer.size} after size {seen.size}")
    if not verify_consistency(seen.size, newer.size, seen.root, newer.root, proof):
        raise ForkError(f"a fork: size {newer.size} is not shown to continue size {seen.size}")
    return newer
