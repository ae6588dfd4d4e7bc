"""Working days as people there know them, and months as Regulation 1182/71 counts them."""

from __future__ import annotations

from datetime import date

import pytest

from clarion.rules.clocks import calendars
from tests.rules.clocks.story import instant

DAYS_OFF = [
    ("a Saturday without any calendar", "2026-11-21", ""),
    ("Thanksgiving", "2026-11-26", "US"),
    ("Independence Day 2026 is a Saturday, so Friday is off", "2026-07-03", "US"),
    ("New Year 2022 was a Saturday, so the last day of 2021 was off", "2021-12-31", "US"),
    ("Boxing Day 2026 is a Saturday, so Monday is off in England", "2026-12-28", "GB-ENG"),
    ("St Andrew's Day in Scotland", "2026-11-30", "GB-SCT"),
    ("Easter Monday moves with the moon", "2027-03-29", "DE"),
    ("Epiphany in Bavaria", "2027-01-06", "DE-BY"),
    ("Black Awareness Day is nationwide in Brazil", "2026-11-20", "BR"),
    ("Friday is the weekend in Saudi Arabia", "2026-11-20", "SA"),
]
WORKING_DAYS = [
    ("Thanksgiving means nothing in Germany", "2026-11-26", "DE"),
    ("Epiphany means nothing in Berlin", "2027-01-06", "DE-BE"),
    ("St Andrew's Day means nothing in England", "2026-11-30", "GB-ENG"),
    ("Sunday is a working day in Saudi Arabia", "2026-11-22", "SA"),
    ("Christmas on a Friday without any calendar", "2026-12-25", ""),
]


@pytest.mark.parametrize(("day", "place"), [row[1:] for row in DAYS_OFF], ids=[row[0] for row in DAYS_OFF])
def test_a_day_off(day: str, place: str) -> None:
    assert not calendars.is_working_day(date.fromisoformat(day), place)


@pytest.mark.parametrize(
    ("day", "place"), [row[1:] for row in WORKING_DAYS], ids=[row[0] for row in WORKING_DAYS]
)
def test_a_working_day(day: str, place: str) -> None:
    assert calendars.is_working_day(date.fromisoformat(day), place)


MONTHS = [
    ("one month from the last of January", "2026-01-31", 1, "2026-02-28"),
    ("in a leap year", "2028-01-31", 1, "2028-02-29"),
    ("one month from 28 February is no month's end", "2026-02-28", 1, "2026-03-28"),
    ("over the turn of the year", "2026-12-15", 1, "2027-01-15"),
    ("to December itself", "2026-11-30", 1, "2026-12-30"),
    ("a year from 29 February", "2028-02-29", 12, "2029-02-28"),
]


@pytest.mark.parametrize(
    ("day", "count", "expected"), [row[1:] for row in MONTHS], ids=[row[0] for row in MONTHS]
)
def test_months(day: str, count: int, expected: str) -> None:
    assert calendars.add_months(date.fromisoformat(day), count) == date.fromisoformat(expected)


PERIODS = [
    ("2026-01-01", "quarter", "2026-03-31"),
    ("2026-06-30", "quarter", "2026-06-30"),
    ("2026-07-01", "quarter", "2026-09-30"),
    ("2026-12-31", "quarter", "2026-12-31"),
    ("2026-05-01", "calendar_year", "2026-12-31"),
]


@pytest.mark.parametrize(("day", "every", "last"), PERIODS)
def test_the_last_day_of_a_period(day: str, every: str, last: str) -> None:
    assert calendars.end_of_period(date.fromisoformat(day), every) == date.fromisoformat(last)


DAY_ENDS = [
    ("an ordinary day in Berlin", "2026-11-20", "Europe/Berlin", "2026-11-20 23:00Z"),
    ("the day of 25 hours", "2026-10-25", "Europe/Berlin", "2026-10-25 23:00Z"),
    ("the day before it, in summer time", "2026-10-24", "Europe/Berlin", "2026-10-24 22:00Z"),
    ("the day of 23 hours", "2026-03-29", "Europe/Berlin", "2026-03-29 22:00Z"),
    ("Kathmandu, a quarter of an hour off", "2026-11-20", "Asia/Kathmandu", "2026-11-20 18:15Z"),
    ("Beirut, whose clocks skip midnight itself", "2026-03-28", "Asia/Beirut", "2026-03-28 22:00Z"),
]


@pytest.mark.parametrize(
    ("day", "zone", "end"), [row[1:] for row in DAY_ENDS], ids=[row[0] for row in DAY_ENDS]
)
def test_the_end_of_a_day(day: str, zone: str, end: str) -> None:
    assert calendars.end_of_day(date.fromisoformat(day), zone) == instant(end)
