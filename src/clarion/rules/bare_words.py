"""Reading words such as ``25 Nov 2026, 3 pm CET``: clock, day and zone, as far as they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from clarion.rules.instants import KEPT
from clarion.rules.times import MONTHS

#: Short names of zones that people write after a time. Many belong to several zones, so none is trusted
#: unless it is what clocks in the incident's own zone are called at that moment.
ABBREVIATIONS = (
    *(
        "ACDT",
        "ACST",
        "ADT",
        "AEDT",
        "AEST",
        "AKDT",
        "AKST",
        "AST",
        "AWST",
        "BRT",
        "BST",
        "CAT",
        "CDT",
        "CEST",
    ),
    *("CET", "CST", "CT", "EAT", "EDT", "EEST", "EET", "EST", "ET", "GST", "HKT", "HST", "ICT", "IDT", "IST"),
    *("JST", "KST", "MDT", "MESZ", "MEZ", "MSK", "MST", "MT", "NDT", "NPT", "NST", "NZDT", "NZST", "PDT"),
    *("PHT", "PKT", "PST", "PT", "SAST", "SGT", "WAT", "WEST", "WET", "WIB"),
)

_MONTH = "(?i:" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + r"|sept)\.?"
_YEAR = "(?:19|20)[0-9]{2}"
_WEEKDAY = r"(?i:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?i:day)?"
_DAY = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:\s+{_YEAR})?"
    rf"|{_MONTH}\s+[0-9]{{1,2}}(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?"
    r"|(?i:today|yesterday|tomorrow)"
    rf"|[0-9]{{1,2}}[./][0-9]{{1,2}}(?:[./][0-9]{{2,4}})?|\b{_WEEKDAY}"
)
_ZONE = (
    r"(?:UTC|GMT)(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?|Z|(?i:local\ time)"
    r"|[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|" + "|".join(ABBREVIATIONS)
)
CLOCK = re.compile(
    rf"""(?<![\w:.,/+])(?<![A-Za-z]-)
    (?:(?P<before>{_DAY})(?:T|,?\s+(?:at\s+)?|,\s*))?
    (?:(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}})(?:\.[0-9]{{1,9}})?)?
       (?:\s?(?P<half>[AaPp](?:\.[Mm]\.|[Mm]\b))|(?P<offset>(?<=T[0-9]{{2}}:[0-9]{{2}})[+-][0-9]{{2}}:?[0-9]{{2}}
         |(?<=T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})[+-][0-9]{{2}}:?[0-9]{{2}}))?
      |(?P<only_hour>[0-9]{{1,2}})(?:\.(?P<dotted>[0-9]{{2}}))?\s?(?P<its_half>[AaPp](?:\.[Mm]\.|[Mm]\b))
      |(?P<military>[0-2][0-9][0-5][0-9])(?=\s?(?:UTC|GMT|Z)\b)
      |(?P<word>(?i:noon|midnight)))
    (?:\s?(?P<zone>{_ZONE}))?(?![\w:])
    (?:,?\s+(?:on\s+)?(?P<after>{_DAY})(?![\w]))?""",
    re.VERBOSE,
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s<>]+|[^\s@]{1,64}@\S{1,255}|\]\([^()\s]{1,2000}\)")
_SHIFTS = {"yesterday": -1, "today": 0, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as far as it was said. ``shift`` counts from today, for ``yesterday`` and the like."""

    month: int = 0
    day: int = 0
    year: int = 0
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A time in words. ``clock``: None when no clock reads so; ``unclear``: several days can be meant."""

    start: int
    end: int
    clock: time | None
    day: Day | None
    zone: str
    unclear: bool = False
    day_last: bool = False
    """The day stands behind the clock, so that it can hold for a clock before it too."""


def masked(body: str) -> str:
    """The text with references, code and addresses blanked out, every other character in its place."""
    text = KEPT.sub(lambda match: match[0] if match[0].startswith("\\") else _blank(match), body)
    return _ADDRESS.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def times_in_words(text: str) -> Iterator[Words]:
    """The times of a text from ``masked``, in order."""
    for match in CLOCK.finditer(text):
        said = match["before"] or match["after"] or ""
        day = _day(said)
        yield Words(
            start=match.start(),
            end=match.end(),
            clock=_clock(match),
            day=day,
            zone=match["offset"] or match["zone"] or "",
            day_last=bool(match["after"]),
            unclear=bool(said and day is None) or (match["word"] or "").lower() == "midnight",
        )


def _clock(match: re.Match[str]) -> time | None:
    if match["word"]:
        return time(12) if match["word"].lower() == "noon" else time(0)
    if match["military"]:
        hour, minute = int(match["military"][:2]), int(match["military"][2:])
    else:
        hour = int(match["hour"] or match["only_hour"])
        minute = int(match["minute"] or match["dotted"] or 0)
    half = (match["half"] or match["its_half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return time(hour, minute, int(match["second"] or 0))
    except ValueError:
        return None


def _day(said: str) -> Day | None:
    """The day that was said; None for nothing, a weekday, or numbers that countries order differently."""
    if said.lower() in _SHIFTS:
        return Day(shift=_SHIFTS[said.lower()])
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
        year, month, day = map(int, said.split("-"))
        return Day(month, day, year)
    month = next((place for place, name in enumerate(MONTHS, 1) if re.search(rf"(?i)\b{name[:3]}", said)), 0)
    numbers = [int(number) for number in re.findall("[0-9]+", said)]
    if not month or not numbers:
        return None
    return Day(month, numbers[0], numbers[1] if len(numbers) > 1 else 0)
