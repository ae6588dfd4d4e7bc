"""Stretches of text that remember where each of their characters stands in the source."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of the text, and for each where it begins and ends in the source."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What readers see; targets of links; and what stands in the source and shows nowhere."""

    shown: tuple[Piece, ...]
    links: tuple[Piece, ...]
    hidden: tuple[Piece, ...]


def same(text: str, start: int = 0) -> Piece:
    """Text that stands in the source as it is, from this place on."""
    return Piece(text, range(start, start + len(text)), range(start + 1, start + len(text) + 1))


def respelled(piece: Piece, pattern: re.Pattern[str], said: Callable[[re.Match[str]], str]) -> Piece:
    """The piece with each match as what is said for it, in the place of the whole match."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for match in pattern.finditer(piece.text):
        first, end = match.span()
        word = said(match)
        parts += (piece.text[last:first], word)
        starts += piece.starts[last:first]
        ends += piece.ends[last:first]
        if word:
            starts += [piece.starts[first]] * len(word)
            ends += [piece.ends[end - 1]] * len(word)
        last = end
    if not last:
        return piece
    parts.append(piece.text[last:])
    return Piece("".join(parts), [*starts, *piece.starts[last:]], [*ends, *piece.ends[last:]])
