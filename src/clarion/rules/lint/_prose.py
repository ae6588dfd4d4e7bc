"""Measures and parts of English prose that several structural rules look for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import re2  # type: ignore[import-untyped]

from clarion.rules.lint._characters import plain
from clarion.rules.lint._reading import Reading, View

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_VOWELS = re.compile(r"[aeiouy]+")
#: A clock time and the zone said with it.
_TIME = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?: ?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    r" ?\(?(?P<zone>UTC[+-]\d{2}:?\d{2}|UTC|GMT|Z\b|[A-Z]{2,4}T\b|[+-]\d{2}:?\d{2})?"
)


def says_somewhere(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds this at all, whatever the case. Under RE2, since such patterns are long lists."""
    options = re2.Options()
    options.case_sensitive = False
    matcher = re2.compile(pattern, options)
    return lambda text: matcher.search(text) is not None


corrects = says_somewhere(
    r"\b(correct(ion|ed|s|ing)?|earlier update|previous update|than we first (said|thought"
    r"|reported)|was not right"
    r"|no longer|has (returned|recurred|reoccurred)|revised|updated? (our|the) (count|number|estimate))\b",
)


class Time(NamedTuple):
    """A clock time in a text: minutes after midnight, its zone (empty: none said), and where it stands."""

    minutes: int
    zone: str
    start: int
    end: int


def times(reading: Reading) -> Iterator[Time]:
    """Every clock time in the reading. A zone that follows a range holds for both its ends."""
    for match in _TIME.finditer(reading.text):
        hour = int(match["hour"]) % 12 + 12 * (match["half"] in "Pp") if match["half"] else int(match["hour"])
        yield Time(hour * 60 + int(match["minute"]), match["zone"] or "", match.start(), match.end())


def words(text: str) -> list[str]:
    return _WORD.findall(text)


@lru_cache(maxsize=4096)
def syllables(word: str) -> int:
    """About how many syllables an English word has: groups of vowels, less a silent e at its end."""
    low = word.lower().strip("'-")
    groups = len(_VOWELS.findall(low))
    silent = low.endswith("e") and not low.endswith(("le", "ee")) and groups > 1
    past = low.endswith("ed") and not low.endswith(("ted", "ded")) and groups > 1
    return max(1, groups - silent - past)


def grade(reading: Reading) -> float:
    """Flesch-Kincaid grade level: years of school in the United States that a reader needs.

    Source: Kincaid, Fishburne, Rogers, Chissom, Research Branch Report 8-75 (1975).
    """
    sentences = [found for start, end in reading.sentences if (found := words(reading.text[start:end]))]
    count = sum(map(len, sentences))
    if not count:
        return 0.0
    sounds = sum(syllables(word) for sentence in sentences for word in sentence)
    return 0.39 * count / len(sentences) + 11.8 * sounds / count - 15.59


def says(view: View, phrases: tuple[str, ...]) -> tuple[Reading, int, int] | None:
    """Where title or body say any of these, as whole words, whatever the case and the blanks."""
    for reading in (view.title, view.body):
        for first, pattern in _patterns(phrases):
            if first in reading.folded and (match := pattern.search(reading.text)):
                return reading, match.start(), match.end()
    return None


@lru_cache(maxsize=1024)
def _patterns(phrases: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each phrase its first word, without regard to case, and the pattern of the whole."""
    found = []
    for parts in (folded(phrase).split() for phrase in phrases):
        if parts:
            spelled = r"\s+".join(map(re.escape, parts))
            found.append((parts[0].casefold(), re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE)))
    return tuple(found)


def folded(text: str) -> str:
    """The text in the plain letters of a reading."""
    return "".join(map(plain, text))
