"""Moments as people read them: in UTC, and in a local zone beside it. Every time carries its zone."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from clarion.rules.types import require_aware

#: Spelled out here because strftime follows the machine's language.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
UTC_NAME = "Etc/UTC"
UTC_NAMES = frozenset({UTC_NAME, "UTC"})


@cache
def zone_names() -> frozenset[str]:
    """The IANA names of all time zones that are known here."""
    return frozenset(available_timezones())


def in_words(moment: datetime, time_zone: str) -> tuple[str, str]:
    """The moment in UTC and in the local zone, such as ``14 Mar 2026, 23:12 UTC`` and
    ``15 Mar, 00:12 CET``; the second is empty where the local zone is UTC, or has no such time because the
    calendar ends first.
    """
    at = require_aware(moment)
    spoken = f"{at.day} {MONTHS[at.month - 1][:3]} {at.year}, {at:%H:%M} UTC"
    if time_zone in UTC_NAMES:
        return spoken, ""
    try:
        there = at.astimezone(ZoneInfo(time_zone))
    except OverflowError:
        return spoken, ""
    other_day = "" if there.date() == at.date() else f"{there.day} {MONTHS[there.month - 1][:3]}, "
    return spoken, f"{other_day}{there:%H:%M} {zone_label(there)}"


def zone_label(there: datetime) -> str:
    """What people there call their zone, or its distance from UTC where it has only a number."""
    name = there.tzname() or ""
    return name if name.isalpha() else f"UTC{there:%z}"[:6] + ":" + f"{there:%z}"[3:]


def spoken_time(moment: datetime | None, zone: str) -> str:
    """An instant in one phrase, such as ``23 Nov 2026, 09:10 UTC (10:10 CET)``."""
    if moment is None:
        return "a time still to be said"
    spoken, there = in_words(moment, zone)
    return f"{spoken} ({there})" if there else spoken
