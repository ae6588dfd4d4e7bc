"""Times that an author typed as words, such as ``15:30``, ``3 pm`` or ``25 Nov, 09:10 UTC``, and the
reference to an instant that each means.

A reader cannot tell which zone such a time is in. A suggestion is made only where the words mean exactly one
instant; a clock reading that exists twice or never, a zone that is not known here or a day that is not said
plainly is named and left to the author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from clarion.rules.bare_words import Day, Words, masked, times_in_words
from clarion.rules.instants import YEARS, reference
from clarion.rules.local_times import Local, instants_of
from clarion.rules.times import spoken_time, zone_label
from clarion.rules.types import Reason, require_aware

#: Between the parts of a span or a list, of which only one carries the zone or the day.
_SPAN = re.compile(r"\s*(?:-|–|—|to|until|till|,?\s?and|,)\s*")
_OFFSET = re.compile(r"(?:UTC|GMT)?(?:([+-])([0-9]{1,2}):?([0-9]{2})?)?|Z")


@dataclass(frozen=True, slots=True)
class BareTime:
    """One time in words: where it stands, in characters of the author's text, and what it can mean.

    ``reason.code`` is one of ``no_reference``, ``twice``, ``never``, ``which_zone``, ``which_day`` and
    ``no_clock``; its text is one sentence for the author.
    """

    start: int
    end: int
    words: str
    instants: tuple[datetime, ...]
    """In UTC, earliest first: one, two where clocks go back, none where that cannot be said."""
    reason: Reason
    dated: bool = False
    """Whether the words say the day, or stand in a span that does."""

    @property
    def suggestion(self) -> str:
        """The reference to write instead; empty when the words do not mean exactly one instant."""
        return reference(self.instants[0]) if len(self.instants) == 1 else ""


def bare_times(body: str, *, zone: str, near: datetime) -> list[BareTime]:
    """The times in words of a text in light Markdown, in order; references, code and addresses are none.

    A clock without a zone is read in ``zone`` (an IANA name; raises KeyError for an unknown one); one without
    a day is taken as the occurrence nearest to ``near``, and the sentence names that day.
    """
    text = masked(body)
    found = _shared(text, list(times_in_words(text)))
    told = [_told(body[words.start : words.end], words, zone, require_aware(near)) for words in found]
    return list(_said_once(body, told))


@dataclass(frozen=True, slots=True)
class Placed:
    """A bare time and the text it stands in."""

    audience: str
    part: str
    """``title`` or ``body``."""
    bare: BareTime


def in_texts(texts: Mapping[str, Mapping[str, str]], *, zone: str, near: datetime) -> list[Placed]:
    """The times in words of ``{audience: {"title", "body"}}``, text by text; see ``bare_times``."""
    return [
        Placed(audience, part, bare)
        for audience, text in texts.items()
        for part in ("title", "body")
        for bare in bare_times(text.get(part, ""), zone=zone, near=near)
    ]


def with_references(body: str, found: Sequence[BareTime]) -> str:
    """The text with every bare time that means one instant written as a reference."""
    for bare in reversed(found):
        if bare.suggestion:
            body = body[: bare.start] + bare.suggestion + body[bare.end :]
    return body


def _shared(text: str, found: list[Words]) -> list[Words]:
    """In a span such as ``25 Nov, 09:10–10:05 UTC`` the day and the zone hold for both ends."""
    for place in range(len(found) - 1, 0, -1):
        left, right = found[place - 1], found[place]
        if _SPAN.fullmatch(text, left.end, right.start):
            day = left.day or (right.day if right.day_last else None)
            found[place - 1] = replace(left, zone=left.zone or right.zone, day=day, day_last=right.day_last)
    for place in range(1, len(found)):
        left, right = found[place - 1], found[place]
        if _SPAN.fullmatch(text, left.end, right.start) and right.day is None:
            found[place] = replace(right, day=left.day, unclear=right.unclear or left.unclear)
    return found


def _told(said: str, words: Words, zone: str, near: datetime) -> BareTime:
    def bare(code: str, sentence: str, *instants: datetime) -> BareTime:
        dated = words.day is not None
        return BareTime(words.start, words.end, said, instants, Reason(code, sentence), dated)

    if words.clock is None:
        return bare("no_clock", f"No clock reads “{said}”. Write the time as a reference.")
    clocks = _clocks(words.zone, zone)
    if clocks is None:
        return bare("which_zone", f"“{said}”: {words.zone} is no zone known here. Write it as a reference.")
    wall = None if words.unclear else _wall(words, near.astimezone(clocks).replace(tzinfo=None))
    if wall is None:
        return bare("which_day", f"“{said}”: say which day is meant, or write it as a reference.")
    local = _of_that_name(_instants(wall, clocks), words.zone, clocks)
    if local is None:
        sentence = f"“{said}”: clocks in {zone} are not on {words.zone} then. Check the zone."
        return bare("which_zone", sentence)
    if not local.instants:
        return bare("never", local.because)
    if len(local.instants) > 1:
        return bare("twice", f"{local.because} Say which.", *local.instants)
    at = local.instants[0]
    return bare("no_reference", f"“{said}” is read as {spoken_time(at, zone)}.", at)


def _clocks(said: str, zone: str) -> tzinfo | None:
    """The clocks that were meant: an offset, a named zone, or for a short name the incident's own zone."""
    if not said or said.lower() == "local time":
        return ZoneInfo(zone)
    if match := _OFFSET.fullmatch(said):
        ahead = timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0))
        if ahead >= timedelta(hours=24):
            return None
        return timezone(-ahead if match[1] == "-" else ahead)
    if "/" not in said:
        return ZoneInfo(zone)
    try:
        return ZoneInfo(said)
    except (KeyError, ValueError):
        return None


def _wall(words: Words, near: datetime) -> datetime | None:
    """The clock reading on its day; None when that day does not exist. ``near`` is a local time too."""
    assert words.clock is not None
    clock = words.clock
    walls = [datetime.combine(day, clock) for day in _days(words.day, near.date())]
    return min(walls, key=lambda wall: abs(wall - near), default=None)


def _days(said: Day | None, today: date) -> Iterator[date]:
    """The days that may be meant."""
    if said is None or said.shift is not None:
        shifts = (-1, 0, 1) if said is None else (said.shift or 0,)
        yield from (today + timedelta(days=shift) for shift in shifts)
        return
    for year in (said.year,) if said.year else (today.year - 1, today.year, today.year + 1):
        with suppress(ValueError):
            if year in YEARS:
                yield date(year, said.month, said.day)


def _instants(wall: datetime, clocks: tzinfo) -> Local:
    if isinstance(clocks, ZoneInfo):
        return instants_of(wall, clocks.key)
    return Local((wall.replace(tzinfo=clocks).astimezone(UTC),))


def _of_that_name(local: Local, name: str, clocks: tzinfo) -> Local | None:
    """Only the instants at which clocks there go by this name, such as CET; None when there is none."""
    if not name.isupper() or not local.instants or not isinstance(clocks, ZoneInfo):
        return local
    named = tuple(at for at in local.instants if zone_label(at.astimezone(clocks)) == name)
    return replace(local, instants=named) if named else None


def _said_once(body: str, told: list[BareTime]) -> Iterator[BareTime]:
    """``09:10 UTC (10:10 CET)`` is one time, said twice: one reference says it in both zones."""
    before: BareTime | None = None
    for bare in told:
        if before is not None and bare.suggestion and bare.suggestion == before.suggestion:
            between, after = body[before.end : bare.start].strip(), body[bare.end : bare.end + 1]
            if (between, after) == ("(", ")"):
                words = body[before.start : bare.end + 1]
                before = replace(before, end=bare.end + 1, words=words)
                continue
        if before is not None:
            yield before
        before = bare
    if before is not None:
        yield before
