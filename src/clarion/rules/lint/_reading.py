"""A text as lint reads it: what readers see, in plain letters, each with its place in the author's text.

Zero-width characters, entities, escapes, emphasis in the middle of a word, other alphabets, percent
signs in a link: whatever a reader does not see or sees as a letter hides nothing here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import unquote_to_bytes

from clarion.rules.lint._characters import plain
from clarion.rules.lint._dense import is_dense, skim
from clarion.rules.lint._markdown import render
from clarion.rules.lint._pieces import Piece, respelled
from clarion.rules.lint._types import BODY, LINK, TITLE, LintText, Place
from clarion.rules.prose import only_text

#: Where a sentence ends: its mark and closing quotes, then a blank and the start of another one.
_ENDS = re.compile(r"[.!?][\"')\]]{0,3} (?=[\"'(\[]?[A-Z0-9])|\n")
#: A point after these ends no sentence.
_SHORT = re.compile(
    r"(?:\b(?:approx|vs|etc|e\.g|i\.e|no|dr|mr|mrs|ms|st|inc|ltd|[ap]\.m)|^\d{1,2})\.$", re.IGNORECASE
)
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"(?:%[0-9a-fA-F]{2})+")
#: Printable ASCII with single blanks inside stays as it is; any other character is looked at.
_RUN = re.compile(r"(?P<plain>[!-_a-~]+(?:[ \n][!-_a-~]+)*)|(?P<other>[\s\S])")


@dataclass(frozen=True)
class Reading:
    """One stretch of text: the title, the body, one link, or what a body holds and does not show."""

    part: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def place(self, start: int, end: int) -> Place:
        """The author's characters behind these; of nothing, the end of the part."""
        if start >= end or not self.text:
            at = self.ends[-1] if self.text else 0
            return Place(self.part, at, at)
        return Place(self.part, self.starts[start], self.ends[end - 1])

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence begins and ends; together they hold every character but blanks between."""
        found, start = [], 0
        for mark in _ENDS.finditer(self.text):
            end = mark.end() - 1
            if mark[0] != "\n" and _SHORT.search(self.text, max(start, end - 8), end):
                continue
            found.append((start, end))
            start = mark.end()
        found.append((start, len(self.text)))
        return tuple((start, end) for start, end in found if self.text[start:end].strip())

    def sentence_at(self, position: int) -> tuple[int, int]:
        """The sentence that holds this position; the whole text if none does."""
        place = bisect_right(self.sentences, (position, len(self.text))) - 1
        if place >= 0 and position < self.sentences[place][1]:
            return self.sentences[place]
        return 0, len(self.text)

    @cached_property
    def folded(self) -> str:
        """The text without regard to case, for a quick look whether a word can be in it."""
        return self.text.casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that is in it, without regard to case, each once."""
        return frozenset(_WORD.findall(self.folded))


@dataclass(frozen=True)
class View:
    """Everything that is read of one text."""

    text: LintText
    title: Reading
    body: Reading
    links: tuple[Reading, ...]
    hidden: tuple[Reading, ...]

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(
            reading for reading in (self.title, self.body, *self.links, *self.hidden) if reading.text
        )

    @cached_property
    def joined(self) -> str:
        """All of it, for the question whether anything in it can match at all."""
        return "\n".join(reading.text for reading in self.readings)

    def source(self, part: str) -> str:
        """The part as the author wrote it; a link stands in the body."""
        return self.text.title if part == TITLE else self.text.body

    def words_at(self, place: Place) -> str:
        return self.source(place.part)[place.start : place.end]


def read(text: LintText) -> View:
    """The text as lint reads it. Takes any strings and raises nothing."""
    title = only_text(text.title)
    source = only_text(text.body)
    rendered = skim(source) if is_dense(source) else render(source)
    in_title, in_body = _Source(text.title), _Source(text.body)
    shown = {"".join(piece.text for piece in rendered.shown)}
    whole = _joined(rendered.shown)
    links = [piece for piece in rendered.links if piece.text not in shown]
    spans = range(len(title)), range(1, len(title) + 1)
    return View(
        text,
        in_title.reading(TITLE, Piece(title, *spans)),
        in_body.reading(BODY, whole),
        tuple(in_body.reading(LINK, _unescaped(piece)) for piece in links),
        tuple(in_body.reading(BODY, piece) for piece in rendered.hidden),
    )


@lru_cache(maxsize=32)
def read_published(title: str, body: str) -> View:
    """A published text as lint reads it; kept, since an author checks many versions against the same one."""
    return read(LintText(title, body))


def _joined(pieces: Sequence[Piece]) -> Piece:
    starts: list[int] = []
    ends: list[int] = []
    for piece in pieces:
        starts += piece.starts
        ends += piece.ends
    return Piece("".join(piece.text for piece in pieces), starts, ends)


def _unescaped(link: Piece) -> Piece:
    """The address with ``%70`` as the letter that it stands for."""
    return respelled(link, _ESCAPED, lambda run: unquote_to_bytes(run[0]).decode("utf-8", "replace"))


class _Source:
    """From places in the cleaned source to places in what the author sent, where a line ends in two."""

    def __init__(self, written: str) -> None:
        self.places: list[int] | None = None
        if "\r\n" in written:
            pairs = [place for place, char in enumerate(written) if written[place : place + 2] != "\r\n"]
            self.places = [*pairs, len(written)]

    def reading(self, part: str, piece: Piece) -> Reading:
        text, starts, ends = _folded(piece)
        if self.places is not None:
            known = self.places
            starts = [known[min(place, len(known) - 1)] for place in starts]
            ends = [known[min(place, len(known) - 1)] for place in ends]
        return Reading(part, text, starts, ends)


def _folded(piece: Piece) -> tuple[str, Sequence[int], Sequence[int]]:
    """In plain letters, with every run of blanks as one and every run of line ends as one."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _RUN.finditer(piece.text):
        first, last = run.span()
        if run.lastgroup == "plain":
            parts.append(run[0])
            starts += piece.starts[first:last]
            ends += piece.ends[first:last]
            continue
        for letter in plain(run[0]).replace("\t", " "):
            if letter in " \n" and parts and parts[-1][-1] in " \n":
                parts[-1] = parts[-1][:-1] + ("\n" if "\n" in (letter, parts[-1][-1]) else " ")
                ends[-1] = max(ends[-1], piece.ends[first])
            else:
                parts.append(letter)
                starts.append(piece.starts[first])
                ends.append(piece.ends[first])
    return "".join(parts), starts, ends
