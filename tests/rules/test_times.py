"""Moments in words: in UTC for everybody, and in a local zone where there is such a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clarion.rules.times import in_words

SAID = [
    (
        datetime(2026, 3, 14, 23, 12, tzinfo=UTC),
        "Europe/Berlin",
        "14 Mar 2026, 23:12 UTC",
        "15 Mar, 00:12 CET",
    ),
    (datetime(2026, 3, 14, 23, 12, tzinfo=UTC), "Etc/UTC", "14 Mar 2026, 23:12 UTC", ""),
    (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "Asia/Tokyo", "31 Dec 9999, 23:59 UTC", ""),
    (datetime(1, 1, 1, tzinfo=UTC), "America/New_York", "1 Jan 1, 00:00 UTC", ""),
]


@pytest.mark.parametrize(("moment", "zone", "utc", "there"), SAID)
def test_a_moment_is_said_even_where_the_calendar_ends(
    moment: datetime, zone: str, utc: str, there: str
) -> None:
    assert (utc, there) == in_words(moment, zone)
