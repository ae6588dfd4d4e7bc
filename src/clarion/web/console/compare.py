"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
#: Above this many words times words a changed passage is shown whole: comparing it would take too long.
MOST_WORK = 1_000_000
#: Passages less alike than this are shown whole, the old one and then the new one.
LEAST_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that was kept, added or removed."""

    kind: str
    """``same``, ``added`` or ``removed``."""
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces that tell ``after`` from ``before``, in reading order, what was removed first."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[a:b])))
        elif b - a == d - c:
            # As many lines as before: each is told against the one in its place.
            for left, right in zip(old[a:b], new[c:d], strict=True):
                found += _words(left, right)
        else:
            found += _words("".join(old[a:b]), "".join(new[c:d]))
    return _joined(found)


def _words(before: str, after: str) -> list[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > MOST_WORK:
        return [Piece("removed", before), Piece("added", after)]
    matcher = SequenceMatcher(None, old, new)
    if matcher.ratio() < LEAST_ALIKE:
        return [Piece("removed", before), Piece("added", after)]
    found: list[Piece] = []
    removed, added = "", ""
    for kind, a, b, c, d in matcher.get_opcodes():
        same = "".join(old[a:b]) if kind == "equal" else ""
        if same.strip():
            found += [Piece("removed", removed), Piece("added", added), Piece("same", same)]
            removed, added = "", ""
        else:
            # A space between two changes belongs to both, or the change falls into crumbs.
            removed, added = removed + "".join(old[a:b]), added + "".join(new[c:d])
    return [*found, Piece("removed", removed), Piece("added", added)]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece, empty ones gone."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].kind == piece.kind:
            found[-1] = Piece(piece.kind, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found
