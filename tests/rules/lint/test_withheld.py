"""What may not be told is found in a text, whoever typed it, and what only looks like it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.rules import lint
from clarion.rules.lint import Context, LintText, Withheld

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = lint.load_rules()
CAUSE = "An expired certificate of the payment gateway in the Oslo data centre"
NUMBER = Withheld("number", "4213", "Not confirmed.", "block")
SHARE = Withheld("share", "12.5", "Not confirmed.", "block")
REGION = Withheld("region", "US", "Kept inside.", "block")
HYPOTHESIS = Withheld("cause", CAUSE, "Not confirmed.", "block", ("Card payments are declined", "Checkout"))
PHRASE = Withheld("phrase", "data loss", "On the list.", "review")


def found(body: str, *held: Withheld, title: str = "", audience: str = "customers") -> list[tuple[str, str]]:
    marks = lint.check(LintText(title, body, audience), Context(now=NOON, withheld=held), RULES)
    return [(mark.words, mark.severity) for mark in marks if mark.rule == "STR-016"]


#: what is typed, and what is found in it
COUNTS = [
    ("4213 customers cannot pay.", [("4213", "block")]),
    ("We know of 4,213 affected customers.", [("4,213", "block")]),
    ("Customers affected: 4\u00a0213.", [("4\u00a0213", "block")]),
    ("**4**213 people wait.", [("4**213", "block")]),
    ("About 4,200 customers cannot pay.", [("4,200", "review")]),
    ("About 4,000 customers cannot pay.", []),
    ("About 4,200 orders failed.", []),
    ("See ticket 4213.", []),
    ("Some customers cannot pay. See 4213.", [("4213", "review")]),
    ("4,213 merchants cannot pay.", [("4,213", "review")]),
    ("4.213 Kunden können nicht zahlen.", [("4.213", "review")]),
    ("4,213 customers cannot pay, no other group is known.", [("4,213", "block")]),
    ("14213 customers; 4213.5 users; 4213% of users.", []),
    ("4213 customers are not affected.", []),
]


@pytest.mark.parametrize(("body", "marks"), COUNTS)
def test_a_count_is_found_where_a_text_counts_people(body: str, marks: list[tuple[str, str]]) -> None:
    assert marks == found(body, NUMBER)


SHARES = [
    ("12.5 % of customers cannot pay.", [("12.5 %", "block")]),
    ("12.5 per cent of orders fail.", [("12.5 per cent", "block")]),
    ("About 12% of payments fail.", [("12%", "review")]),
    ("20% of payments fail.", []),
    ("12.5% of payments work again.", []),
    ("Use 12.5% as a rate.", [("12.5%", "review")]),
    ("12.5% of merchants see declines.", [("12.5%", "review")]),
]


@pytest.mark.parametrize(("body", "marks"), SHARES)
def test_a_share_is_found_where_a_text_says_of_what(body: str, marks: list[tuple[str, str]]) -> None:
    assert marks == found(body, SHARE)


REGIONS = [
    ("Customers in the US cannot pay.", [("US", "block")]),
    ("Customers in the US are not affected.", []),
    ("Tell us. Write to us.", []),
    ("The USA and the USS.", []),
]


@pytest.mark.parametrize(("body", "marks"), REGIONS)
def test_a_region_is_found_by_its_name(body: str, marks: list[tuple[str, str]]) -> None:
    assert marks == found(body, REGION)


CAUSES = [
    (f"It was {CAUSE.lower()}.", [(CAUSE.lower(), "block")]),
    (
        "At the gateway in Oslo a certificate had expired.",
        [("gateway in Oslo a certificate had expired", "review")],
    ),
    (
        "The expiry of certificates at our gateways in the centre.",
        [("expiry of certificates at our gateways in the centre", "review")],
    ),
    ("The certificate is fine. The gateway is in Oslo.", []),
    ("Card payments at checkout are declined.", []),
    ("A certificate is checked by our gateway.", []),
]


@pytest.mark.parametrize(("body", "marks"), CAUSES)
def test_a_cause_is_found_word_for_word_and_most_of_it_in_one_sentence(
    body: str, marks: list[tuple[str, str]]
) -> None:
    """In other words it must be looked at; what readers are told anyway is no sign of it."""
    assert marks == found(body, HYPOTHESIS)


def test_a_cause_whose_words_readers_meet_anyway_is_found_word_for_word_alone() -> None:
    held = Withheld("cause", "Declined card payments at checkout", "Not confirmed.", "block", HYPOTHESIS.free)
    assert [] == found("At checkout, card payments are declined.", held)
    assert [("declined card  payments at checkout", "block")] == found(
        "declined card  payments at checkout", held
    )


def test_no_crowd_of_near_numbers_hides_what_stops_the_text() -> None:
    body = "4200 customers wait. Data loss. " * 300 + f"It was {CAUSE}. Customers in the US wait."
    held = (NUMBER, PHRASE, HYPOTHESIS, REGION)
    assert {CAUSE, "US"} == {words for words, severity in found(body, *held) if severity == "block"}


def test_titles_are_read_and_the_inside_is_not() -> None:
    assert [("4213", "block")] == found("Wait.", NUMBER, title="4213 customers cannot pay")
    assert [("Data loss", "review")] == found("Wait.", PHRASE, title="Data loss")
    assert [] == found("4213 customers cannot pay: data loss.", NUMBER, PHRASE, audience="support")


def test_the_reason_never_says_what_is_withheld() -> None:
    held = (NUMBER, HYPOTHESIS)
    text = LintText("", "About 4,200 customers. At the gateway in Oslo a certificate had expired.")
    marks = lint.check(text, Context(now=NOON, withheld=held), RULES)
    said = " ".join(f"{mark.reason} {mark.advice}" for mark in marks if mark.rule == "STR-016")
    assert "comes near" in said
    assert "4213" not in said and "certificate" not in said


@given(st.text(alphabet="4213, .%usOU\u00a0ß*expired certificate gateway\n", max_size=200))
@settings(deadline=None)
def test_whatever_is_typed_is_read_and_each_mark_is_of_the_text(body: str) -> None:
    for words, _ in found(body, NUMBER, SHARE, REGION, HYPOTHESIS, PHRASE):
        assert words and words in body
