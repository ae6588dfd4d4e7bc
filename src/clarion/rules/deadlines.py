"""The one clock everything due hangs on: warned, missed, reminded of, satisfied or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

KINDS = {
    "next_update": "Next update promised",
    "update_due": "Update called for",
    "approval_window": "Approval wanted",
    "etr": "Estimate to renew",
}


@dataclass(frozen=True, slots=True)
class Times:
    """When something is due and what has happened to it so far. All instants in UTC."""

    warn_at: datetime
    due_at: datetime
    warned_at: datetime | None = None
    missed_at: datetime | None = None
    remind_at: datetime | None = None
    closed_at: datetime | None = None


def stage(times: Times, now: datetime) -> str:
    """``closed``, ``missed``, ``warning`` or ``open``, as a board shows it."""
    if times.closed_at is not None:
        return "closed"
    if times.missed_at is not None or now >= times.due_at:
        return "missed"
    if times.warned_at is not None or now >= times.warn_at:
        return "warning"
    return "open"


def next_step(times: Times, now: datetime) -> str:
    """What a tick must do now: ``warn``, ``miss``, ``remind`` or nothing (empty).

    A late tick skips the warning, and reminds once for all the reminders that it is late for.
    """
    if times.closed_at is not None:
        return ""
    if times.missed_at is not None:
        return "remind" if times.remind_at is not None and now >= times.remind_at else ""
    if now >= times.due_at:
        return "miss"
    if now >= times.warn_at and times.warned_at is None:
        return "warn"
    return ""


def times_for(*, due_at: datetime, warn_before: timedelta, opened_at: datetime) -> Times:
    """A deadline's times; a lead longer than the whole time warns at once rather than in the past."""
    return Times(warn_at=max(opened_at, due_at - warn_before), due_at=due_at)


def next_reminder(given: int, intervals: Sequence[timedelta], now: datetime) -> datetime:
    """When the owner is reminded next, ``given`` reminders after the miss; the last interval repeats."""
    return now + intervals[min(given, len(intervals) - 1)]
