"""How a report stands: running, handed in, late, in part, delayed, or no more than a reminder."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clarion.rules.clocks import Anchored, BadFacts, Entity, Facts, Submission, Suspension, Targets, evaluate
from tests.rules.clocks.story import codes, due, facts, filed, instant, shipped

KNOWN = {"aware": "2026-11-20 15:00Z"}
LIMIT = "2026-11-23 15:00Z"

#: in words, what was handed in, now, how it stands, what is said about it
STANDINGS = [
    ("an hour before the limit", (), "2026-11-23 14:00Z", "running", set()),
    ("at the very moment of the limit", (), LIMIT, "running", set()),
    ("a second later", (), "2026-11-23 15:00:01Z", "late", {"clocks.overdue"}),
    (
        "handed in at the very moment",
        (filed("notify", LIMIT),),
        "2026-11-24 09:00Z",
        "met",
        {"clocks.in_time"},
    ),
    (
        "handed in a second late",
        (filed("notify", "2026-11-23 15:00:01Z"),),
        "2026-11-24 09:00Z",
        "late",
        {"clocks.submitted_late"},
    ),
    (
        "handed in in part: in time, and something is still owed",
        (filed("notify", "2026-11-22 15:00Z", "counts", "consequences"),),
        "2026-11-24 09:00Z",
        "met",
        {"clocks.in_time", "clocks.partial"},
    ),
    (
        "in part first, and the rest after the limit: the first part was in time",
        (filed("notify", "2026-11-22 15:00Z", "counts"), filed("notify", "2026-11-25 15:00Z")),
        "2026-11-26 09:00Z",
        "met",
        {"clocks.in_time"},
    ),
    (
        "a filing dated tomorrow proves nothing today",
        (filed("notify", "2026-11-22 15:00Z"),),
        "2026-11-21 15:00Z",
        "running",
        {"clocks.ahead"},
    ),
]


@pytest.mark.parametrize(
    ("submitted", "now", "status", "said"), [row[1:] for row in STANDINGS], ids=[row[0] for row in STANDINGS]
)
def test_a_gdpr_notice_due_on_monday_at_three(
    submitted: tuple[Submission, ...], now: str, status: str, said: set[str]
) -> None:
    answer = due("eu-gdpr-33", "notify", facts(**KNOWN, submitted=submitted), now)
    assert (answer.status, codes(answer)) == (status, said)
    assert answer.due_at == instant(LIMIT)


def test_a_day_counts_until_its_last_second_and_midnight_is_the_next_day() -> None:
    """8-K due on Friday 27 November in New York."""
    recorded = facts(material="2026-11-21 15:00Z")
    last_second = due("us-sec-8k-105", "file", recorded, "2026-11-27 23:59:59-05:00")
    assert last_second.status == "running"
    assert due("us-sec-8k-105", "file", recorded, "2026-11-28 00:00-05:00").status == "late"


def test_what_is_owed_is_listed_until_it_is_handed_in() -> None:
    part = filed("notify", "2026-11-22 15:00Z", "counts", "consequences")
    now = "2026-11-26 09:00Z"
    assert due("eu-gdpr-33", "notify", facts(**KNOWN, submitted=(part,)), now).owed == (
        "counts",
        "consequences",
    )
    whole = facts(**KNOWN, submitted=(part, filed("notify", "2026-11-25 15:00Z")))
    assert due("eu-gdpr-33", "notify", whole, now).owed == ()


def test_a_report_handed_in_before_its_clock_could_start_is_not_lost() -> None:
    answer = due("eu-dora-19", "initial", facts(submitted=(filed("initial", "2026-11-19 15:00Z"),)))
    assert (answer.status, answer.due_at) == ("met", None)
    assert answer.submitted_at == instant("2026-11-19 15:00Z")


# Words without a number: targets of the house.


@pytest.mark.parametrize(
    ("words", "where", "recorded", "expected"),
    [
        ("without undue delay", "eu-gdpr-33/processor", facts(**KNOWN), "2026-11-20 19:00Z"),
        (
            "as soon as possible",
            "eu-nis2-23/intermediate",
            facts(on_request=KNOWN["aware"]),
            "2026-11-21 15:00Z",
        ),
        ("immediately", "pci-visa/notify", facts(**KNOWN), "2026-11-20 16:00Z"),
    ],
)
def test_words_without_a_number_get_a_soft_target(
    words: str, where: str, recorded: Facts, expected: str
) -> None:
    clock, stage = where.split("/")
    answer = due(clock, stage, recorded, "2026-12-24 12:00Z")
    assert (answer.due_at, answer.soft) == (instant(expected), True)
    assert answer.status == "soft", "weeks later still no limit of the law is missed"
    assert {"clocks.no_number", "clocks.target_passed"} == codes(answer)
    assert words in " ".join(reason.text for reason in answer.reasons)


def test_the_targets_are_the_house_s_own_to_set() -> None:
    strict = Targets(undue_delay=timedelta(minutes=90))
    (_, processor) = evaluate(shipped()["eu-gdpr-33"], facts(**KNOWN), instant("2026-11-20 15:10Z"), strict)
    assert processor.due_at == instant("2026-11-20 16:30Z")


# Records that only remind.

SOON = "2026-11-20 16:00Z"
REMINDERS = [
    ("from memory", "uk-nis/notify", facts(**KNOWN), SOON, "clocks.unverified"),
    ("one stage from memory", "hk-pcicso/written", facts(**KNOWN), SOON, "clocks.unverified"),
    ("a proposal", "us-circia/report", facts(reasonable_belief=KNOWN["aware"]), SOON, "clocks.proposed"),
    ("phased in", "uk-fca-incident/initial", facts(determined=KNOWN["aware"]), SOON, "clocks.phased"),
    ("not read again in time", "eu-gdpr-33/notify", facts(**KNOWN), "2027-02-01 09:00Z", "clocks.stale"),
    ("before the rule applied", "eu-cra-14-vuln/early_warning", facts(aware="2026-09-10"), SOON,
     "clocks.not_effective"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "recorded", "now", "code"), [row[1:] for row in REMINDERS], ids=[row[0] for row in REMINDERS]
)
def test_what_is_not_surely_the_law_only_reminds(where: str, recorded: Facts, now: str, code: str) -> None:
    clock, stage = where.split("/")
    answer = due(clock, stage, recorded, now)
    assert (answer.status, answer.soft) == ("soft", True)
    assert answer.due_at is not None
    assert code in codes(answer)


def test_a_verified_stage_beside_one_from_memory_keeps_its_limit() -> None:
    assert not due("hk-pcicso", "serious", facts(**KNOWN), "2026-11-20 16:00Z").soft


def test_on_the_day_of_review_a_record_still_counts() -> None:
    assert not due("eu-gdpr-33", "notify", facts(aware="2027-01-31 08:00Z"), "2027-01-31 23:59Z").soft
    assert due("eu-gdpr-33", "notify", facts(aware="2027-01-31 08:00Z"), "2027-02-01 00:00Z").soft


def test_a_rule_that_another_has_replaced_runs_no_clock() -> None:
    answer = due("eu-psd2-96", "notify", facts(classified="2026-11-20 08:00Z"))
    assert (answer.status, answer.due_at, codes(answer)) == ("not_started", None, {"clocks.superseded"})


# Delays that an authority asked for.

MATERIAL = {"material": "2026-11-16 15:00Z"}


def delay(starts: str, until: str) -> Suspension:
    return Suspension(instant(starts), instant(until), "the Attorney General", "letter of 18 November", "Ann")


def test_a_delay_holds_the_filing_until_its_end_and_the_first_limit_stays_shown() -> None:
    """8-K due on Friday 20 November; on the 18th the Attorney General asks for two weeks."""
    recorded = facts(**MATERIAL, suspended=(delay("2026-11-18 12:00Z", "2026-12-02 12:00Z"),))
    before = due("us-sec-8k-105", "file", recorded, "2026-11-18 11:00Z")
    during = due("us-sec-8k-105", "file", recorded, "2026-11-25 12:00Z")
    after = due("us-sec-8k-105", "file", recorded, "2026-12-02 12:00:01Z")
    assert [before.status, during.status, after.status] == ["running", "suspended", "late"]
    assert before.due_at == instant("2026-11-21 00:00-05:00")
    assert during.due_at == instant("2026-12-02 12:00Z")
    assert [r.at for r in during.readings] == [
        instant("2026-11-21 00:00-05:00"),
        instant("2026-12-02 12:00Z"),
    ]
    said = " ".join(reason.text for reason in during.reasons)
    assert "at the request of the Attorney General (letter of 18 November)" in said
    assert "Item 1.05(c)" in said


def test_a_delay_longer_than_the_text_gives_is_cut() -> None:
    """30 days at a time; a second one may follow."""
    first = delay("2026-11-18 12:00Z", "2027-01-18 12:00Z")
    answer = due("us-sec-8k-105", "file", facts(**MATERIAL, suspended=(first,)), "2026-11-25 12:00Z")
    assert answer.due_at == instant("2026-12-18 12:00Z")
    assert "clocks.suspension_cut" in codes(answer)
    second = delay("2026-12-17 12:00Z", "2027-01-10 12:00Z")
    both = facts(**MATERIAL, suspended=(first, second))
    assert due("us-sec-8k-105", "file", both, "2026-12-20 12:00Z").due_at == instant("2027-01-10 12:00Z")


def test_a_delay_that_ends_before_the_limit_moves_nothing() -> None:
    recorded = facts(**MATERIAL, suspended=(delay("2026-11-16 16:00Z", "2026-11-17 16:00Z"),))
    assert due("us-sec-8k-105", "file", recorded, "2026-11-17 12:00Z").status == "suspended"
    answer = due("us-sec-8k-105", "file", recorded, "2026-11-18 12:00Z")
    assert (answer.status, answer.due_at) == ("running", instant("2026-11-21 00:00-05:00"))


def test_a_delay_that_came_after_the_limit_heals_nothing() -> None:
    recorded = facts(**MATERIAL, suspended=(delay("2026-11-23 12:00Z", "2026-12-02 12:00Z"),))
    answer = due("us-sec-8k-105", "file", recorded, "2026-11-25 12:00Z")
    assert answer.status == "late"
    assert "clocks.suspension_too_late" in codes(answer)


def test_a_rule_that_knows_no_delay_is_not_delayed() -> None:
    """GDPR has none; and Regulation S-P delays the letters to people, not the report of a provider."""
    held = (delay("2026-11-20 16:00Z", "2026-12-30 12:00Z"),)
    gdpr = due("eu-gdpr-33", "notify", facts(**KNOWN, suspended=held), "2026-11-21 12:00Z")
    provider = due("us-sec-regsp", "service_provider", facts(**KNOWN, suspended=held), "2026-11-21 12:00Z")
    letters = due("us-sec-regsp", "individuals", facts(**KNOWN, suspended=held), "2026-11-21 12:00Z")
    assert [gdpr.status, provider.status, letters.status] == ["running", "running", "suspended"]
    assert "clocks.suspension_not_allowed" in codes(gdpr) & codes(provider)


# Facts that cannot be used are refused with their field.

WINTER = instant("2026-12-22 12:00Z")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Facts({"awair": Anchored(instant(LIMIT))}), "anchors.awair"),
        (lambda: Facts({"aware": Anchored(instant(LIMIT).replace(tzinfo=None))}), "anchors.aware"),
        (lambda: Facts({"aware": Anchored(instant("9999-12-31 23:00Z"))}), "anchors.aware"),
        (lambda: Facts({"aware": Anchored(date(1, 1, 1))}), "anchors.aware"),
        (lambda: Submission("notify", instant("1969-12-31 23:00Z")), "submissions.notify"),
        (lambda: Submission("notify", instant(LIMIT).replace(tzinfo=None)), "submissions.notify"),
        (lambda: delay("2026-11-18 12:00Z", "2026-11-18 12:00Z"), "suspension.until"),
        (lambda: Suspension(instant(LIMIT), WINTER, " ", "letter"), "suspension.approver"),
        (lambda: Suspension(instant(LIMIT), WINTER, "AG", ""), "suspension.evidence"),
        (lambda: Entity(frozenset({"bank"})), "entity.kinds"),
        (lambda: Entity(place="Atlantis"), "entity.place"),
        (lambda: Entity(zone="Berlin"), "entity.zone"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_used_is_refused_by_name(make: object, field: str) -> None:
    assert callable(make)
    with pytest.raises(BadFacts) as refused:
        make()
    assert refused.value.field == field


def test_now_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        evaluate(shipped()["eu-gdpr-33"], facts(), instant(LIMIT).replace(tzinfo=None))


def test_an_answer_can_be_told_to_a_program() -> None:
    told = due("us-sec-8k-105", "file", facts(**MATERIAL)).as_json()
    assert (told["status"], told["due_at"], told["due_day"]) == (
        "running",
        "2026-11-21T05:00:00+00:00",
        "2026-11-20",
    )
    assert told["assumptions"][0]["code"] == "clocks.anchor"
