"""Cases worked by hand from the texts of the laws, as a person at a desk would tell them."""

from __future__ import annotations

from datetime import date

import pytest

from clarion.rules.clocks import Entity, Facts
from tests.rules.clocks.story import BANK, SMALL_FIRM, assumed, codes, due, facts, filed, instant

#: in words, clock and stage, what is recorded, the instant that it is due, now
INSTANTS = [
    (
        "GDPR: known on a Friday afternoon, due on Monday at the same hour, weekend or not",
        "eu-gdpr-33/notify",
        facts(aware="2026-11-20 15:00Z"),
        "2026-11-23 15:00Z",
    ),
    (
        "DORA, a bank: classified twelve hours after it was known; Saturday at two, as banks get no Monday",
        "eu-dora-19/initial",
        facts(aware="2026-11-20 10:00Z", classified="2026-11-20 22:00Z", entity=BANK),
        "2026-11-21 02:00Z",
    ),
    (
        "DORA, a small firm: the same Saturday becomes noon on Monday in Berlin",
        "eu-dora-19/initial",
        facts(aware="2026-11-20 10:00Z", classified="2026-11-20 22:00Z", entity=SMALL_FIRM),
        "2026-11-23 11:00Z",
    ),
    (
        "DORA, nobody said what kind of firm: the earlier limit",
        "eu-dora-19/initial",
        facts(aware="2026-11-20 10:00Z", classified="2026-11-20 22:00Z"),
        "2026-11-21 02:00Z",
    ),
    (
        "DORA, classified two days late: the 24 hours are gone, four from classifying are left",
        "eu-dora-19/initial",
        facts(aware="2026-11-16 08:00Z", classified="2026-11-18 09:00Z", entity=BANK),
        "2026-11-18 13:00Z",
    ),
    (
        "DORA, classified 22 hours after it was known: 24 hours come before four more",
        "eu-dora-19/initial",
        facts(aware="2026-11-16 08:00Z", classified="2026-11-17 06:00Z", entity=BANK),
        "2026-11-17 08:00Z",
    ),
    (
        "DORA, classified in the very last minute of the 24 hours: still the 24 hours",
        "eu-dora-19/initial",
        facts(aware="2026-11-16 08:00Z", classified="2026-11-17 08:00Z", entity=BANK),
        "2026-11-17 08:00Z",
    ),
    (
        "DORA, classified a minute after the 24 hours: four hours more",
        "eu-dora-19/initial",
        facts(aware="2026-11-16 08:00Z", classified="2026-11-17 08:01Z", entity=BANK),
        "2026-11-17 12:01Z",
    ),
    (
        "DORA, a small firm on Saturday 26 December, a holiday besides: Monday at noon",
        "eu-dora-19/initial",
        facts(aware="2026-12-26 06:00Z", classified="2026-12-26 07:00Z", entity=SMALL_FIRM),
        "2026-12-28 11:00Z",
    ),
    (
        "DORA, a small firm on Good Friday: the Tuesday after Easter, in summer time already",
        "eu-dora-19/initial",
        facts(aware="2026-04-03 06:00Z", classified="2026-04-03 07:00Z", entity=SMALL_FIRM),
        "2026-04-07 10:00Z",
    ),
    (
        "DORA, small firm: Friday at half past eleven at night in London is Saturday in Berlin",
        "eu-dora-19/initial",
        facts(aware="2026-11-20 19:00Z", classified="2026-11-20 19:30Z", entity=SMALL_FIRM),
        "2026-11-23 11:00Z",
    ),
]


@pytest.mark.parametrize(
    ("where", "recorded", "expected"), [row[1:] for row in INSTANTS], ids=[row[0] for row in INSTANTS]
)
def test_an_hour_is_an_hour(where: str, recorded: Facts, expected: str) -> None:
    clock, stage = where.split("/")
    answer = due(clock, stage, recorded)
    assert (answer.due_at, answer.due_day) == (instant(expected), None)


#: in words, clock and stage, what is recorded, the last day, the zone whose day it is
DAYS = [
    (
        "8-K: found material on a Saturday; Monday is day one, Thanksgiving is none, Friday is day four",
        "us-sec-8k-105/file",
        facts(material="2026-11-21 15:00Z"),
        "2026-11-27",
        "America/New_York",
    ),
    (
        "8-K: found material on a Monday, due on Friday",
        "us-sec-8k-105/file",
        facts(material="2026-11-16 15:00Z"),
        "2026-11-20",
        "America/New_York",
    ),
    (
        "8-K: late on Sunday in New York is Monday in London, and still Sunday for the SEC",
        "us-sec-8k-105/file",
        facts(material="2026-11-16 03:00Z", entity=Entity(zone="Europe/London")),
        "2026-11-19",
        "America/New_York",
    ),
    (
        "FINRA: the quarter ends with 2027; 15 January is a Saturday, Monday is a holiday, so Tuesday",
        "us-finra-4530/complaints",
        facts(period_end="2027-12-31"),
        "2028-01-18",
        "America/New_York",
    ),
    (
        "FINRA: 15 October 2026 is a Thursday and stays",
        "us-finra-4530/complaints",
        facts(period_end="2026-09-30"),
        "2026-10-15",
        "America/New_York",
    ),
    (
        "HIPAA under 500: discovered in May, 60 days after the end of the year",
        "us-hipaa/hhs_under_500",
        facts(discovered="2026-05-01"),
        "2027-03-01",
        "America/New_York",
    ),
    (
        "HIPAA under 500 in a leap year: 60 days reach only 29 February",
        "us-hipaa/hhs_under_500",
        facts(discovered="2027-05-01"),
        "2028-02-29",
        "America/New_York",
    ),
    (
        "HIPAA under 500: a recorded end of the period is used as it is",
        "us-hipaa/hhs_under_500",
        facts(discovered="2026-05-01", period_end="2026-06-30"),
        "2026-08-29",
        "America/New_York",
    ),
    (
        "Brazil: known on Thursday, Friday is a national holiday, the third business day is Wednesday",
        "br-lgpd/notify",
        facts(aware="2026-11-19 12:00Z"),
        "2026-11-25",
        "America/Sao_Paulo",
    ),
    (
        "Singapore: assessed on Friday, three calendar days end on Monday",
        "sg-pdpa/notify",
        facts(assessed_notifiable="2026-11-20 04:00Z"),
        "2026-11-23",
        "Asia/Singapore",
    ),
    (
        "Singapore: nine at night on Thursday in London is Friday there",
        "sg-pdpa/notify",
        facts(assessed_notifiable="2026-11-19 21:00Z"),
        "2026-11-23",
        "Asia/Singapore",
    ),
    (
        "NIS2: submitted on 31 January, one month ends on 28 February, a Saturday",
        "eu-nis2-23/final",
        facts(aware="2026-01-29 08:00Z", submitted=(filed("notification", "2026-01-31 10:00Z"),)),
        "2026-02-28",
        "Europe/Brussels",
    ),
    (
        "NIS2: sent again in full a week later; the month still runs from the first submission",
        "eu-nis2-23/final",
        facts(
            aware="2026-01-29 08:00Z",
            submitted=(
                filed("notification", "2026-01-31 10:00Z", "root_cause"),
                filed("notification", "2026-02-07 10:00Z"),
            ),
        ),
        "2026-02-28",
        "Europe/Brussels",
    ),
    (
        "NIS2 in a leap year: submitted on 31 January 2028, one month ends on 29 February",
        "eu-nis2-23/final",
        facts(aware="2028-01-29 08:00Z", submitted=(filed("notification", "2028-01-31 10:00Z"),)),
        "2028-02-29",
        "Europe/Brussels",
    ),
    (
        "CRA: a month from 31 December ends on 31 January of the next year",
        "eu-cra-14-incident/final",
        facts(aware="2026-12-30 08:00Z", submitted=(filed("notification", "2026-12-31 10:00Z"),)),
        "2027-01-31",
        "Europe/Brussels",
    ),
    (
        "CRA: a month from 30 November ends on 30 December, not on the last of the month",
        "eu-cra-14-incident/final",
        facts(aware="2026-11-29 08:00Z", submitted=(filed("notification", "2026-11-30 10:00Z"),)),
        "2026-12-30",
        "Europe/Brussels",
    ),
    (
        "Card brands: no place is recorded, so only the weekend is left out",
        "pci-visa/incident_report",
        facts(aware="2026-11-25 12:00Z"),
        "2026-11-30",
        "UTC",
    ),
    (
        "Card brands, the merchant is in the United States: Thanksgiving is left out, too",
        "pci-visa/incident_report",
        facts(aware="2026-11-25 12:00Z", entity=Entity(place="US")),
        "2026-12-01",
        "UTC",
    ),
]


@pytest.mark.parametrize(
    ("where", "recorded", "day", "zone"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS]
)
def test_a_day_ends_at_its_own_midnight(where: str, recorded: Facts, day: str, zone: str) -> None:
    clock, stage = where.split("/")
    answer = due(clock, stage, recorded, now="2028-02-01 12:00Z")
    assert (answer.due_day, answer.zone) == (date.fromisoformat(day), zone)


MIDNIGHTS = [
    ("winter in New York", facts(material="2026-11-16 15:00Z"), "2026-11-21 05:00Z"),
    ("summer in New York", facts(material="2026-07-06 15:00Z"), "2026-07-11 04:00Z"),
    ("across the end of summer time", facts(material="2026-10-30 15:00Z"), "2026-11-06 05:00Z"),
    ("across its beginning", facts(material="2026-03-05 15:00Z"), "2026-03-12 04:00Z"),
]


@pytest.mark.parametrize(
    ("recorded", "expected"), [row[1:] for row in MIDNIGHTS], ids=[row[0] for row in MIDNIGHTS]
)
def test_the_last_day_ends_by_the_clocks_of_the_place(recorded: Facts, expected: str) -> None:
    assert due("us-sec-8k-105", "file", recorded).due_at == instant(expected)


def test_seventy_two_hours_are_seventy_two_also_when_the_clocks_change() -> None:
    """Known on Friday at 15:00 in Berlin, in summer time; on Monday it is 14:00 there by the wall."""
    answer = due("eu-gdpr-33", "notify", facts(aware="2026-10-23 15:00+02:00", entity=BANK))
    assert answer.due_at == instant("2026-10-26 14:00+01:00")


def test_where_the_law_is_disputed_both_days_are_shown_and_the_earlier_counts() -> None:
    """NIS2 final report: Saturday 28 February, or Monday 2 March if Regulation 1182/71 moves it."""
    recorded = facts(aware="2026-01-29 08:00Z", submitted=(filed("notification", "2026-01-31 10:00Z"),))
    answer = due("eu-nis2-23", "final", recorded, now="2026-02-01 12:00Z")
    assert [(r.reason.code, r.day) for r in answer.readings] == [
        ("clocks.as_counted", date(2026, 2, 28)),
        ("clocks.eu_1182", date(2026, 3, 2)),
    ]
    assert answer.due_at == instant("2026-03-01 00:00+01:00")
    assert "clocks.disputed" in codes(answer)


def test_a_month_that_ends_on_a_working_day_is_not_disputed() -> None:
    recorded = facts(aware="2026-03-10 08:00Z", submitted=(filed("notification", "2026-03-13 10:00Z"),))
    assert due("eu-nis2-23", "final", recorded).readings == ()


def test_a_small_firm_sees_the_hour_that_was_moved() -> None:
    recorded = facts(aware="2026-11-20 10:00Z", classified="2026-11-20 22:00Z", entity=SMALL_FIRM)
    answer = due("eu-dora-19", "initial", recorded)
    assert [r.at for r in answer.readings] == [instant("2026-11-21 02:00Z"), instant("2026-11-23 11:00Z")]


def test_the_final_dora_report_of_a_bank_may_wait_for_noon_on_monday() -> None:
    """Article 5(5) keeps banks from moving the initial and the intermediate report only."""
    recorded = facts(
        aware="2026-10-19 08:00Z",
        classified="2026-10-19 09:00Z",
        submitted=(filed("initial", "2026-10-19 10:00Z"), filed("intermediate", "2026-10-21 10:00Z")),
        entity=BANK,
    )
    answer = due("eu-dora-19", "final", recorded)
    assert answer.due_at == instant("2026-11-23 12:00+01:00"), "21 November 2026 is a Saturday"


def test_without_a_classification_the_clock_stands_still_and_somebody_is_reminded() -> None:
    """Twenty hours after it was known: later, four hours would no longer fit into the 24."""
    answer = due("eu-dora-19", "initial", facts(aware="2026-11-20 10:00Z"))
    assert (answer.status, answer.due_at, answer.soft) == ("not_started", None, True)
    assert answer.remind_at == instant("2026-11-21 06:00Z")
    assert {"clocks.no_anchor", "clocks.reminder"} <= codes(answer)
    assert "no `classified` time is recorded" in answer.reasons[0].text


def test_without_anything_recorded_nothing_runs_and_nobody_is_reminded() -> None:
    answer = due("eu-dora-19", "initial", facts())
    assert (answer.status, answer.due_at, answer.remind_at) == ("not_started", None, None)


def test_a_second_limit_that_nobody_can_compute_is_named() -> None:
    answer = due("eu-dora-19", "initial", facts(classified="2026-11-18 09:00Z", entity=BANK))
    assert answer.due_at == instant("2026-11-18 13:00Z")
    assert "clocks.cap_unknown" in codes(answer)


def test_every_answer_says_what_was_assumed() -> None:
    """Which fact, who recorded it, which rule, which source, read when; whose midnight and whose holidays."""
    answer = due("br-lgpd", "notify", facts(aware="2026-11-19 12:00Z"))
    assert assumed(answer) == {
        "clocks.anchor",
        "clocks.zone",
        "clocks.calendar",
        "clocks.rule",
        "clocks.source",
    }
    said = " ".join(reason.text for reason in answer.assumptions)
    for words in ("recorded by Ann", "br-lgpd", "Resolution CD/ANPD 15/2024", "B1, B2", "as of 2026-07-31"):
        assert words in said


def test_only_the_day_is_known_so_hours_count_from_its_first_minute() -> None:
    answer = due("eu-gdpr-33", "notify", facts(aware="2026-11-20", entity=BANK))
    assert answer.due_at == instant("2026-11-23 00:00+01:00")
    assert "clocks.day_only" in assumed(answer)
