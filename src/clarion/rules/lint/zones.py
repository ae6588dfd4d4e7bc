"""STR-007: times stand in UTC and in a local zone."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules import instants
from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import Time, times
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark
from clarion.rules.times import UTC_NAMES

ID = "STR-007"
FAMILY = "structure"
SEVERITY = "warn"
ROLE = "clarity"
EVERYWHERE = False
WHY = "Times are given in one zone only; readers elsewhere have to work theirs out."
FIX = 'Give both, UTC first: "15:30 UTC (16:30 CET)".'

_UTC = frozenset({"UTC", "GMT", "Z"})


def look(view: View, context: Context) -> Iterator[Mark]:
    """Where the organisation's own zone is UTC, UTC alone will do. Times without a zone are CLR-001's.

    A reference to an instant is shown to each reader in UTC and in their own zone by itself.
    """
    zoned = [time for time in times(view.body) if time.zone and not _is_reference(view, time)]
    in_utc = [time for time in zoned if time.zone in _UTC]
    local = [time for time in zoned if time.zone not in _UTC]
    if local and not in_utc:
        yield _at(
            view, local[0], "Times are given in a local zone only; UTC is the one that all readers share."
        )
    elif in_utc and not local and context.time_zone not in UTC_NAMES:
        assumed = ("time_zone",) if context.time_zone is None else ()
        yield _at(view, in_utc[0], None, assumed)


def _is_reference(view: View, time: Time) -> bool:
    return instants.read(view.words_at(view.body.place(time.start, time.end))) is not None


def _at(view: View, time: Time, reason: str | None, assumed: tuple[str, ...] = ()) -> Mark:
    return Mark(view.body, time.start, time.end, reason=reason, assumed=assumed)


_BERLIN = Context(now=NOON, time_zone="Europe/Berlin")
BAD = (
    Example("It began at 09:10 UTC.", context=_BERLIN),
    Example("It began at 10:10 CET.", context=_BERLIN),
    Example("It began at 09:10 UTC."),
)
GOOD = (
    Example("It began at 09:10 UTC (10:10 CET).", context=_BERLIN),
    Example("It began at 09:10 UTC.", context=Context(now=NOON, time_zone="Etc/UTC")),
    Example("It began at night.", context=_BERLIN),
    Example("It began at {2026-11-25T09:10Z}.", context=_BERLIN),
)
