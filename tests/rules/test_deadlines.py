"""Deadlines, told as a person would: when a warning comes, when it is missed, and what a late tick does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.deadlines import Times, next_reminder, next_step, stage, times_for
from clarion.rules.types import require_aware

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(clock: str, day: str = "2026-06-01", fold: int = 0) -> datetime:
    """That hour on Berlin's wall clocks, as an instant; ``fold=1`` is the second of two equal hours."""
    local = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=BERLIN, fold=fold)
    return require_aware(local)


PROMISE = Times(warn_at=berlin("11:50"), due_at=berlin("12:00"))
WARNED = replace(PROMISE, warned_at=berlin("11:50"))
MISSED = replace(WARNED, missed_at=berlin("12:00"))
NAGGED = replace(MISSED, remind_at=berlin("12:15"))
KEPT = replace(WARNED, closed_at=berlin("11:58"))

#: in words, the deadline so far, the clock on the wall, what a tick does, what the board shows
TICKS = [
    ("early in the morning", PROMISE, "08:00", "", "open"),
    ("a second before the warning", PROMISE, "11:49:59", "", "open"),
    ("when the warning is due", PROMISE, "11:50", "warn", "warning"),
    ("a late tick, still before noon", PROMISE, "11:59:59", "warn", "warning"),
    ("warned already", WARNED, "11:55", "", "warning"),
    ("noon, after a warning", WARNED, "12:00", "miss", "missed"),
    ("noon, and no tick ever came: the warning is skipped", PROMISE, "12:00", "miss", "missed"),
    ("the worker slept until two", PROMISE, "14:00", "miss", "missed"),
    ("missed already", MISSED, "14:00", "", "missed"),
    ("missed, and no reminder is due yet", NAGGED, "12:14:59", "", "missed"),
    ("a quarter of an hour after the miss", NAGGED, "12:15", "remind", "missed"),
    ("the worker slept through three reminders: one is enough", NAGGED, "18:00", "remind", "missed"),
    ("kept after a reminder", replace(NAGGED, closed_at=berlin("12:20")), "12:30", "", "closed"),
    ("kept in time", KEPT, "12:30", "", "closed"),
    ("kept late", replace(MISSED, closed_at=berlin("12:20")), "12:30", "", "closed"),
    ("cancelled before any warning", replace(PROMISE, closed_at=berlin("09:00")), "11:55", "", "closed"),
]


@pytest.mark.parametrize(
    ("times", "clock", "step", "shown"), [row[1:] for row in TICKS], ids=[row[0] for row in TICKS]
)
def test_a_promise_for_noon(times: Times, clock: str, step: str, shown: str) -> None:
    """Warned of at ten to twelve, due at twelve."""
    assert (step, shown) == (next_step(times, berlin(clock)), stage(times, berlin(clock)))


@pytest.mark.parametrize(
    ("given", "clock"), [(0, "12:15"), (1, "12:30"), (2, "13:00"), (3, "13:00"), (50, "13:00")]
)
def test_reminders_come_at_growing_intervals_and_the_last_one_repeats(given: int, clock: str) -> None:
    """After a quarter, half and a whole hour, each counted from the one before; asked at noon here."""
    intervals = [timedelta(minutes=each) for each in (15, 30, 60)]
    assert berlin(clock) == next_reminder(given, intervals, berlin("12:00"))


LEADS = [
    ("ten minutes before", timedelta(minutes=10), berlin("11:50")),
    ("no lead: the warning comes with the miss", timedelta(0), berlin("12:00")),
    ("as long as the whole time", timedelta(hours=1), berlin("11:00")),
    ("longer than the whole time: at once, not in the past", timedelta(hours=5), berlin("11:00")),
]


@pytest.mark.parametrize(("lead", "warn_at"), [row[1:] for row in LEADS], ids=[row[0] for row in LEADS])
def test_a_promise_made_at_eleven_warns(lead: timedelta, warn_at: datetime) -> None:
    """Counted back from the time it is due."""
    found = times_for(due_at=berlin("12:00"), warn_before=lead, opened_at=berlin("11:00"))
    assert (warn_at, berlin("12:00")) == (found.warn_at, found.due_at)


SPRING, AUTUMN = "2026-03-29", "2026-10-25"
CLOCK_CHANGES = [
    (
        "in spring the clocks jump from two to three: an hour after half past one is half past three",
        berlin("01:30", SPRING),
        timedelta(hours=1),
        berlin("03:30", SPRING),
    ),
    (
        "in autumn half past two comes twice: an hour after the first is the second",
        berlin("02:30", AUTUMN),
        timedelta(hours=1),
        berlin("02:30", AUTUMN, fold=1),
    ),
    (
        "a day that has 23 hours: 24 hours after noon is one in the afternoon",
        berlin("12:00", "2026-03-28"),
        timedelta(hours=24),
        berlin("13:00", SPRING),
    ),
    (
        "a day that has 25 hours: 24 hours after noon is eleven in the morning",
        berlin("12:00", "2026-10-24"),
        timedelta(hours=24),
        berlin("11:00", AUTUMN),
    ),
]


@pytest.mark.parametrize(
    ("made_at", "every", "due_at"), [row[1:] for row in CLOCK_CHANGES], ids=[row[0] for row in CLOCK_CHANGES]
)
def test_when_clocks_change_hours_stay_hours(made_at: datetime, every: timedelta, due_at: datetime) -> None:
    """Readers wait for hours, not for positions of a clock's hands."""
    times = times_for(due_at=made_at + every, warn_before=timedelta(minutes=10), opened_at=made_at)
    assert due_at == times.due_at
    second = timedelta(seconds=1)
    assert "miss" == next_step(times, due_at)
    assert "warn" == next_step(times, due_at - second)
    assert "" == next_step(times, due_at - timedelta(minutes=10) - second)


@given(
    st.timedeltas(timedelta(0), timedelta(days=2)),
    st.timedeltas(timedelta(0), timedelta(days=2)),
    st.lists(st.timedeltas(timedelta(0), timedelta(days=5)), max_size=20),
)
def test_however_ticks_fall_each_thing_is_said_once(
    life: timedelta, lead: timedelta, ticks: list[timedelta]
) -> None:
    """At most one warning, at most one miss, never a warning after the miss; board and tick agree."""
    opened = berlin("12:00")
    times = times_for(due_at=opened + life, warn_before=lead, opened_at=opened)
    said = []
    for now in sorted(opened + tick for tick in ticks):
        step = next_step(times, now)
        if step:
            said.append(step)
            times = replace(times, **{"warned_at" if step == "warn" else "missed_at": now})
        assert {"open": now < times.warn_at, "warning": times.warn_at <= now < times.due_at}.get(
            stage(times, now), now >= times.due_at
        )
    assert said in ([], ["warn"], ["miss"], ["warn", "miss"])
