"""A clock on a wall means one instant, except where clocks are changed: then nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.local_times import instants_of

#: What happened, where, what the clock reads, and in UTC every instant at which it reads so.
READINGS = [
    ("Berlin in winter", "Europe/Berlin", "2026-11-25 16:30", "15:30"),
    ("Berlin, the last minute of winter", "Europe/Berlin", "2026-03-29 01:59", "00:59"),
    ("Berlin, clocks go forward", "Europe/Berlin", "2026-03-29 02:00", ""),
    ("Berlin, half an hour that nobody had", "Europe/Berlin", "2026-03-29 02:30", ""),
    ("Berlin, the first minute of summer", "Europe/Berlin", "2026-03-29 03:00", "01:00"),
    ("Berlin, the last minute before clocks go back", "Europe/Berlin", "2026-10-25 01:59", "23:59"),
    ("Berlin, clocks go back", "Europe/Berlin", "2026-10-25 02:30", "00:30 01:30"),
    ("Berlin, an hour later", "Europe/Berlin", "2026-10-25 03:00", "02:00"),
    ("New York, clocks go forward", "America/New_York", "2026-03-08 02:15", ""),
    ("New York, clocks go back", "America/New_York", "2026-11-01 01:30", "05:30 06:30"),
    ("Lord Howe, half an hour forward", "Australia/Lord_Howe", "2026-10-04 02:15", ""),
    ("Lord Howe, and on from there", "Australia/Lord_Howe", "2026-10-04 02:30", "15:30"),
    ("Lord Howe, half an hour back", "Australia/Lord_Howe", "2026-04-05 01:45", "14:45 15:15"),
    ("Lord Howe, no more than half an hour", "Australia/Lord_Howe", "2026-04-05 01:29", "14:29"),
    ("Casablanca, Ramadan begins", "Africa/Casablanca", "2026-02-15 02:30", "01:30 02:30"),
    ("Casablanca, Ramadan is over", "Africa/Casablanca", "2026-03-22 02:30", ""),
    ("Apia, a day that was left out", "Pacific/Apia", "2011-12-30 12:00", ""),
    ("Apia, the day before", "Pacific/Apia", "2011-12-29 23:59", "09:59"),
    ("Apia, the day after", "Pacific/Apia", "2011-12-31 00:00", "10:00"),
    ("Kathmandu, three quarters of an hour", "Asia/Kathmandu", "2026-02-28 23:59", "18:14"),
    ("Kolkata, the first of a month is the last of one", "Asia/Kolkata", "2026-03-01 00:15", "18:45"),
    ("UTC", "Etc/UTC", "2028-02-29 23:59", "23:59"),
]


@pytest.mark.parametrize(
    ("zone", "reads", "utc"), [row[1:] for row in READINGS], ids=[r[0] for r in READINGS]
)
def test_a_clock_reading_is_the_instants_at_which_clocks_there_read_so(
    zone: str, reads: str, utc: str
) -> None:
    found = instants_of(datetime.fromisoformat(reads), zone)
    assert utc.split() == [f"{at:%H:%M}" for at in found.instants]
    assert bool(found.because) == (len(found.instants) != 1)


SAID = [
    (
        "Europe/Berlin",
        "2026-03-29 02:30",
        "02:30 on 29 March 2026 does not exist in Europe/Berlin: clocks go from 02:00 to 03:00.",
    ),
    (
        "America/New_York",
        "2026-11-01 01:30",
        "01:30 on 1 November 2026 happens twice in America/New_York: first in EDT (05:30 UTC), "
        "then in EST (06:30 UTC).",
    ),
    (
        "Australia/Lord_Howe",
        "2026-10-04 02:15",
        "02:15 on 4 October 2026 does not exist in Australia/Lord_Howe: clocks go from 02:00 to 02:30.",
    ),
    (
        "Pacific/Apia",
        "2011-12-30 12:00",
        "12:00 on 30 December 2011 does not exist in Pacific/Apia: clocks go from 00:00 on 30 December 2011 "
        "to 00:00 on 31 December 2011.",
    ),
]


@pytest.mark.parametrize(("zone", "reads", "sentence"), SAID)
def test_what_is_not_one_instant_is_explained(zone: str, reads: str, sentence: str) -> None:
    """With the clocks of that place, so that the author can see which of the two is meant."""
    assert sentence == instants_of(datetime.fromisoformat(reads), zone).because


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu")


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2037, 1, 1)),  # noqa: DTZ001 - a wall clock
    st.sampled_from(ZONES),
)
def test_every_instant_found_reads_so_and_none_is_missing(wall: datetime, zone: str) -> None:
    """Back from the instants comes the reading; an instant near it that reads the same is among them."""
    wall, clocks = wall.replace(microsecond=0), ZoneInfo(zone)
    found = instants_of(wall, zone).instants
    for at in found:
        assert wall == at.astimezone(clocks).replace(tzinfo=None)
    guess = wall.replace(tzinfo=UTC)
    near = (guess + timedelta(minutes=15 * step) for step in range(-60, 61))
    assert list(found) == [at for at in near if at.astimezone(clocks).replace(tzinfo=None) == wall]


def test_a_time_with_a_zone_is_no_clock_reading() -> None:
    with pytest.raises(ValueError, match="has a zone already"):
        instants_of(datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin")
