"""What a text claims, found in its words: times and what happened then, shares, numbers, regions, states of
components, the state of the incident, the cause. Each claim knows where it stands.

Lexical, and English: it misses what is said in other words, and people review what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from clarion.rules.bare_times import bare_times
from clarion.rules.instants import references
from clarion.rules.times import spoken_time


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of an author's text."""

    audience: str
    part: str
    """``title`` or ``body``."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a text says. Claims of one topic that share no value contradict each other."""

    topic: str
    """Such as ``began``, ``share``, ``number of orders``, ``regions``, ``component Checkout``, ``cause``."""
    value: str
    """What programs compare."""
    said: str
    """What people read."""
    place: Place


@dataclass(frozen=True, slots=True)
class Names:
    """What the installation calls its parts, so that a text's words for them are recognised."""

    components: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    """What texts quote and do not claim, such as titles of alerts."""


#: Regions that texts speak of without anybody having named them, and how they are compared.
REGIONS = {
    "Europe": "europe",
    "EU": "europe",
    "US": "united states",
    "USA": "united states",
    "United States": "united states",
    "North America": "north america",
    "South America": "south america",
    "Asia Pacific": "asia pacific",
    "APAC": "asia pacific",
    "EMEA": "emea",
    "UK": "united kingdom",
    "United Kingdom": "united kingdom",
}
#: What stands shortly before a time and says what happened then; the first that fits counts.
_HAPPENED = (
    (
        "next update",
        r"(next (public )?(update|note)|(post|write|report|update you)( again)?)( \w+){0,3} (by|at)",
    ),
    ("expected end", r"(estimate|expect)\w*( \S+){0,6} by"),
    (
        "restored",
        r"(normal(ly)?|restored|recovered|resolved|working|works|quiet|back|fixed)( again)?( since| at)",
    ),
    ("mitigated", r"(mitigated|reduced|improved)( since| at)"),
    ("detected", r"(detected|noticed|alerted)( it)?( at)?"),
    ("began", r"(began|begun|start(ed|ing)?|beginning)( at)?|since|between|from"),
)
_BEFORE_A_TIME = tuple(
    # Marks of emphasis are blanks by then, so any number of these may stand between two words.
    (topic, re.compile(rf"\b(?:{words})[\s:]*$".replace(" ", r"\s{1,9}"), re.IGNORECASE))
    for topic, words in _HAPPENED
)
_NEAR = 60
_SHARE = re.compile(r"\b([0-9]{1,3}(?:\.[0-9]{1,2})?)\s?(?:%|per\s?cent\b)", re.IGNORECASE)
_NOUNS = (
    "customers|users|accounts|people|orders|payments|records|requests|messages|files|transactions"
    "|stores|sites"
)
_NUMBER = re.compile(
    rf"(?<![\w.,])([0-9]{{1,3}}(?:[,  ][0-9]{{3}})+|[0-9]{{1,9}})\s+({_NOUNS})\b", re.IGNORECASE
)
_BAD = re.compile(
    r"\b(not (working|work|available|load)|unavailable|down|fail(s|ing|ed)?|errors?|degraded|slow(er|ly)?"
    r"|outage|offline)\b",
    re.IGNORECASE,
)
_WELL = re.compile(
    r"(?<!not )\b(work(s|ed|ing)? (normally|again|as usual)|(is|are) (fully )?(operational|restored|available"
    r"|back|healthy))\b",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(r"\b(not affected|unaffected|no other|not in|except|only others)\b", re.IGNORECASE)
_STATES = (
    ("resolved", r"\b(incident|issue|problem|outage|this|it) (has been|is|was) (now )?(fully )?resolved\b"),
    ("investigating", r"\bwe are (still )?(investigating|looking into)\b"),
    ("identified", r"\b(have|has)( now)?( been)? identified\b"),
    ("false_alarm", r"\b(was|is) a false alarm\b"),
)
_STATE_WORDS = tuple((state, re.compile(words, re.IGNORECASE)) for state, words in _STATES)
_CAUSE = re.compile(
    r"\b(?:(?:was |is )?caused by|due to|because of|(?:root )?cause (?:is|was))\s+([^.;\n]{3,80})",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\w)[^.!?\n]*)*[.!?]?")
_MARKS = re.compile(r"[*_`\\]")
_WORD = re.compile(r"[a-z]{4,}")
_EMPTY = frozenset(
    (
        *("that", "this", "with", "from", "have", "which", "were", "their", "there", "some", "when", "while"),
        *("into", "after", "before", "problem", "issue", "cause", "caused", "because", "confirmed"),
    )
)


def claims(audience: str, part: str, source: str, names: Names, *, zone: str, near: datetime) -> list[Claim]:
    """Everything that a title or body claims; ``zone`` and ``near`` read the times that are no references."""
    text = _MARKS.sub(" ", _without(source, names.quoted))

    def claim(topic: str, value: str, said: str, start: int, end: int) -> Claim:
        return Claim(topic, value, said, Place(audience, part, start, end))

    found = [claim(*each) for each in _times(source, text, zone, near)]
    found += [claim("share", f"{share:g}", f"{share:g}%", *span) for share, *span in shares(text)]
    for number, noun, *span in numbers(text):
        found.append(claim(f"number of {noun}", str(number), f"{number:,}", *span))
    found += [claim(*each) for each in _in_sentences(text, names)]
    for state, words in _STATE_WORDS:
        found += [claim("state", state, state.replace("_", " "), *m.span()) for m in words.finditer(text)]
    found += [claim("cause", m[1].strip(), f"“{m[1].strip()}”", *m.span(1)) for m in _CAUSE.finditer(text)]
    return sorted(found, key=lambda each: each.place.start)


def shares(text: str) -> Iterator[tuple[float, int, int]]:
    """Every share in % that a text says, and where it stands."""
    return ((float(match[1]), *match.span()) for match in _SHARE.finditer(text))


def numbers(text: str) -> Iterator[tuple[int, str, int, int]]:
    """Every number of customers, orders and the like: how many, of what, and where it stands."""
    for match in _NUMBER.finditer(text):
        yield int(re.sub(r"\D", "", match[1])), match[2].lower(), *match.span(1)


def _without(source: str, quoted: Iterable[str]) -> str:
    """The text with quotations blanked out, however their marks are escaped; one word is no quotation."""
    for words in sorted((re.findall(r"\w+", each) for each in quoted), key=len, reverse=True):
        if len(words) > 1:
            pattern = r"\W{1,20}".join(map(re.escape, words))
            source = re.sub(pattern, lambda match: " " * len(match[0]), source)
    return source


Found = tuple[str, str, str, int, int]


def _times(source: str, text: str, zone: str, near: datetime) -> Iterator[Found]:
    known = [(each.at, each.start, each.end) for each in references(source)]
    known += [
        (each.instants[0], each.start, each.end)
        for each in bare_times(source, zone=zone, near=near)
        if len(each.instants) == 1
    ]
    for at, start, end in sorted(known, key=lambda each: each[1]):
        before = text[max(0, start - _NEAR) : start]
        topic = next((topic for topic, words in _BEFORE_A_TIME if words.search(before)), "")
        if topic:
            yield topic, minute(at), spoken_time(at, "UTC"), start, end


def minute(at: datetime) -> str:
    """An instant as claims compare it: to the minute."""
    return f"{at:%Y-%m-%dT%H:%MZ}"


def _in_sentences(text: str, names: Names) -> Iterator[Found]:
    for sentence in _SENTENCE.finditer(text):
        words, offset = sentence[0], sentence.start()
        if not _NOT_THERE.search(words):
            for name, start, end in mentions(words, {*names.regions, *REGIONS}):
                yield "regions", region(name), name, offset + start, offset + end
        bad, well = _BAD.search(words), _WELL.search(words)
        if (bad is None) != (well is None):
            for name, start, end in mentions(words, names.components):
                how = "fails" if bad else "works"
                yield f"component {name}", how, f"{name} {how}", offset + start, offset + end


def mentions(words: str, names: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Each name that stands in the words as a whole, once; a longer name hides a shorter one in it."""
    taken: list[tuple[int, int]] = []
    for name in sorted(names, key=len, reverse=True):
        # “us” is no country.
        flags = re.NOFLAG if name.isupper() else re.IGNORECASE
        match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, flags) if name.strip() else None
        if match and not any(start <= match.start() < end for start, end in taken):
            taken.append(match.span())
            yield name, match.start(), match.end()


def region(name: str) -> str:
    """A region as claims compare it: short names count as the long ones."""
    low = name.strip().lower()
    return REGIONS.get(name.strip(), low)


def same_cause(one: str, other: str) -> bool:
    """Do two descriptions of a cause share a word that means something?"""
    left, right = _meaning(one), _meaning(other)
    return not left or not right or bool(left & right)


def _meaning(text: str) -> set[str]:
    return {word.rstrip("s") for word in _WORD.findall(text.lower()) if word not in _EMPTY}
