"""STR-010: what contradicts the last published update needs a correction, said as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from clarion.rules.bare_times import BareTime, bare_times
from clarion.rules.claims import minute
from clarion.rules.lint._context import Context, Published
from clarion.rules.lint._prose import corrects
from clarion.rules.lint._reading import Reading, View, read_published
from clarion.rules.lint._structure import NOON, Example, Mark
from clarion.rules.terms import INCIDENT_STATES
from clarion.rules.times import spoken_time

ID = "STR-010"
FAMILY = "structure"
SEVERITY = "review"
ROLE = "accuracy"
EVERYWHERE = True
WHY = "This does not agree with the last update, and the text does not say that it corrects it."
FIX = 'Say it openly: "Our update at 09:30 UTC said … That was not right. …"'

#: "since 09:10", "began at 2 Mar 2026, 09:10", "between 09:10": what a text says about the beginning.
_BEGAN = re.compile(
    r"\b(?:since|began (?:at|on)|started (?:at|on)|beginning at|starting at|between|from)\s{1,9}(?=\w)",
    re.IGNORECASE,
)
#: Characters after these words in which the time and its day stand, the other end of a span too.
_FURTHEST = 80
#: Beginnings of one text that are looked at: a text has one or two.
_MOST = 20
_SHARE = re.compile(r"\b(\d{1,3}(?:\.\d{1,2})?) ?(?:%|per ?cent)", re.IGNORECASE)


def look(view: View, context: Context) -> Iterator[Mark]:
    """Start, share affected and state, against the last update. A text that corrects may differ."""
    if context.last is None or corrects(view.body.text):
        return
    before = read_published(context.last.title, context.last.body).body
    yield from _state(view, context, context.last)
    yield from _started(view, context, context.last)
    zone = context.time_zone or "Etc/UTC"
    then = _beginnings(before, zone, context.last.at or context.now)
    yield from _began(view, then, _beginnings(view.body, zone, context.now))
    yield from _differs(view, _shares(before), _shares(view.body), "spoke of {}, and now it is {}")


def _state(view: View, context: Context, last: Published) -> Iterator[Mark]:
    known = (last.state, context.state)
    if all(state in INCIDENT_STATES for state in known):
        old, new = (INCIDENT_STATES.index(str(state)) for state in known)
        if new < old:
            reason = f"The last update said {last.state}, and this one goes back to {context.state}."
            yield Mark(view.body, reason=reason, about="state")


def _started(view: View, context: Context, last: Published) -> Iterator[Mark]:
    if last.started_at and context.started_at and minute(last.started_at) != minute(context.started_at):
        then, now = (spoken_time(at, "UTC") for at in (last.started_at, context.started_at))
        reason = f"The last update went by a start at {then}, and the incident's start is now {now}."
        yield Mark(view.body, reason=reason, about="start")


def _beginnings(reading: Reading, zone: str, near: datetime) -> list[BareTime]:
    """Times at which something is said to have begun; references are words with a day and a zone by now."""
    found = []
    for match in islice(_BEGAN.finditer(reading.text), _MOST):
        after = reading.text[match.end() : match.end() + _FURTHEST]
        for time in bare_times(after, zone=zone, near=near)[:1]:
            if time.start == 0 and time.instants:
                found.append(replace(time, start=match.end(), end=match.end() + time.end))
    return found


def _began(view: View, before: list[BareTime], after: list[BareTime]) -> Iterator[Mark]:
    """One finding when both say when it began, and no two of these can be the same moment."""
    if before and after and not _have_one_in_common(before, after):
        (old, new), first = map(_said, (before[0], after[0])), after[0]
        reason = f"The last update said that it began at {old}, and now at {new}."
        yield Mark(view.body, first.start, first.end, reason=reason)


def _have_one_in_common(before: list[BareTime], after: list[BareTime]) -> bool:
    """Moments where both say the day; else the clock in UTC, since no day contradicts every day."""
    if _moments(before) & _moments(after):
        return True
    return bool(_clocks(before, False) & _clocks(after) or _clocks(before) & _clocks(after, False))


def _moments(found: list[BareTime]) -> set[str]:
    return {minute(at) for each in found if each.dated for at in each.instants}


def _clocks(found: list[BareTime], dated: bool = True) -> set[str]:
    """Clock readings in UTC; with ``dated`` false, only of times without a day."""
    return {f"{at:%H:%M}" for each in found if dated or not each.dated for at in each.instants}


def _said(time: BareTime) -> str:
    return spoken_time(time.instants[0], "UTC") if time.dated else f"{time.instants[0]:%H:%M} UTC"


def _shares(reading: Reading) -> dict[str, tuple[int, int]]:
    return {f"{float(match[1]):g}%": match.span() for match in _SHARE.finditer(reading.text)}


def _differs(
    view: View, before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], said: str
) -> Iterator[Mark]:
    """One finding when both name something and they have nothing in common."""
    if before and after and not before.keys() & after.keys():
        new, (start, end) = next(iter(after.items()))
        reason = f"The last update said that it {said.format(next(iter(before)), new)}."
        yield Mark(view.body, start, end, reason=reason)


_LAST = Published("", "Since 09:10 UTC about 3% of orders fail.", state="monitoring", started_at=NOON)
_CONTEXT = Context(now=NOON, last=_LAST, state="monitoring", started_at=NOON)
BAD = (
    Example("Since 09:40 UTC orders fail.", context=_CONTEXT),
    Example("Since {2026-03-02T09:40Z} orders fail.", context=_CONTEXT),
    Example("About 12% of orders fail.", context=_CONTEXT),
    Example("Orders fail.", context=Context(now=NOON, last=_LAST, state="investigating")),
    Example("Orders fail.", context=Context(now=NOON, last=_LAST, started_at=NOON - timedelta(minutes=5))),
)
GOOD = (
    Example("Since 09:10 UTC about 3 % of orders fail.", context=_CONTEXT),
    Example("Since {2026-03-02T09:10Z} about 3 % of orders fail.", context=_CONTEXT),
    Example("Correction: since 09:40 UTC about 12% of orders fail.", context=_CONTEXT),
    Example("Orders work.", context=Context(now=NOON, last=_LAST, state="resolved", started_at=NOON)),
    Example("Since 09:40 UTC orders fail."),
)
