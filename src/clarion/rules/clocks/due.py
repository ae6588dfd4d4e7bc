"""When each report of a clock is due, how it stands, and everything that was assumed to say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clarion.rules.clocks.facts import Facts, Submission, Targets, in_utc
from clarion.rules.clocks.limits import Case, Limit, Reading, Start, cap_end, limit_of, start_of
from clarion.rules.clocks.record import Record
from clarion.rules.clocks.rolls import rolled
from clarion.rules.clocks.suspensions import suspended
from clarion.rules.times import spoken_time
from clarion.rules.types import Reason, reasons_json, require_aware

NOT_STARTED, RUNNING, SOFT = "not_started", "running", "soft"
MET, LATE, SUSPENDED = "met", "late", "suspended"
#: How a stage can stand. Only ``running`` and ``late`` speak of a limit of the law.
STATUSES = (NOT_STARTED, RUNNING, SOFT, MET, LATE, SUSPENDED)

_NO_REAL_CLOCK = {
    "phased": "The rule is phased in and not fully in force.",
    "proposed": "The rule is a proposal and no duty yet.",
    "guidance": "This is guidance and no duty.",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One report: until when (``due_at`` in UTC; ``due_day`` where a whole day counts), and how it stands.

    ``soft`` says that the time is a reminder of the house and no limit of the law. ``readings`` has every
    value where the law can be read in more than one way; ``assumptions`` says what the answer rests on.
    """

    clock: str
    stage: str
    to: str
    applies: str
    status: str
    due_at: datetime | None
    due_day: date | None
    zone: str
    soft: bool
    remind_at: datetime | None
    submitted_at: datetime | None
    owed: tuple[str, ...]
    reasons: tuple[Reason, ...]
    readings: tuple[Reading, ...]
    assumptions: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """For a program: instants as ISO 8601 in UTC, days as dates."""
        moments = ("due_at", "remind_at", "submitted_at")
        return {
            **{name: getattr(self, name) for name in ("clock", "stage", "to", "applies", "status", "zone")},
            **{name: _iso(getattr(self, name)) for name in moments},
            "due_day": self.due_day.isoformat() if self.due_day else None,
            "soft": self.soft,
            "owed": list(self.owed),
            "reasons": reasons_json(self.reasons),
            "readings": [reading.as_json() for reading in self.readings],
            "assumptions": reasons_json(self.assumptions),
        }


def evaluate(record: Record, facts: Facts, now: datetime, targets: Targets | None = None) -> tuple[Due, ...]:
    """How every stage of a clock stands at ``now`` (aware), in the order of the record.

    Raises ValueError for a ``now`` without a zone. What is recorded for after ``now`` counts from then on.
    """
    at = require_aware(now)
    return tuple(_due(Case(record, stage, facts, at, targets or Targets())) for stage in record.clock.stages)


def _due(case: Case) -> Due:
    start = start_of(case)
    if case.record.clock.status == "superseded":
        start = Reason("clocks.superseded", "Another rule has taken the place of this one; no clock runs.")
    if isinstance(start, Reason):
        return _not_started(case, start)
    limit, held_until = suspended(case, rolled(case, limit_of(case, start)))
    why_soft = tuple(_why_soft(case, start))
    soft = case.stage.n is None or bool(why_soft)
    status, reasons = _status(case, limit, soft, held_until)
    return replace(
        _blank(case, status),
        due_at=in_utc(limit.at),
        due_day=limit.day,
        soft=soft,
        reasons=(*reasons, *why_soft, *limit.reasons, *_ahead(case)),
        readings=limit.readings,
        assumptions=(*start.assumptions, *limit.assumptions, *_provenance(case)),
    )


def _blank(case: Case, status: str) -> Due:
    filed = case.filed(case.stage.stage)
    return Due(
        clock=case.record.id,
        stage=case.stage.stage,
        to=case.stage.to,
        applies=case.stage.applies,
        status=status,
        due_at=None,
        due_day=None,
        zone=case.zone,
        soft=False,
        remind_at=None,
        submitted_at=in_utc(filed[0].at) if filed else None,
        owed=filed[-1].owed if filed else (),
        reasons=(),
        readings=(),
        assumptions=(),
    )


def _not_started(case: Case, why: Reason) -> Due:
    """No start, no limit: only a reminder where a second limit is running already."""
    filed = case.filed(case.stage.stage)
    due = _blank(case, MET if filed else NOT_STARTED)
    reasons = [why, *(_partial(filed) if filed else ()), *_ahead(case)]
    end = cap_end(case)
    if end is None or filed or why.code == "clocks.superseded":
        return replace(due, reasons=tuple(reasons), assumptions=tuple(_provenance(case)))
    cap, stage = case.stage.cap, case.stage
    assert cap is not None
    assert stage.n is not None
    remind = end - timedelta(hours=stage.n)
    text = (
        f"Record `{stage.from_}` by {spoken_time(remind, case.zone)}, or state that it is not: "
        f"{cap.n} h from `{cap.from_}` leave less than {stage.n} h after that."
    )
    reasons.append(Reason("clocks.reminder", text))
    return replace(
        due, soft=True, remind_at=remind, reasons=tuple(reasons), assumptions=tuple(_provenance(case))
    )


def _status(
    case: Case, limit: Limit, soft: bool, held_until: datetime | None
) -> tuple[str, tuple[Reason, ...]]:
    filed = case.filed(case.stage.stage)
    if filed:
        first = filed[0]
        said = f"Submitted {spoken_time(first.at, case.zone)}"
        by = f" (recorded by {first.by})" if first.by else ""
        partial = tuple(_partial(filed))
        if limit.kept_by(first.at):
            return MET, (Reason("clocks.in_time", f"{said}{by}, in time."), *partial)
        if soft:
            return MET, (Reason("clocks.after_target", f"{said}{by}, after the target."), *partial)
        return LATE, (Reason("clocks.submitted_late", f"{said}{by}, after the limit."), *partial)
    if held_until is not None and case.now < held_until:
        return SUSPENDED, ()
    passed = not limit.kept_by(case.now)
    if soft:
        return SOFT, (Reason("clocks.target_passed", "The target has passed."),) if passed else ()
    if passed:
        return LATE, (Reason("clocks.overdue", "The limit has passed and nothing is submitted."),)
    return RUNNING, ()


def _partial(filed: tuple[Submission, ...]) -> Iterator[Reason]:
    owed = filed[-1].owed
    if owed:
        yield Reason("clocks.partial", f"Submitted in part; still owed: {', '.join(owed)}.")


def _ahead(case: Case) -> Iterator[Reason]:
    """A filing dated after now proves nothing yet."""
    for submission in case.facts.submissions:
        if submission.stage == case.stage.stage and submission.at > case.now:
            said = spoken_time(submission.at, case.zone)
            yield Reason("clocks.ahead", f"A submission is recorded for {said}, which is still to come.")


def _why_soft(case: Case, start: Start) -> Iterator[Reason]:
    """Why a number of this record only reminds; nothing where it is a limit of the law."""
    record, clock = case.record, case.record.clock
    if clock.status in _NO_REAL_CLOCK:
        yield Reason(f"clocks.{clock.status}", _NO_REAL_CLOCK[clock.status])
    if clock.effective is not None and start.day < clock.effective:
        text = f"The rule applies from {clock.effective}, and this clock began before that."
        yield Reason("clocks.not_effective", text)
    if "M" in (clock.ev, case.stage.ev):
        yield Reason("clocks.unverified", "This is from memory: nobody has read the text of the rule yet.")
    if record.is_stale(case.now.date()):
        text = f"This should have been read again by {record.review_by}; it may no longer be the law."
        yield Reason("clocks.stale", text)


def _provenance(case: Case) -> Iterator[Reason]:
    """Rule, text, source and the day it was read."""
    record, stage, clock = case.record, case.stage, case.record.clock
    text = f"Rule {record.id}, stage {stage.stage}: {stage.words} from {stage.start_words}; {clock.cite}."
    yield Reason("clocks.rule", text)
    if stage.applies:
        yield Reason("clocks.applies", f"It is owed only in this case: {stage.applies}.")
    keys = ", ".join(clock.src) or "none"
    read = {"P": "primary text read", "S": "secondary page read", "M": "from memory"}[stage.ev or clock.ev]
    dates = f"as of {record.asof}; review by {record.review_by}"
    text = f"Source {keys} ({read}, confidence {clock.conf}), {dates}."
    yield Reason("clocks.source", text)


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
