"""STR-010: what contradicts the last published update needs a correction, said as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from clarion.rules.lint._context import Context, Published
from clarion.rules.lint._prose import corrects, times
from clarion.rules.lint._reading import Reading, View, read_published
from clarion.rules.lint._structure import NOON, Example, Mark
from clarion.rules.terms import INCIDENT_STATES
from clarion.rules.types import require_aware

ID = "STR-010"
FAMILY = "structure"
SEVERITY = "review"
ROLE = "accuracy"
EVERYWHERE = True
WHY = "This does not agree with the last update, and the text does not say that it corrects it."
FIX = 'Say it openly: "Our update at 09:30 UTC said … That was not right. …"'

#: "since 09:10", "began at 2 Mar 2026, 09:10", "between 09:10": what a text says about the beginning.
_BEGAN = re.compile(
    r"\b(since|began (?:at|on)|started (?:at|on)|beginning at|starting at|between|from)\s+"
    r"(?:\d{1,2} \w{3} \d{4}, )?$",
    re.IGNORECASE,
)
#: The longest of these, date included.
_FURTHEST = 40
_SHARE = re.compile(r"\b(\d{1,3}(?:\.\d{1,2})?) ?(?:%|per ?cent)", re.IGNORECASE)


def look(view: View, context: Context) -> Iterator[Mark]:
    """Start, share affected and state, against the last update. A text that corrects may differ."""
    if context.last is None or corrects(view.body.text):
        return
    before = read_published(context.last.title, context.last.body).body
    yield from _state(view, context, context.last)
    yield from _started(view, context, context.last)
    yield from _differs(view, _beginnings(before), _beginnings(view.body), "began at {}, and now at {}")
    yield from _differs(view, _shares(before), _shares(view.body), "spoke of {}, and now it is {}")


def _state(view: View, context: Context, last: Published) -> Iterator[Mark]:
    known = (last.state, context.state)
    if all(state in INCIDENT_STATES for state in known):
        old, new = (INCIDENT_STATES.index(str(state)) for state in known)
        if new < old:
            reason = f"The last update said {last.state}, and this one goes back to {context.state}."
            yield Mark(view.body, reason=reason, about="state")


def _started(view: View, context: Context, last: Published) -> Iterator[Mark]:
    if last.started_at and context.started_at and last.started_at != context.started_at:
        then, now = (f"{require_aware(at):%H:%M} UTC" for at in (last.started_at, context.started_at))
        reason = f"The last update went by a start at {then}, and the incident's start is now {now}."
        yield Mark(view.body, reason=reason, about="start")


def _beginnings(reading: Reading) -> dict[str, tuple[int, int]]:
    """Times in UTC at which something is said to have begun, and where."""
    return {
        f"{time.minutes // 60:02}:{time.minutes % 60:02} UTC": (time.start, time.end)
        for time in times(reading)
        if time.zone in ("UTC", "GMT")
        and _BEGAN.search(reading.text, max(0, time.start - _FURTHEST), time.start)
    }


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
