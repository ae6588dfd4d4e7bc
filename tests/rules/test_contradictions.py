"""The texts of one update, the facts and the last update say the same, or each difference is pointed at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.claims import Names, claims
from clarion.rules.contradictions import Contradiction, Known, contradictions, unexplained

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
NAMES = Names(("Checkout", "Search"), ("Saxony",), ("Checkout fails in Europe",))


def between(
    customers: str, internal: str = "", last: str = "", names: Names = NAMES, **known: Any
) -> list[Contradiction]:
    texts = {"customers": {"title": "News", "body": customers}}
    if internal:
        texts["internal"] = {"title": "News", "body": internal}
    before = {"customers": {"title": "News", "body": last}} if last else None
    facts = Known(**({"state": "investigating"} | known))
    return contradictions(texts, facts, names=names, zone="Europe/Berlin", near=NOW, last=before)


def at(hour: int, minute: int) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


#: For customers, for colleagues, the topic on which they differ; or the same in other words.
TEXTS = [
    ("It began at {2026-03-01T13:50Z}.", "Started at 14:40.", "began"),
    ("It began at {2026-03-01T13:50Z}.", "**Began** 14:50 (CET)", ""),
    ("About 3% of orders fail.", "12 percent of orders fail.", "share"),
    ("About 3% of orders fail.", "3.0 per cent of orders fail.", ""),
    ("1,200 orders are late.", "1300 orders are late.", "number of orders"),
    ("1,200 orders are late.", "1200 orders and 40 payments are late.", ""),
    ("Customers in Europe see it.", "US only.", "regions"),
    ("Customers in Europe see it.", "EU only. The US is not affected.", ""),
    ("It is not working for us.", "US customers see it.", ""),
    ("Checkout works normally again.", "Checkout is down.", "component Checkout"),
    ("Checkout is not working normally.", "Checkout is down.", ""),
    ("Checkout works again.", "Search is down.", ""),
    ("Checkout works again.", "Alert: Checkout fails in Europe (firing).", ""),
    ("It was caused by a full disk.", "Root cause is a bad configuration.", "cause"),
    ("It was caused by a full disk.", "Due to disks being full.", ""),
    ("Next update by {2026-03-01T15:00Z}.", "Next public update by 15:30 UTC.", "next update"),
    ("Nothing of the kind.", "A different thing entirely.", ""),
]


@pytest.mark.parametrize(("customers", "internal", "topic"), TEXTS)
def test_texts_for_different_readers_say_the_same(customers: str, internal: str, topic: str) -> None:
    """Times are compared as instants, numbers as numbers; what only one text says contradicts nothing."""
    found = between(customers, internal)
    assert [topic] * bool(topic) == [each.topic for each in found]
    assert all("between_texts" == each.code for each in found)


FACTS = [
    ("Next update by {2026-03-01T15:00Z}.", {"next_update": {"customers": at(15, 30)}}, "next update"),
    ("Next update by {2026-03-01T15:00Z}.", {"next_update": {"customers": at(15, 0)}}, ""),
    ("It began at 13:50 UTC.", {"started_at": at(13, 40)}, "began"),
    ("It began at 13:50 UTC.", {"started_at": at(13, 50).replace(second=37)}, ""),
    ("Checkout has worked normally since 13:50 UTC.", {"restored_at": at(13, 40)}, "restored"),
    ("We expect it to be over by 16:00 UTC.", {"expected_at": at(17, 0)}, "expected end"),
    ("3% of orders fail.", {"percent": 12.0}, "share"),
    ("40 customers are affected.", {"number": 41}, "number of customers"),
    ("40 orders are affected.", {"number": 41}, ""),
    ("Saxony and Europe are affected.", {"regions": ("Saxony",)}, "regions"),
    ("Saxony is affected.", {"regions": ("Saxony", "Europe")}, ""),
    ("It was caused by a full disk.", {"cause": "An expired certificate"}, "cause"),
    ("This incident has been resolved.", {"state": "monitoring"}, "state"),
    ("This incident has been resolved.", {"state": "resolved"}, ""),
    ("We are still investigating.", {"state": "resolved"}, "state"),
    ("We are investigating why.", {"state": "identified"}, ""),
    ("The cause has been identified.", {"state": "investigating"}, "state"),
    ("Checkout works again.", {"components": {"Checkout": "major_outage"}}, "component Checkout"),
    ("Checkout is slow.", {"components": {"Checkout": "operational"}}, "component Checkout"),
    ("Checkout is slow.", {"components": {"Search": "operational"}}, ""),
]


@pytest.mark.parametrize(("text", "known", "topic"), FACTS)
def test_a_text_says_what_is_recorded(text: str, known: dict[str, Any], topic: str) -> None:
    found = between(text, **known)
    assert [topic] * bool(topic) == [each.topic for each in found]
    assert all("with_facts" == each.code for each in found)


LAST = [
    ("Since 13:40 UTC orders fail.", "Since 13:50 UTC orders fail.", "began"),
    ("Correction: since 13:40 UTC orders fail.", "Since 13:50 UTC orders fail.", ""),
    ("12% of orders fail.", "3% of orders fail.", "share"),
    ("The share has risen to 12%.", "3% of orders fail.", ""),
    ("Customers in Europe see errors.", "Customers in North America see errors.", "regions"),
    ("Customers in Europe no longer see errors.", "Customers in North America see errors.", ""),
    ("Next update by 16:00 UTC.", "Next update by 15:00 UTC.", ""),
    ("Checkout works again.", "Checkout is down.", ""),
]


@pytest.mark.parametrize(("text", "last", "topic"), LAST)
def test_what_readers_were_told_is_corrected_in_so_many_words(text: str, last: str, topic: str) -> None:
    """Start and scope; that the state of things changes is what updates are for."""
    found = between(text, last=last)
    assert [topic] * bool(topic) == [each.topic for each in found]
    assert all("with_last_update" == each.code for each in found)


@pytest.mark.capability("3.4", face="console")
def test_the_words_are_pointed_at_and_both_values_named() -> None:
    """In characters of what each author wrote, marks and all."""
    customers, internal = "It **began** at {2026-03-01T13:50Z}.", "- began at *14:40*"
    [found] = between(customers, internal)
    assert (
        "Began: the text for customers says 1 Mar 2026, 13:50 UTC, "
        "the one for internal teams 1 Mar 2026, 13:40 UTC."
    ) == found.text
    first, second = found.places
    assert ("customers", "{2026-03-01T13:50Z}") == (first.audience, customers[first.start : first.end])
    assert ("internal", "14:40") == (second.audience, internal[second.start : second.end])


#: A text, the other side, and whether an explanation of the first pair answers the second.
EDITED = [
    (("About 3% fail.", "12% fail."), ("Only cards: about 3% fail.", "**12%** fail, we see."), True),
    (("About 3% fail.", "12% fail."), ("About 4% fail.", "12% fail."), False),
    (("About 3% fail.", "12% fail."), ("About 3% fail.", "13% fail."), False),
    (("About 3% fail.", "12% fail."), ("About 3% fail.", "12% or 13% fail."), False),
    (("About 3% fail.", "12% fail."), ("About 12% fail.", "3% fail."), False),
    (("3% fail.", "12% fail."), ("Europe sees it: 3% fail.", "12% fail in the US."), False),
]


@pytest.mark.parametrize(("before", "after", "answered"), EDITED)
def test_an_explanation_answers_these_values_wherever_they_stand(
    before: tuple[str, str], after: tuple[str, str], answered: bool
) -> None:
    explained = [each.key for each in between(*before)]
    assert answered == (not unexplained(between(*after), explained))


def test_an_explanation_does_not_answer_other_facts() -> None:
    """The sheet says another share now, or the update announces another state."""
    [old], [new] = between("3% fail.", percent=12.0), between("3% fail.", percent=13.0)
    assert old.key != new.key
    said = "We are still investigating."
    [told], [moved] = between(said, state="resolved"), between(said, state="monitoring")
    assert told.key != moved.key


def test_the_same_denied_twice_in_one_text_is_one_contradiction() -> None:
    [found] = between("We are investigating. We are still investigating.", state="resolved")
    assert 2 == len(found.places)


WORDS = [
    *[row[0] for row in TEXTS],
    *[row[1] for row in TEXTS],
    "**",
    "{",
    "15:30",
    "3%",
    "\\",
    "\n",
    "Checkout",
]


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map(" ".join))
def test_a_text_never_contradicts_itself(body: str) -> None:
    """The same words twice agree, whatever they are; every claim stands where it is said to stand."""
    assert [] == [each for each in between(body, body) if each.code == "between_texts"]
    assert [] == [each for each in between(body, last=body) if each.code == "with_last_update"]
    for claim in claims("customers", "body", body, NAMES, zone="Etc/UTC", near=NOW):
        assert 0 <= claim.place.start < claim.place.end <= len(body)


@pytest.mark.parametrize(
    "piece", ["3% ", "since ", "1,", "1 ", "due to ", "a.", "Europe ", "{2026", "*", "Checkout "]
)
def test_the_longest_text_of_anything_is_compared(piece: str) -> None:
    """64 KB in one pass, each sign as often as fits."""
    body = piece * (64 * 1024 // len(piece))
    assert [] == [each for each in between(body, body) if each.code == "between_texts"]
