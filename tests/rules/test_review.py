"""The review machine: who may speak on a text, and when it has been approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.policy import RequiredReview
from clarion.rules.review import (
    Content,
    Outcome,
    Reviewer,
    Word,
    digest,
    may_decide,
    outcome,
    overtaken,
    stands,
)
from clarion.rules.types import Reason, Verdict

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
REQUIRED = tuple(
    RequiredReview(role, Reason(f"reviews.{role}", "Because.")) for role in ("accuracy", "clarity")
)
THIS = "d" * 64

ANN = Reviewer("ann", frozenset({"accuracy"}))
CLEO = Reviewer("cleo", frozenset({"clarity"}))
BOTH = Reviewer("bo", frozenset({"accuracy", "clarity"}))


def word(reviewer: Reviewer, role: str, decision: str = "approved", **changes: Any) -> Word:
    return replace(Word(reviewer, role, decision, THIS, NOON + HOUR), **changes)


ANN_SAID, CLEO_SAID = word(ANN, "accuracy"), word(CLEO, "clarity")


def asks(reviewer: Reviewer, role: str, **changes: Any) -> Verdict:
    """May this person decide on a draft in review at noon?"""
    usual: dict[str, Any] = {
        "state": "in_review",
        "required": REQUIRED,
        "authors": {"author"},
        "words": [],
        "review_until": NOON + HOUR,
        "now": NOON,
    }
    return may_decide(reviewer=reviewer, role=role, **usual | changes)


EXPIRED = {"expires_at": NOON}
NO_LONGER = Reviewer("ann", frozenset())
OFF = Reviewer("ann", frozenset({"accuracy"}), active=False)
AGNES = Reviewer("agnes", frozenset({"accuracy"}))

MAY = [
    ("a reviewer who did not write it", ANN, "accuracy", {}, ""),
    ("the second of two", CLEO, "clarity", {"words": [ANN_SAID]}, ""),
    ("in the last moment", ANN, "accuracy", {"review_until": NOON + timedelta(microseconds=1)}, ""),
    (
        "after an approval of hers was voided",
        ANN,
        "accuracy",
        {"words": [word(ANN, "accuracy", voided=True)]},
        "",
    ),
    ("after her approval ran out", ANN, "accuracy", {"words": [word(ANN, "accuracy", **EXPIRED)]}, ""),
    ("after a colleague's ran out", AGNES, "accuracy", {"words": [word(ANN, "accuracy", **EXPIRED)]}, ""),
    ("in place of one who lost the role", AGNES, "accuracy", {"words": [word(NO_LONGER, "accuracy")]}, ""),
    ("in place of one switched off", AGNES, "accuracy", {"words": [word(OFF, "accuracy")]}, ""),
    (
        "in the other role, after her first approval ran out",
        BOTH,
        "clarity",
        {"words": [word(BOTH, "accuracy", **EXPIRED)]},
        "",
    ),
    ("nobody submitted it", ANN, "accuracy", {"state": "draft"}, "state"),
    ("changes were asked for", ANN, "accuracy", {"state": "changes_requested"}, "state"),
    ("approved already", ANN, "accuracy", {"state": "approved"}, "state"),
    ("published already", ANN, "accuracy", {"state": "published"}, "state"),
    ("withdrawn", ANN, "accuracy", {"state": "withdrawn"}, "state"),
    ("the review ran out", ANN, "accuracy", {"review_until": NOON}, "review_over"),
    ("it never began", ANN, "accuracy", {"review_until": None}, "review_over"),
    ("a role nobody asked for", Reviewer("l", frozenset({"legal"})), "legal", {}, "role_not_required"),
    ("a role that does not exist", ANN, "king", {}, "role_not_required"),
    ("a role she does not hold", ANN, "clarity", {}, "role_missing"),
    ("switched off", OFF, "accuracy", {}, "role_missing"),
    ("the author", ANN, "accuracy", {"authors": {"ann"}}, "author"),
    ("the author of any version", ANN, "accuracy", {"authors": {"author", "ann"}}, "author"),
    ("twice in one role", ANN, "accuracy", {"words": [ANN_SAID]}, "one_role_each"),
    ("one person in both roles", BOTH, "clarity", {"words": [word(BOTH, "accuracy")]}, "one_role_each"),
    ("somebody was first", AGNES, "accuracy", {"words": [ANN_SAID]}, "role_taken"),
    (
        "somebody asked for changes",
        AGNES,
        "accuracy",
        {"words": [word(ANN, "accuracy", "changes_requested")]},
        "role_taken",
    ),
]


@pytest.mark.parametrize(
    ("reviewer", "role", "changes", "code"), [row[1:] for row in MAY], ids=[row[0] for row in MAY]
)
def test_may_this_person_decide(reviewer: Reviewer, role: str, changes: dict[str, Any], code: str) -> None:
    """Yes, or no with the reason and what to do."""
    verdict = asks(reviewer, role, **changes)
    assert (not code, code) == (verdict.allowed, verdict.reasons[0].code if verdict.reasons else "")
    assert verdict.allowed or verdict.because.endswith(".")


RAN_OUT, WROTE = (
    word(ANN, "accuracy", **EXPIRED),
    word(Reviewer("author", frozenset({"accuracy"})), "accuracy"),
)
OBJECTS = word(CLEO, "clarity", "changes_requested")
OUTCOMES = [
    ("nobody has spoken", [], ["accuracy", "clarity"], [], []),
    ("one of two", [ANN_SAID], ["clarity"], [], []),
    ("both", [ANN_SAID, CLEO_SAID], [], [], []),
    (
        "one person in both roles counts once",
        [word(BOTH, "accuracy"), word(BOTH, "clarity")],
        ["clarity"],
        [],
        ["one_role_each"],
    ),
    ("one of them ran out this moment", [RAN_OUT, CLEO_SAID], ["accuracy"], [], ["expired"]),
    ("one of them lost the role", [word(NO_LONGER, "accuracy"), CLEO_SAID], ["accuracy"], [], ["role_lost"]),
    ("one of them was switched off", [word(OFF, "accuracy"), CLEO_SAID], ["accuracy"], [], ["role_lost"]),
    ("one of them wrote part of it since", [WROTE, CLEO_SAID], ["accuracy"], [], ["author"]),
    ("one spoke of other words", [word(ANN, "accuracy", digest="e" * 64), CLEO_SAID], ["accuracy"], [], []),
    ("one was voided", [word(ANN, "accuracy", voided=True), CLEO_SAID], ["accuracy"], [], []),
    ("one objects", [ANN_SAID, OBJECTS], ["clarity"], ["changes_requested"], []),
    ("ran out and was given again", [RAN_OUT, word(AGNES, "accuracy"), CLEO_SAID], [], [], ["expired"]),
]


@pytest.mark.parametrize(
    ("words", "missing", "objections", "lapsed"),
    [row[1:] for row in OUTCOMES],
    ids=[row[0] for row in OUTCOMES],
)
def test_a_review_stands_like_this(
    words: list[Word], missing: list[str], objections: list[str], lapsed: list[str]
) -> None:
    """What is missing, who objects, and which approvals no longer count, and why."""
    found = where(words)
    assert missing == [item.role for item in found.missing]
    assert (objections, lapsed) == ([r.code for r in found.objections], [r.code for r in found.lapsed])
    assert found.complete == (not missing and not objections)


@pytest.mark.parametrize("required", [(), REQUIRED[:1]], ids=["nobody", "one role"])
@pytest.mark.parametrize(
    ("words", "complete"),
    [
        ([], False),
        ([ANN_SAID], False),
        ([word(BOTH, "accuracy"), word(BOTH, "clarity")], False),
        ([ANN_SAID, CLEO_SAID], True),
    ],
    ids=["no word", "one person", "one person in two roles", "two people"],
)
def test_whatever_was_required_fewer_than_two_people_complete_no_review(
    required: tuple[RequiredReview, ...], words: list[Word], complete: bool
) -> None:
    assert complete is where(words, required=required).complete


def where(words: list[Word], **changes: Any) -> Outcome:
    usual: dict[str, Any] = {"digest": THIS, "required": REQUIRED, "authors": {"author"}, "now": NOON}
    return outcome(words=words, **usual | changes)


def test_an_expiry_is_told_with_its_time_and_zone() -> None:
    """A person who reads it knows when, without asking whose clock."""
    found = where([word(ANN, "accuracy", **EXPIRED)])
    assert "The approval of Accuracy reviewer ran out at 12:00 UTC." == found.lapsed[0].text


PEOPLE = st.builds(
    Reviewer,
    st.sampled_from("abc"),
    st.frozensets(st.sampled_from(["accuracy", "clarity", "legal"])),
    st.booleans(),
)
SAID = st.builds(
    Word,
    PEOPLE,
    st.sampled_from(["accuracy", "clarity", "legal"]),
    st.sampled_from(["approved", "approved", "changes_requested"]),
    st.sampled_from([THIS, THIS, "e" * 64]),
    st.sampled_from([NOON - HOUR, NOON, NOON + HOUR]),
    st.booleans(),
)


@given(st.lists(SAID, max_size=8), st.frozensets(st.sampled_from("abc"), max_size=2))
def test_a_complete_review_has_a_person_of_its_own_for_each_role(
    words: list[Word], authors: frozenset[str]
) -> None:
    """Whatever was said: complete means distinct active people with the role, none of them an author."""
    if not where(words, authors=authors).complete:
        return
    counting = [
        w
        for w in words
        if (w.digest, w.decision, w.voided) == (THIS, "approved", False)
        and w.expires_at > NOON
        and w.reviewer.active
        and w.role in w.reviewer.roles
        and w.reviewer.id not in authors
    ]
    assert any(
        one.role == "accuracy" and other.role == "clarity" and one.reviewer.id != other.reviewer.id
        for one in counting
        for other in counting
    )


@given(st.lists(SAID, max_size=6), PEOPLE, st.sampled_from(["accuracy", "clarity"]))
def test_whoever_may_decide_is_needed_and_is_nobody_who_has_spoken(
    words: list[Word], person: Reviewer, role: str
) -> None:
    """Being let in to decide never makes one person count twice."""
    if asks(person, role, words=words).allowed:
        standing = stands(words, authors={"author"}, now=NOON)
        assert person.id not in {w.reviewer.id for w in standing}
        assert role not in {w.role for w in standing}


CONTENT = Content(
    incident_id="i1",
    visibility="public",
    draft_id="d1",
    version=1,
    incident_state="investigating",
    component_statuses={"c1": "degraded"},
    texts={"customers": {"title": "T", "body": "B"}, "internal": {"title": "IT", "body": "IB"}},
    channels=["email", "status_page"],
    next_update_at=NOON,
)
TEXTS = {name: dict(text) for name, text in CONTENT.texts.items()}
OTHER_CONTENTS = [
    ("another incident", {"incident_id": "i2"}),
    ("kept inside", {"visibility": "private"}),
    ("another draft", {"draft_id": "d2"}),
    ("another version of the same words", {"version": 2}),
    ("another state", {"incident_state": "resolved"}),
    ("another component", {"component_statuses": {"c2": "degraded"}}),
    ("another status", {"component_statuses": {"c1": "major_outage"}}),
    ("one space in one text", {"texts": TEXTS | {"customers": {"title": "T", "body": "B "}}}),
    ("a letter that looks the same", {"texts": TEXTS | {"customers": {"title": "Т", "body": "B"}}}),
    ("title and body joined otherwise", {"texts": TEXTS | {"customers": {"title": "TB", "body": ""}}}),
    ("one audience more", {"texts": TEXTS | {"partners": {"title": "T", "body": "B"}}}),
    ("one audience fewer", {"texts": {"customers": TEXTS["customers"]}}),
    ("the audiences exchanged", {"texts": {"customers": TEXTS["internal"], "internal": TEXTS["customers"]}}),
    ("one channel fewer", {"channels": ["email"]}),
    ("another promise", {"next_update_at": NOON + timedelta(seconds=1)}),
    ("no promise", {"next_update_at": None}),
]


@pytest.mark.parametrize(
    "changes", [row[1] for row in OTHER_CONTENTS], ids=[row[0] for row in OTHER_CONTENTS]
)
def test_any_change_gives_another_digest(changes: dict[str, Any]) -> None:
    """What an approval binds to is all of it."""
    assert digest(CONTENT) != digest(replace(CONTENT, **changes))


def test_the_same_content_gives_the_same_digest_in_whatever_order_it_is_held() -> None:
    """So that a stored version can be checked again years later."""
    turned = replace(
        CONTENT, channels=["status_page", "email"], texts=dict(reversed(list(CONTENT.texts.items())))
    )
    assert digest(CONTENT) == digest(turned)
    assert len(digest(CONTENT)) == 64


def test_a_promise_is_the_same_instant_in_whatever_zone_it_was_written() -> None:
    """The database gives it back in UTC."""
    elsewhere = NOON.astimezone(timezone(5 * HOUR))
    assert digest(CONTENT) == digest(replace(CONTENT, next_update_at=elsewhere))


OVERTAKEN = [
    ("nothing changed", {}, ["customers", "internal"], ["email", "status_page"], []),
    ("now private", {"visibility": "private"}, ["customers", "internal"], ["email", "status_page"],
     ["visibility_changed"]),
    ("nobody outside any more", {}, ["internal"], ["email", "status_page"], ["audiences_changed"]),
    ("one channel more", {}, ["customers", "internal"], ["email", "status_page", "webhook"],
     ["channels_changed"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "audiences", "channels", "codes"),
    [row[1:] for row in OVERTAKEN],
    ids=[row[0] for row in OVERTAKEN],
)
def test_words_are_approved_for_those_they_were_written_for(
    changes: dict[str, Any], audiences: list[str], channels: list[str], codes: list[str]
) -> None:
    """Each thing that an incident can become is named."""
    today = replace(CONTENT, **changes)
    found = overtaken(today, digest(CONTENT), audiences=audiences, channels=channels)
    assert codes == [reason.code for reason in found]
