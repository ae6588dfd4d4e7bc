"""From the facts to a limit: what starts the clock, and how far the law counts from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from clarion.rules.clocks import calendars
from clarion.rules.clocks.facts import Anchored, Facts, Moment, Submission, Targets, in_utc
from clarion.rules.clocks.record import Record, Stage
from clarion.rules.times import spoken_time
from clarion.rules.types import Reason


@dataclass(frozen=True, slots=True)
class Case:
    """One stage of one record, asked about one incident at one moment."""

    record: Record
    stage: Stage
    facts: Facts
    now: datetime
    targets: Targets = Targets()

    @property
    def zone(self) -> str:
        """Whose day it is: the rule's where it fixes one, else the entity's, else the jurisdiction's."""
        if self.record.zone_fixed:
            return self.record.zone
        return self.facts.entity.zone or self.record.zone

    @property
    def calendar(self) -> str:
        """Whose holidays count: the rule's where it fixes them, else those of the entity's place."""
        return self.record.calendar or self.facts.entity.place

    def filed(self, stage: str) -> tuple[Submission, ...]:
        """What was handed in for a stage by now, oldest first."""
        done = [s for s in self.facts.submissions if s.stage == stage and s.at <= self.now]
        return tuple(sorted(done, key=lambda submission: submission.at))


@dataclass(frozen=True, slots=True)
class Start:
    """When a clock began: the instant, the day it was there, and what was assumed."""

    at: datetime
    day: date
    name: str
    assumptions: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the law: until when, by which reading."""

    at: datetime
    day: date | None
    reason: Reason

    def as_json(self) -> dict[str, object]:
        day = self.day.isoformat() if self.day else None
        return {"at": self.at.isoformat(), "day": day, "reason": self.reason.as_json()}


@dataclass(frozen=True, slots=True)
class Limit:
    """The end of a clock. With ``day`` it is the end of that day, and ``at`` the first instant after it."""

    at: datetime
    day: date | None = None
    readings: tuple[Reading, ...] = ()
    reasons: tuple[Reason, ...] = ()
    assumptions: tuple[Reason, ...] = ()

    def kept_by(self, moment: datetime) -> bool:
        return moment < self.at if self.day else moment <= self.at

    def moved_to(self, other: Limit) -> Limit:
        """Another end, with all that was said about this one."""
        return replace(self, at=other.at, day=other.day)

    def because(self, code: str, text: str) -> Limit:
        return replace(self, reasons=(*self.reasons, Reason(code, text)))

    def assuming(self, code: str, text: str) -> Limit:
        return replace(self, assumptions=(*self.assumptions, Reason(code, text)))

    def also(self, other: Limit, code: str, text: str) -> Limit:
        """The same limit with another reading of the law beside it."""
        return replace(self, readings=(*self.readings, Reading(other.at, other.day, Reason(code, text))))


def start_of(case: Case) -> Start | Reason:
    """What the clock counts from, or why it has not started."""
    stage = case.stage
    if stage.previous:
        return _start_from_submission(case)
    anchored = case.facts.anchors.get(stage.from_)
    if anchored is not None:
        return _start(stage.from_, anchored.at, anchored.by, case.zone)
    if stage.period is not None and stage.period.of in case.facts.anchors:
        return _start_from_period(case, case.facts.anchors[stage.period.of])
    return Reason("clocks.no_anchor", f"The clock has not started: no `{stage.from_}` time is recorded.")


def _start_from_submission(case: Case) -> Start | Reason:
    """The first submission of the stage before; a later update of it, where the law says so, starts anew."""
    stage = case.stage
    first = case.filed(stage.previous)[:1]
    if not first:
        return Reason(
            "clocks.not_submitted", f"The clock has not started: `{stage.previous}` is not submitted."
        )
    updates = [update for name in stage.again for update in case.filed(name)]
    last = max((*first, *updates), key=lambda submission: submission.at)
    return _start(f"the submission of {last.stage}", last.at, last.by, case.zone)


def _start_from_period(case: Case, anchored: Anchored) -> Start:
    """The end of the period that another fact lies in: arithmetic of the calendar, no fact of its own."""
    period = case.stage.period
    assert period is not None
    _, day = instant_and_day(anchored.at, case.zone)
    end = calendars.end_of_period(day, period.every)
    words = period.every.replace("_", " ")
    text = f"No `period_end` is recorded, so the {words} of `{period.of}` counts; it ends on {end}."
    start = _start("period_end", end, "", case.zone)
    return replace(start, assumptions=(Reason("clocks.period", text), *start.assumptions[1:]))


def _start(name: str, moment: Moment, by: str, zone: str) -> Start:
    at, day = instant_and_day(moment, zone)
    said = spoken_time(at, zone) if isinstance(moment, datetime) else f"{day}"
    who = f"recorded by {by}" if by else "nobody is named as its recorder"
    assumptions = [Reason("clocks.anchor", f"It runs from {name}: {said}; {who}.")]
    if not isinstance(moment, datetime):
        text = f"Only the day of {name} is known; where hours count, they count from its start in {zone}."
        assumptions.append(Reason("clocks.day_only", text))
    return Start(at, day, name, tuple(assumptions))


def instant_and_day(moment: Moment, zone: str) -> tuple[datetime, date]:
    """The instant in UTC and the day there; a day without an hour begins at its first instant."""
    if isinstance(moment, datetime):
        return in_utc(moment), calendars.local_day(moment, zone)
    return calendars.start_of_day(moment, zone), moment


def limit_of(case: Case, start: Start) -> Limit:
    """How far the law counts, before any roll; for words without a number, the target of the house."""
    stage = case.stage
    if stage.n is None:
        target = cast(timedelta, getattr(case.targets, stage.unit))
        hours = f"{target.total_seconds() / 3600:g} h"
        text = f"The law says {stage.words} and gives no number; {hours} is a target of the house."
        return Limit(start.at + target).because("clocks.no_number", text)
    if stage.unit == "hours":
        limit = Limit(start.at + timedelta(hours=stage.n))
        return _capped(case, start, limit) if stage.cap is not None else limit
    last = {
        "days": lambda n: start.day + timedelta(days=n),
        "business_days": lambda n: calendars.add_working_days(start.day, n, case.calendar),
        "months": lambda n: calendars.add_months(start.day, n),
    }[stage.unit](stage.n)
    limit = until_end_of(last, case.zone)
    for reason in (*_zone_assumption(case), *calendar_assumption(case, stage.unit == "business_days")):
        limit = limit.assuming(reason.code, reason.text)
    return limit


def until_end_of(day: date, zone: str) -> Limit:
    return Limit(calendars.end_of_day(day, zone), day)


def cap_end(case: Case) -> datetime | None:
    """When the second limit of a stage ends; None where its anchor is not recorded."""
    cap = case.stage.cap
    anchored = case.facts.anchors.get(cap.from_) if cap else None
    if cap is None or anchored is None:
        return None
    return instant_and_day(anchored.at, case.zone)[0] + timedelta(hours=cap.n)


def _capped(case: Case, start: Start, limit: Limit) -> Limit:
    """The earlier of two limits, except that one which had passed when the clock began no longer counts.

    Delegated Regulation (EU) 2025/301, Article 5(1)(a) and (2).
    """
    cap = case.stage.cap
    assert cap is not None
    end = cap_end(case)
    second = f"{cap.n} h from `{cap.from_}`"
    if end is None:
        text = f"{second} limits it too, and no `{cap.from_}` time is recorded."
        return limit.because("clocks.cap_unknown", text)
    if start.at > end:
        return limit.because("clocks.cap_passed", f"{second} had passed when this clock began.")
    if end < limit.at:
        return replace(limit, at=end).because("clocks.cap", f"{second} comes first.")
    return limit


def _zone_assumption(case: Case) -> Iterator[Reason]:
    if case.record.zone_fixed:
        why = "the rule fixes it"
    elif case.facts.entity.zone:
        why = "the entity's zone"
    else:
        why = "no zone of the entity is recorded"
    yield Reason("clocks.zone", f"A day ends at midnight in {case.zone}: {why}.")


def calendar_assumption(case: Case, needed: bool) -> Iterator[Reason]:
    """Whose holidays were taken, where working days matter."""
    if needed and case.calendar:
        text = f"Public holidays of {case.calendar}, and its weekends, are no working days."
        yield Reason("clocks.calendar", text)
    elif needed:
        text = "No place is recorded, so only Saturdays and Sundays are left out; holidays may make it later."
        yield Reason("clocks.no_calendar", text)
