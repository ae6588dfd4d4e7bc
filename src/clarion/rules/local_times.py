"""What a clock reading can mean in a zone: one instant, two where clocks go back, none where they go forward.

Nothing is guessed: the caller gets every instant it can be, and a sentence when that is not exactly one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from clarion.rules.times import MONTHS, zone_label


@dataclass(frozen=True, slots=True)
class Local:
    """A clock reading in a zone. ``instants``: in UTC, earliest first; ``because``: empty for exactly one."""

    instants: tuple[datetime, ...]
    because: str = ""


def instants_of(wall: datetime, zone: str) -> Local:
    """What clocks of an IANA zone mean by ``wall``, which carries no zone of its own.

    Raises ValueError for an aware time and KeyError for an unknown zone.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall.isoformat()} has a zone already")
    clocks = ZoneInfo(zone)
    earlier, later = (wall.replace(tzinfo=clocks, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier == later:
        return Local((earlier,))
    if _reads(earlier, clocks) == wall.replace(fold=0):
        first, second = (zone_label(at.astimezone(clocks)) for at in (earlier, later))
        return Local(
            (earlier, later),
            f"{_clock(wall)} happens twice in {zone}: first in {first} ({earlier:%H:%M} UTC), "
            f"then in {second} ({later:%H:%M} UTC).",
        )
    # In a gap the two readings are the other way round.
    before, after = _change(later, earlier, clocks)
    left, right = (
        f"{clock:%H:%M}" if before.date() == after.date() else _clock(clock) for clock in (before, after)
    )
    return Local((), f"{_clock(wall)} does not exist in {zone}: clocks go from {left} to {right}.")


def _reads(at: datetime, clocks: ZoneInfo) -> datetime:
    return at.astimezone(clocks).replace(tzinfo=None, fold=0)


def _change(start: datetime, end: datetime, clocks: ZoneInfo) -> tuple[datetime, datetime]:
    """What clocks read when they change between these instants: by the old offset, and by the new one."""
    old, new = (at.astimezone(clocks).utcoffset() or timedelta(0) for at in (start, end))
    while end - start > timedelta(seconds=1):
        middle = start + (end - start) // 2
        if middle.astimezone(clocks).utcoffset() == old:
            start = middle
        else:
            end = middle
    at = end.replace(microsecond=0, tzinfo=None)
    return at + old, at + new


def _clock(wall: datetime) -> str:
    return f"{wall:%H:%M} on {wall.day} {MONTHS[wall.month - 1]} {wall.year}"
