"""What people recorded about one incident and its reports: all that a clock may count from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from clarion.rules.clocks.calendars import is_calendar, is_zone
from clarion.rules.clocks.record import ANCHORS, ENTITY_KINDS

FIRST_YEAR, LAST_YEAR = 1970, 2199

#: An instant with its zone, or a day where nobody knows the hour.
Moment = datetime | date


class BadFacts(ValueError):
    """A recorded fact cannot be used; ``field`` names it and the message says what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Anchored:
    """When something happened, and who recorded it."""

    at: Moment
    by: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A report that was handed in. ``owed`` names the fields that it still lacks: a partial one counts."""

    stage: str
    at: datetime
    by: str = ""
    owed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _usable(f"submissions.{self.stage}", self.at)


@dataclass(frozen=True, slots=True)
class Suspension:
    """A delay that law enforcement or another authority asked for: from when to when, by whom, on what proof.

    It always has an end; one that is lifted early is recorded with the earlier end.
    """

    starts_at: datetime
    until: datetime
    approver: str
    evidence: str
    by: str = ""

    def __post_init__(self) -> None:
        _usable("suspension.starts_at", self.starts_at)
        _usable("suspension.until", self.until)
        if self.until <= self.starts_at:
            raise BadFacts("suspension.until", "the end must come after the start; record when it ends")
        for name, value in (("approver", self.approver), ("evidence", self.evidence)):
            if not value.strip():
                raise BadFacts(f"suspension.{name}", "a delay needs who approved it, and the proof of that")


@dataclass(frozen=True, slots=True)
class Entity:
    """Who reports: of which kinds (None: nobody said), where, and in which time zone.

    ``place`` is the country or part of it whose holidays count, as ``DE`` or ``DE-BY``.
    """

    kinds: frozenset[str] | None = None
    place: str = ""
    zone: str = ""

    def __post_init__(self) -> None:
        for kind in sorted((self.kinds or frozenset()) - set(ENTITY_KINDS)):
            raise BadFacts("entity.kinds", f"there is no kind {kind!r}; use {', '.join(ENTITY_KINDS)}")
        if self.place and not is_calendar(self.place):
            raise BadFacts(
                "entity.place", f"no holidays are known for {self.place!r}; write it as DE or DE-BY"
            )
        if self.zone and not is_zone(self.zone):
            raise BadFacts("entity.zone", f"there is no time zone {self.zone!r}; write it as Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything recorded so far. No anchor is ever derived from another."""

    anchors: Mapping[str, Anchored] = field(default_factory=dict)
    submissions: tuple[Submission, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    entity: Entity = Entity()

    def __post_init__(self) -> None:
        for name, anchored in self.anchors.items():
            if name not in ANCHORS:
                raise BadFacts(f"anchors.{name}", f"there is no such anchor; use {', '.join(ANCHORS)}")
            _usable(f"anchors.{name}", anchored.at)


@dataclass(frozen=True, slots=True)
class Targets:
    """What the house aims at where the law gives no number: never a limit of the law."""

    undue_delay: timedelta = timedelta(hours=4)
    asap: timedelta = timedelta(hours=24)
    immediate: timedelta = timedelta(hours=1)


def _usable(name: str, moment: Moment) -> None:
    """With a zone, and in years that calendars know: far ones would overflow where months are added."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        text = f"the year {moment.year} is not one from {FIRST_YEAR} to {LAST_YEAR}; correct the date"
        raise BadFacts(name, text)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise BadFacts(name, f"{moment.isoformat()} carries no time zone; add one, as 2026-11-20T15:00Z")


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
