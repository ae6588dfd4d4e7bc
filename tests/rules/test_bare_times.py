"""A time typed as words is found where it stands; a reference is offered only where one instant is meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.bare_times import bare_times, with_references

AFTERNOON = datetime(2026, 11, 25, 14, 50, tzinfo=UTC)


def mended(body: str, zone: str = "Europe/Berlin", near: datetime = AFTERNOON) -> str:
    return with_references(body, bare_times(body, zone=zone, near=near))


#: Written in Berlin on the afternoon of Wednesday, 25 November 2026.
UNDERSTOOD = [
    ("It failed at 15:30.", "It failed at {2026-11-25T14:30Z}."),
    ("Back by 3 pm.", "Back by {2026-11-25T14:00Z}."),
    ("Back by 3 p.m. at the latest", "Back by {2026-11-25T14:00Z} at the latest"),
    ("Back by noon", "Back by {2026-11-25T11:00Z}"),
    ("at 12 am and 12 pm", "at {2026-11-25T23:00Z} and {2026-11-25T11:00Z}"),
    ("at 15:30 UTC", "at {2026-11-25T15:30Z}"),
    ("at 1530 UTC", "at {2026-11-25T15:30Z}"),
    ("at 15:30 CET", "at {2026-11-25T14:30Z}"),
    ("at 15:30 local time", "at {2026-11-25T14:30Z}"),
    ("at 15:30 UTC+05:30", "at {2026-11-25T10:00Z}"),
    ("at 15:30 Asia/Kathmandu", "at {2026-11-25T09:45Z}"),
    ("25 Nov 2026, 15:30 UTC (16:30 CET)", "{2026-11-25T15:30Z}"),
    ("on 25 November at 15:30", "on {2026-11-25T14:30Z}"),
    ("Nov 25, 2026, 3:30 pm", "{2026-11-25T14:30Z}"),
    ("2026-11-25T15:30:00+01:00", "{2026-11-25T14:30Z}"),
    ("2026-11-25 15:30", "{2026-11-25T14:30Z}"),
    ("from 09:10–10:05 UTC", "from {2026-11-25T09:10Z}–{2026-11-25T10:05Z}"),
    ("between 23:50 and 23:55 yesterday", "between {2026-11-24T22:50Z} and {2026-11-24T22:55Z}"),
    ("at 10:00, 11:00 and 12:00 UTC", "at {2026-11-25T10:00Z}, {2026-11-25T11:00Z} and {2026-11-25T12:00Z}"),
    ("tomorrow at 9:05 am", "{2026-11-26T08:05Z}"),
    ("28 February 2026 23:59", "{2026-02-28T22:59Z}"),
    ("29 Feb 2028 00:30", "{2028-02-28T23:30Z}"),
    ("1 July 2026 00:30", "{2026-06-30T22:30Z}"),
    ("25 Oct 2026 02:30 CET", "{2026-10-25T01:30Z}"),
    ("25 Oct 2026 02:30 CEST", "{2026-10-25T00:30Z}"),
]


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD)
def test_a_time_that_means_one_instant_becomes_its_reference(typed: str, meant: str) -> None:
    assert meant == mended(typed)


def test_a_clock_without_a_day_is_the_nearest_one() -> None:
    """Ten past midnight, ``23:50`` was yesterday; at ten to midnight, ``00:20`` is tomorrow."""
    after = datetime(2026, 11, 24, 23, 10, tzinfo=UTC)
    assert "since {2026-11-24T22:50Z}" == mended("since 23:50", near=after)
    before = datetime(2026, 12, 31, 22, 50, tzinfo=UTC)
    assert "by {2026-12-31T23:20Z}" == mended("by 00:20", near=before)
    assert "{2026-12-31T22:50Z}" == mended("31 Dec, 23:50", near=before)
    assert "{2026-01-01T08:00Z}" == mended("1 Jan 9 am", near=datetime(2026, 1, 2, tzinfo=UTC))


#: What was typed, why no reference is offered, and how many instants it can be.
NAMED = [
    ("29 March 2026 02:30", "never", 0),
    ("25 Oct 2026 02:30", "twice", 2),
    ("15:30 EST", "which_zone", 0),
    ("15:30 CEST", "which_zone", 0),
    ("15:30 Mars/Olympus", "which_zone", 0),
    ("Monday 15:30", "which_day", 0),
    ("15:30 on Friday", "which_day", 0),
    ("25/11 15:30", "which_day", 0),
    ("30 Feb 15:30", "which_day", 0),
    ("midnight", "which_day", 0),
    ("0001-01-01 00:30", "which_day", 0),
    ("13 pm", "no_clock", 0),
    ("24:00", "no_clock", 0),
]


@pytest.mark.parametrize(("typed", "code", "count"), NAMED)
def test_a_time_that_does_not_is_named_and_left_alone(typed: str, code: str, count: int) -> None:
    """Each with a sentence, none with a guess."""
    (bare,) = bare_times(typed, zone="Europe/Berlin", near=AFTERNOON)
    assert (code, typed, count) == (bare.reason.code, bare.words, len(bare.instants))
    assert "" == bare.suggestion
    assert bare.reason.text.endswith(".")
    assert typed == mended(typed)


CLOCKS_CHANGE = [
    ("America/New_York", "8 Mar 2026 2:30 am", "never"),
    ("America/New_York", "Nov 1, 2026, 1:30 am", "twice"),
    ("America/New_York", "Nov 1, 2026, 1:30 am EST", "{2026-11-01T06:30Z}"),
    ("Australia/Lord_Howe", "4 Oct 2026 02:15", "never"),
    ("Australia/Lord_Howe", "5 Apr 2026 01:45", "twice"),
    ("Africa/Casablanca", "22 Mar 2026 02:30", "never"),
    ("Africa/Casablanca", "15 Feb 2026 02:30", "twice"),
    ("Pacific/Apia", "2011-12-30 12:00", "never"),
    ("Asia/Kathmandu", "1 Mar 2026 00:15", "{2026-02-28T18:30Z}"),
]


@pytest.mark.parametrize(("zone", "typed", "expected"), CLOCKS_CHANGE)
def test_clocks_that_change_are_never_guessed(zone: str, typed: str, expected: str) -> None:
    (bare,) = bare_times(typed, zone=zone, near=AFTERNOON)
    assert expected == bare.suggestion or expected == bare.reason.code


NO_TIMES = [
    "It is fixed.",
    "{2026-11-25T15:30Z}",
    "`15:30`",
    "```\n15:30\n```",
    "https://example.com:8443/at/15:30",
    "[log](https://example.com/15:30)",
    "10.0.0.1:8080",
    "a ratio of 3:1 in 16:9",
    "version 2.15.30",
    "12 regions, 1.530 requests",
    "UTC+05:30",
    "I am sure; they may 1",
    "db-10:30",
]


@pytest.mark.parametrize("body", NO_TIMES)
def test_what_is_no_time_is_left_alone(body: str) -> None:
    assert [] == bare_times(body, zone="Europe/Berlin", near=AFTERNOON)


LONG = ["`", "\\", "~~~\n", "{2026-1", "25 Nov 2026 ", "[a](", "a@", "a", "1", " ", "15:30 ", "https://a"]


@pytest.mark.parametrize("piece", LONG)
def test_the_longest_text_of_anything_is_read(piece: str) -> None:
    """64 KB in one pass: a rule that went back over it again and again would not end within this test."""
    body = piece * (64 * 1024 // len(piece))
    assert len(bare_times(body, zone="Europe/Berlin", near=AFTERNOON)) in (0, len(body) // len("15:30 "))


PIECES = [
    "15:30",
    " ",
    "25 Nov ",
    ", ",
    "UTC",
    " (",
    ")",
    "`",
    "{",
    "–",
    "3 pm",
    "Monday",
    "\n",
    "\\",
    "https://x/",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=12).map("".join))
def test_what_is_found_stands_where_it_is_said_to(body: str) -> None:
    """In order, without overlap, in characters of the author's own text; and nothing raises."""
    end = 0
    for bare in bare_times(body, zone="Australia/Lord_Howe", near=AFTERNOON):
        assert bare.words == body[bare.start : bare.end] != ""
        assert end <= bare.start
        end = bare.end
