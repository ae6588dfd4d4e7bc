"""What may not go out at the moment of publishing: causes that nobody confirmed, estimates that ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clarion.rules.audience import (
    AUDIENCES,
    Audience,
    InternalText,
    PublicText,
    RestrictedText,
    WrongAudience,
)
from clarion.rules.audience import text_for as text_of
from clarion.rules.disclosure import (
    Disclosure,
    cause_policy,
    estimate_overtaken,
    estimate_policy,
    may_tell_cause,
    may_tell_numbers,
    numbers_policy,
    told_too_early,
)
from clarion.rules.facts import Affected, Cause, Estimate, FactSheet

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHEET = FactSheet(cause=Cause("An expired certificate."))
DECIDED = Disclosure("An expired certificate.", frozenset({"customers"}), NOW, NOW + HOUR)
CONFIRMED = replace(SHEET, cause=Cause("An expired certificate.", "confirmed", "ana", NOW))


@pytest.mark.parametrize(
    ("sheet", "audience", "decisions", "code"),
    [
        (FactSheet(), "internal", [], "cause.unknown"),
        (SHEET, "internal", [], "cause.inside"),
        (SHEET, "executives", [], "cause.inside"),
        (SHEET, "customers", [], "cause.hypothesis"),
        (SHEET, "regulators", [], "cause.hypothesis"),
        (SHEET, "customers", [DECIDED], "cause.disclosed"),
        (SHEET, "partners", [DECIDED], "cause.hypothesis"),
        (CONFIRMED, "customers", [], "cause.confirmed"),
    ],
)
def test_the_gate_of_the_cause_names_its_reason(
    sheet: FactSheet, audience: str, decisions: list[Disclosure], code: str
) -> None:
    assert code == may_tell_cause(sheet, audience, decisions, NOW).reasons[0].code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The reason is an expired certificate.", True),
        ("AN EXPIRED\ncertificate, we believe", True),
        ("an expired certificates", False),
        ("We are looking into it.", False),
    ],
)
def test_a_hypothesis_that_somebody_typed_into_a_text_is_found(text: str, found: bool) -> None:
    def told(audience: str, sheet: FactSheet = SHEET, decided: tuple[Disclosure, ...] = ()) -> bool:
        causes = ["A full disk.", "An expired certificate."]
        return bool(told_too_early({audience: text}, causes, sheet, decided, NOW))

    assert told("customers") == told("regulators") == found
    assert not told("internal")
    assert not told("customers", CONFIRMED)
    assert not told("customers", SHEET, (DECIDED,))


def test_policy_can_keep_a_confirmed_cause_inside_but_lets_no_hypothesis_out() -> None:
    def code(sheet: FactSheet, audience: str, policy: str) -> str:
        return may_tell_cause(sheet, audience, (), NOW, policy=policy).reasons[0].code

    assert "cause.policy" == code(CONFIRMED, "customers", "never") == code(CONFIRMED, "regulators", "never")
    assert "cause.confirmed" == code(CONFIRMED, "internal", "never")
    assert "cause.confirmed" == code(CONFIRMED, "customers", "with_legal")
    assert "cause.hypothesis" == code(SHEET, "customers", "always")
    texts = {"customers": "It was an expired certificate."}
    assert told_too_early(texts, ["An expired certificate."], CONFIRMED, (), NOW, policy="never")


def test_what_policy_says_of_the_cause_is_read_from_its_decision() -> None:
    said = {"disclosure": [{"topic": "cause", "disclose": "never"}, {"topic": "x", "disclose": "always"}]}
    assert ("never", "when_confirmed") == (cause_policy(said), cause_policy({}))


def test_a_cause_that_was_ruled_out_may_be_told_as_such() -> None:
    texts = {"customers": "We have ruled out a full disk."}
    assert told_too_early(texts, ["a full disk"], SHEET, (), NOW)
    assert not told_too_early(texts, ["a full disk"], replace(SHEET, ruled_out=("A full disk",)), (), NOW)


def test_a_cause_that_was_given_up_is_not_told_either() -> None:
    sheet = replace(SHEET, cause=Cause("a full disk", "confirmed", "ana", NOW))
    causes = ["An expired certificate.", "a full disk"]
    texts = {"customers": "It was an expired certificate."}
    assert told_too_early(texts, causes, sheet, (), NOW)
    assert not told_too_early({"customers": "It was a full disk."}, causes, sheet, (), NOW)


REFINED = Cause("An expired certificate in the load balancer.", "confirmed", "ana", NOW)


@pytest.mark.parametrize(
    ("current", "text", "refused"),
    [
        (REFINED, "It was an expired certificate in the load balancer.", False),
        (REFINED, "It was an expired certificate.", True),
        (REFINED, "An expired certificate in the load balancer, or an expired certificate.", True),
        (replace(REFINED, state="hypothesis"), "It was an expired certificate in the load balancer.", True),
        (replace(REFINED, text="A certificate"), "It was a certificate. An expired certificate.", True),
        (replace(REFINED, text="An expired"), "It was an expired certificate.", True),
        (replace(REFINED, text="an  EXPIRED certificate"), "It was an expired certificate.", False),
    ],
)
def test_a_hypothesis_that_was_refined_may_stand_within_the_confirmed_cause_and_nowhere_else(
    current: Cause, text: str, refused: bool
) -> None:
    """Else the confirmed cause could not be told, for it says the old words too."""
    causes = ["An expired certificate.", current.text]
    sheet = replace(SHEET, cause=current)
    assert refused == bool(told_too_early({"customers": text}, causes, sheet, (), NOW))
    assert told_too_early({"customers": current.text}, causes, sheet, (), NOW, policy="never")


COUNTED = FactSheet(affected=Affected(number=51234))
CERTAIN = replace(COUNTED, confirmed=frozenset({"affected"}))


@pytest.mark.parametrize(
    ("policy", "sheet", "audience", "code"),
    [
        ("never", CERTAIN, "customers", "numbers.policy"),
        ("never", CERTAIN, "regulators", "numbers.policy"),
        ("never", COUNTED, "executives", "numbers.inside"),
        ("when_confirmed", COUNTED, "partners", "numbers.not_confirmed"),
        ("when_confirmed", COUNTED, "internal", "numbers.inside"),
        ("when_confirmed", CERTAIN, "partners", "numbers.allowed"),
        ("with_legal", COUNTED, "customers", "numbers.allowed"),
        ("always", COUNTED, "customers", "numbers.allowed"),
    ],
)
def test_how_many_are_affected_is_told_outside_as_policy_says(
    policy: str, sheet: FactSheet, audience: str, code: str
) -> None:
    assert code == may_tell_numbers(sheet, audience, policy=policy).reasons[0].code


def test_a_policy_that_is_silent_about_numbers_keeps_none_inside() -> None:
    said = {"disclosure": [{"topic": "customers_affected", "disclose": "never"}]}
    assert ("never", "always") == (numbers_policy(said), numbers_policy({}))


ESTIMATE = Estimate(NOW + 2 * HOUR, "b", "ana", "high", NOW, NOW + HOUR)


@pytest.mark.parametrize(
    ("sheet", "policy", "now", "holds"),
    [
        (replace(SHEET, estimate=ESTIMATE), "engineering_only", NOW, True),
        (replace(SHEET, estimate=ESTIMATE), "engineering_only", NOW + HOUR, False),
        (replace(SHEET, estimate=ESTIMATE), "never", NOW, False),
        (SHEET, "always", NOW, False),
        (replace(SHEET, estimate=replace(ESTIMATE, at=NOW + 3 * HOUR)), "always", NOW, False),
    ],
)
def test_an_estimate_in_a_text_is_judged_by_the_sheet_of_the_moment(
    sheet: FactSheet, policy: str, now: datetime, holds: bool
) -> None:
    assert (estimate_overtaken(ESTIMATE.at, sheet, now, policy=policy) == ()) == holds


def test_a_policy_that_says_nothing_of_estimates_wants_an_assessment() -> None:
    class Never:
        etr = "never"

    class Odd:
        etr = "sometimes"

    assert ["engineering_only", "never", "engineering_only"] == [
        estimate_policy(policy, {}) for policy in (object(), Never(), Odd())
    ]
    told_nowhere = {"disclosure": [{"topic": "estimate", "disclose": "never"}]}
    assert "never" == estimate_policy(object(), told_nowhere)


@pytest.mark.parametrize("name", AUDIENCES)
def test_a_text_is_of_the_one_type_that_its_audience_allows(name: str) -> None:
    """So a text for a regulator fits no public page, and no text for the outside passes as internal."""
    audience = AUDIENCES[name]
    kind = PublicText if audience.public else InternalText if audience.inside else RestrictedText
    assert isinstance(text_of(name, "T", "B"), kind)
    for other in {PublicText, InternalText, RestrictedText} - {kind}:
        with pytest.raises(WrongAudience):
            other(audience, "T", "B")


def test_no_audience_is_public_and_inside() -> None:
    with pytest.raises(WrongAudience):
        Audience("x", "X", public=True, inside=True)
    assert ["customers"] == [name for name, audience in AUDIENCES.items() if audience.public]
