"""How often readers were told something: the silences between the updates of past incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from clarion.rules.types import require_aware

#: Silences are counted in these steps; the last step has no end.
STEPS = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 15, 30, 60, 120, 240))


@dataclass(frozen=True, slots=True)
class Step:
    """How many silences lasted ``longer_than`` but no longer than ``up_to`` (None: however long).

    The first step begins with updates of the same moment.
    """

    longer_than: timedelta
    up_to: timedelta | None
    count: int


@dataclass(frozen=True, slots=True)
class Cadence:
    """Figures over all silences, each from one update of an incident to the next; None for none."""

    incidents: int
    updates: int
    gaps: int
    median: timedelta | None
    p90: timedelta | None
    """Nine silences in ten were no longer than this; it is the length of one of them (nearest rank)."""
    longest: timedelta | None
    steps: tuple[Step, ...]


def cadence(incidents: Iterable[Sequence[datetime]]) -> Cadence:
    """The figures of incidents, each given as the times of its published updates, in any order.

    Raises ValueError for a time without a zone.
    """
    told = [sorted(map(require_aware, times)) for times in incidents if times]
    gaps = sorted(after - before for times in told for before, after in pairwise(times))
    return Cadence(
        incidents=len(told),
        updates=sum(map(len, told)),
        gaps=len(gaps),
        median=(gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / 2 if gaps else None,
        p90=gaps[-(-len(gaps) * 9 // 10) - 1] if gaps else None,
        longest=gaps[-1] if gaps else None,
        steps=tuple(_steps(gaps)),
    )


def _steps(gaps: Sequence[timedelta]) -> Iterable[Step]:
    for start, end in zip(STEPS, (*STEPS[1:], None), strict=True):
        inside = [gap for gap in gaps if (gap > start or not start) and (end is None or gap <= end)]
        yield Step(start, end, len(inside))
