"""Moments as people read them: in UTC, and in a local zone beside it. Every time carries its zone."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from clarion.rules.types import require_aware
from clarion.rules.wording import ENGLISH, Wording

#: In English. Never asked of strftime, which follows the machine's language.
MONTHS = ENGLISH.months
UTC_NAME = "Etc/UTC"
UTC_NAMES = frozenset({UTC_NAME, "UTC"})


@cache
def zone_names() -> frozenset[str]:
    """The IANA names of all time zones that are known here."""
    return frozenset(available_timezones())


def in_words(moment: datetime, time_zone: str, words: Wording = ENGLISH) -> tuple[str, str]:
    """The moment in UTC and in the local zone, such as ``14 Mar 2026, 23:12 UTC`` and
    ``15 Mar, 00:12 CET``; the second is empty where the local zone is UTC, or has no such time because the
    calendar ends first.
    """
    at = require_aware(moment)
    spoken = words.say("time.utc", **_day(at, words), year=at.year)
    if time_zone in UTC_NAMES:
        return spoken, ""
    try:
        there = at.astimezone(ZoneInfo(time_zone))
    except OverflowError:
        return spoken, ""
    key = "time.same_day" if there.date() == at.date() else "time.other_day"
    return spoken, words.say(key, **_day(there, words), zone=zone_label(there))


def _day(at: datetime, words: Wording) -> dict[str, object]:
    return {"day": at.day, "month": words.short_months[at.month - 1], "clock": f"{at:%H:%M}"}


def zone_label(there: datetime) -> str:
    """What people there call their zone, or its distance from UTC where it has only a number."""
    name = there.tzname() or ""
    return name if name.isalpha() else f"UTC{there:%z}"[:6] + ":" + f"{there:%z}"[3:]


def spoken_time(moment: datetime | None, zone: str, words: Wording = ENGLISH) -> str:
    """An instant in one phrase, such as ``23 Nov 2026, 09:10 UTC (10:10 CET)``."""
    if moment is None:
        return words.say("time.unknown")
    spoken, there = in_words(moment, zone, words)
    return f"{spoken} ({there})" if there else spoken
