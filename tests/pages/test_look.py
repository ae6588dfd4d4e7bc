"""What a page says about itself, as tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clarion.pages.look import feed_title, headline, update_label
from clarion.pages.times import duration_in_words, in_words
from clarion.rules.wording import ENGLISH
from tests.pages.sample import NIGHT, component, incident, minutes, page, update

ALL_WELL = "Components: All Systems Operational"


@pytest.mark.parametrize(
    ("leaf", "impacts", "expected"),
    [
        ("operational", [], ("none", "All Systems Operational", "")),
        ("operational", ["minor"], ("minor", "1 open incident", ALL_WELL)),
        ("operational", ["none"], ("notice", "1 open incident", ALL_WELL)),
        ("operational", ["minor", "critical"], ("critical", "2 open incidents", ALL_WELL)),
        ("maintenance", ["major"], ("major", "1 open incident", "Components: Service Under Maintenance")),
        ("degraded", ["major"], ("minor", "Partially Degraded Service", "1 open incident")),
        ("major_outage", [], ("critical", "Major System Outage", "")),
    ],
    ids=[
        "all well",
        "components are well but people are not",
        "an incident without impact",
        "the worst one colours",
        "planned work hides nothing",
        "components speak first when they are unwell",
        "an outage nobody wrote about",
    ],
)
def test_the_banner_never_says_all_is_well_above_an_open_incident(
    leaf: str, impacts: list[str], expected: tuple[str, str, str]
) -> None:
    found = tuple(incident(f"i{place}", impact=impact) for place, impact in enumerate(impacts))
    assert expected == headline(page(components=(component("c", leaf),), incidents=found))


def test_an_update_that_keeps_the_state_is_called_update() -> None:
    states = ["resolved", "identified", "identified", "investigating"]
    updates = [update(f"u{place}", state) for place, state in enumerate(states)]
    assert ["Resolved", "Update", "Identified", "Investigating"] == [
        update_label(updates, place, ENGLISH) for place in range(4)
    ]


@pytest.mark.parametrize(
    ("name", "expected"), [("Larkspur", "Larkspur Status"), ("Larkspur Status", "Larkspur Status")]
)
def test_a_page_is_called_status_once(name: str, expected: str) -> None:
    assert expected == feed_title(page(name=name))


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Etc/UTC", NIGHT, ("14 Mar 2026, 03:12 UTC", "")),
        ("Europe/Berlin", NIGHT, ("14 Mar 2026, 03:12 UTC", "04:12 CET")),
        ("Europe/Berlin", datetime(2026, 7, 1, 12, tzinfo=UTC), ("1 Jul 2026, 12:00 UTC", "14:00 CEST")),
        ("America/Los_Angeles", NIGHT, ("14 Mar 2026, 03:12 UTC", "13 Mar, 20:12 PDT")),
        ("America/Sao_Paulo", NIGHT, ("14 Mar 2026, 03:12 UTC", "00:12 UTC-03:00")),
        ("Asia/Kathmandu", NIGHT, ("14 Mar 2026, 03:12 UTC", "08:57 UTC+05:45")),
    ],
    ids=["a page in UTC", "winter", "summer", "another day there", "a zone without a name", "a quarter hour"],
)
def test_a_time_is_said_in_utc_and_as_people_there_say_it(
    zone: str, moment: datetime, expected: tuple[str, str]
) -> None:
    assert expected == in_words(moment, zone)


@pytest.mark.parametrize(
    ("lasted", "expected"),
    [
        (0.2, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (95, "1 h 35 min"),
        (1440, "1 d"),
        (3000, "2 d 2 h"),
        (-5, ""),
    ],
    ids=["seconds", "under an hour", "an hour", "hours", "a day", "days", "a backdated start after the end"],
)
def test_how_long_it_lasted(lasted: float, expected: str) -> None:
    assert expected == duration_in_words(NIGHT, NIGHT + minutes(lasted))
