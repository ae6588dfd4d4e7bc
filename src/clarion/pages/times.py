"""Moments as readers and programs see them: always in UTC, and in the page's own zone beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clarion.pages.markup import Child, Html, tag
from clarion.rules.times import UTC_NAMES, in_words
from clarion.rules.types import require_aware
from clarion.rules.wording import ENGLISH, Wording


def iso_ms(moment: datetime, time_zone: str) -> str:
    """RFC 3339 with three fractional digits in the page's zone; ``Z`` only when that zone is UTC."""
    if time_zone in UTC_NAMES:
        return f"{require_aware(moment).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return require_aware(moment).astimezone(ZoneInfo(time_zone)).isoformat(timespec="milliseconds")


def iso_seconds(moment: datetime) -> str:
    """RFC 3339 in UTC with ``Z``, as feeds and ``<time datetime>`` take it."""
    return f"{require_aware(moment).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def stamp(moment: datetime, time_zone: str, words: Wording = ENGLISH) -> Html:
    """A ``<time>`` element for people and programs, in UTC and in the page's zone."""
    spoken, there = in_words(moment, time_zone, words)
    beside: list[Child] = [" ", tag("span", f"({there})")] if there else []
    return tag("time", tag("span", spoken), beside, datetime=iso_seconds(moment))


def local_day(moment: datetime, time_zone: str) -> date:
    """The calendar day in the page's zone."""
    return require_aware(moment).astimezone(ZoneInfo(time_zone)).date()


def day_and_month(day: date, words: Wording) -> str:
    return words.say("time.day_and_month", day=day.day, month=words.months[day.month - 1])


def day_in_words(day: date, words: Wording) -> str:
    """Such as ``Monday, 23 November 2026``."""
    weekday, month = words.weekdays[day.weekday()], words.months[day.month - 1]
    return words.say("time.day", weekday=weekday, day=day.day, month=month, year=day.year)


def duration_in_words(start: datetime, end: datetime | None, words: Wording = ENGLISH) -> str:
    """Such as ``2 d 3 h`` or ``1 h 5 min``; empty while it lasts and for backdated nonsense."""
    if end is None or end <= start:
        return ""
    minutes = max(round((require_aware(end) - require_aware(start)) / timedelta(minutes=1)), 1)
    hours, days = minutes // 60, minutes // 1440
    if days:
        key = "time.days_hours" if hours % 24 else "time.days"
    elif hours:
        key = "time.hours_minutes" if minutes % 60 else "time.hours"
    else:
        key = "time.minutes"
    return words.say(key, days=days, hours=hours % 24 if days else hours, minutes=minutes % 60)
