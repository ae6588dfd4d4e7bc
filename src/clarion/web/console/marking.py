"""What was found in a text, marked at its place in the words as they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from clarion.store.queries import findings as queries


def beside(texts: Iterable[dict[str, Any]], found: queries.Findings) -> list[dict[str, Any]]:
    """The labelled texts, each with its findings and with its source in marked pieces."""
    shown = []
    for text in texts:
        lines = found.of(text["audience"])
        title = pieces(text["title"], lines, ("title",))
        shown.append({**text, "findings": lines, "marked": [*title, ("\n\n", ""), *marked_body(text, lines)]})
    return shown


def marked_body(text: dict[str, Any], lines: Iterable[queries.FindingLine]) -> list[tuple[str, str]]:
    return pieces(text["body"], lines, ("body", "link"))


def pieces(words: str, lines: Iterable[queries.FindingLine], parts: tuple[str, ...]) -> list[tuple[str, str]]:
    """The words cut at what is found in these parts: each piece with its severity, empty between.

    Where findings overlap, the one that begins first is marked; all of them are listed beside the text.
    """
    return list(_cut(words, sorted(_spans(lines, parts))))


def _spans(lines: Iterable[queries.FindingLine], parts: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    for line in lines:
        finding = line.found.finding
        if finding.place.part in parts and finding.words and not line.waiver:
            yield finding.place.start, finding.place.end, finding.severity


def _cut(words: str, spans: list[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    done = 0
    for start, end, severity in spans:
        if start < done:
            continue
        if start > done:
            yield words[done:start], ""
        yield words[start:end], severity
        done = end
    if done < len(words):
        yield words[done:], ""
