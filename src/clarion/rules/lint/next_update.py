"""STR-001: until the incident has ended, every update says when the next one comes, and that is ahead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from clarion.rules.draft import END_PHASES
from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import times
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark, missing
from clarion.rules.terms import CLOSED_STATES
from clarion.rules.types import require_aware

ID = "STR-001"
FAMILY = "structure"
SEVERITY = "review"
ROLE = "clarity"
EVERYWHERE = False
WHY = "Readers cannot see when they will hear from you again, so they will ask."
FIX = 'Say it with its zone: "Next update by 16:00 UTC."'

_SAID = re.compile(
    r"\b(next (public )?update|follows by|(update (you|this|the page)|post|write|provide|give|report"
    r"|another update|share|be back"
    r"|be in touch|say more)"
    r"[^.]{0,40} (by|at|in|within|every))\b",
    re.IGNORECASE | re.ASCII,
)

#: What ends it, and the announcement of planned work, which says itself when it begins.
_WITHOUT_PROMISE = END_PHASES | {"maintenance_notice"}


def look(view: View, context: Context) -> Iterator[Mark]:
    """Nothing is asked of an update that ends the incident; an unrecorded state counts as open."""
    if context.state in CLOSED_STATES or context.phase in _WITHOUT_PROMISE:
        return
    assumed = ("state",) if context.state is None else ()
    promised = context.next_update_at
    if promised is not None and require_aware(promised) <= context.now:
        yield Mark(view.body, reason="The next update is promised for a time that has passed.", about="past")
    said = _SAID.search(view.body.text)
    if said is None:
        yield missing(view, assumed=assumed)
    elif promised is not None:
        yield from _another_time(view, promised_minutes(context), said.start())


def promised_minutes(context: Context) -> int:
    """The minute of the day in UTC for which the next update is promised."""
    moment = require_aware(context.next_update_at) if context.next_update_at else context.now
    return moment.hour * 60 + moment.minute


def _another_time(view: View, minutes: int, after: int) -> Iterator[Mark]:
    """The first time in UTC after the words, when it is not the promised one."""
    said = next(
        (time for time in times(view.body) if time.start >= after and time.zone in ("UTC", "GMT")), None
    )
    if said is not None and said.minutes != minutes:
        reason = (
            f"The text promises another time than the draft does ({minutes // 60:02}:{minutes % 60:02} UTC)."
        )
        yield Mark(view.body, said.start, said.end, reason=reason)


BAD = (
    Example("Checkout fails for some customers."),
    Example("Next update by 14:00 UTC.", context=Context(now=NOON, next_update_at=NOON - timedelta(hours=1))),
    Example("Next update by 14:00 UTC.", context=Context(now=NOON, next_update_at=NOON + timedelta(hours=1))),
)
GOOD = (
    Example("Next update by 14:00 UTC.", context=Context(now=NOON, next_update_at=NOON + timedelta(hours=2))),
    Example("Checkout works normally.", context=Context(now=NOON, state="resolved")),
    Example("We will post again by 14:00 UTC (15:00 CET)."),
)
