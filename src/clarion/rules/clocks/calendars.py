"""Days, months and working days of a place, as laws count them.

Public holidays come from the library ``holidays`` (docs/decisions/0011-holidays.md). A calendar is named by
country, or country and part of it, as in ISO 3166: ``BR``, ``GB-ENG``. Without one, only Saturday and Sunday
are no working days, which never makes a limit later than it is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY, SUNDAY = 5, 6


def _holidays(name: str, year: int) -> HolidayBase | None:
    """The public holidays of a place in a year; None where the library knows no such place."""
    # Here, since it takes a quarter of a second that most commands need not spend.
    import holidays

    country, _, part = name.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        return None


@lru_cache(maxsize=1024)
def _days_off(name: str, year: int) -> frozenset[date]:
    """A fixed set per year: the library fills a calendar while it is read, which threads cannot share."""
    known = _holidays(name, year)
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1)]
    if known is None:
        return frozenset(day for day in days if day.weekday() in (SATURDAY, SUNDAY))
    return frozenset(day for day in days if not known.is_working_day(day))


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def is_calendar(name: str) -> bool:
    return bool(name) and _holidays(name, 2026) is not None


def is_zone(name: str) -> bool:
    return name in _zone_names()


def is_working_day(day: date, calendar: str) -> bool:
    """Neither a weekend day nor a public holiday there."""
    if not calendar:
        return day.weekday() not in (SATURDAY, SUNDAY)
    return day not in _days_off(calendar, day.year)


def working_day_on_or_after(day: date, calendar: str) -> date:
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, calendar: str) -> date:
    """The ``count``-th working day after this day, which itself does not count."""
    for _ in range(count):
        day = working_day_on_or_after(day + timedelta(days=1), calendar)
    return day


def add_months(day: date, count: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day.

    As in Regulation (EEC, Euratom) No 1182/71, Article 3(2)(c).
    """
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def end_of_period(day: date, every: str) -> date:
    """The last day of the ``calendar_year`` or ``quarter`` that this day lies in."""
    month = 12 if every == "calendar_year" else (day.month + 2) // 3 * 3
    return add_months(date(day.year, month, 1), 1) - timedelta(days=1)


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a day there, in UTC."""
    return local_time(day, time.min, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The first instant after a day there, in UTC: a summer time change makes days of 23 and 25 hours."""
    return start_of_day(day + timedelta(days=1), zone)


def local_time(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
