"""A delay that law enforcement asked for: recorded with an end, an approver and a proof, never a silent edit.

A limit that falls into the delay is due when the delay ends; one that lies after it stays where it is. Only a
rule that says so can be delayed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from clarion.rules.clocks.facts import Suspension, in_utc
from clarion.rules.clocks.limits import Case, Limit
from clarion.rules.times import spoken_time
from clarion.rules.types import Reason


def suspended(case: Case, limit: Limit) -> tuple[Limit, datetime | None]:
    """The limit under the delays asked for, and until when the last holds; the first limit stays shown."""
    held: datetime | None = None
    for suspension in sorted(case.facts.suspensions, key=lambda s: s.starts_at):
        if suspension.starts_at > case.now:
            continue
        refusal = _not_suspended(case, limit, suspension)
        if refusal:
            limit = replace(limit, reasons=(*limit.reasons, refusal))
            continue
        limit, held = _hold(case, limit, suspension)
    return limit, held


def _not_suspended(case: Case, limit: Limit, suspension: Suspension) -> Reason | None:
    may = case.record.clock.suspension
    if may is None or (may.stages and case.stage.stage not in may.stages):
        return Reason("clocks.suspension_not_allowed", "A delay is recorded, but this rule knows none here.")
    if not limit.kept_by(suspension.starts_at):
        return Reason("clocks.suspension_too_late", "A delay is recorded that began after the limit.")
    return None


def _hold(case: Case, limit: Limit, suspension: Suspension) -> tuple[Limit, datetime]:
    may = case.record.clock.suspension
    assert may is not None
    until = suspension.until
    if may.most_days is not None and until > suspension.starts_at + timedelta(days=may.most_days):
        until = suspension.starts_at + timedelta(days=may.most_days)
        text = f"The delay is cut to {may.most_days} days, the most that {may.cite} gives at a time."
        limit = limit.because("clocks.suspension_cut", text)
    text = (
        f"Delayed until {spoken_time(until, case.zone)} at the request of {suspension.approver} "
        f"({suspension.evidence}); {may.cite}."
    )
    limit = limit.because("clocks.suspension", text)
    if until <= limit.at:
        return limit, in_utc(until)
    after = limit.moved_to(Limit(in_utc(until)))
    return (
        after.also(limit, "clocks.as_counted", "Without the delay.").also(
            after, "clocks.suspension", "When the delay ends."
        ),
        in_utc(until),
    )
