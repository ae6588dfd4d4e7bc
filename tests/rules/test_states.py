"""What an incident may be called, and when: law that stands, and advice that a given reason overrides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules import states, terms
from clarion.rules.errors import Forbidden, Invalid
from clarion.rules.statements import Statements, check, proposed, stated
from clarion.rules.states import LAW, EntryFacts, may_enter, move, moves

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
CALM = EntryFacts(
    category="application",
    said=Statements(data_integrity="Stored data was not touched."),
    watched_since=NOW - timedelta(minutes=30),
    reviewed_for_accuracy=True,
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def said(**more: object) -> EntryFacts:
    return replace(CALM, said=replace(CALM.said, **more))  # type: ignore[arg-type]


def because(state: str, before: str, facts: EntryFacts = CALM) -> list[str]:
    """The codes that stand in the way; empty when it may be entered."""
    verdict = may_enter(state, before, facts, NOW)
    return [] if verdict.allowed else [reason.code for reason in verdict.reasons]


#: Entered, before, what is known, what stands in the way.
ENTRIES = [
    ("looking into it", "investigating", "detected", CALM, []),
    ("said again", "monitoring", "monitoring", CALM, []),
    ("identified, nobody confirmed a cause", "identified", "investigating", CALM, ["cause_not_confirmed"]),
    ("identified, confirmed", "identified", "investigating", said(confirmed=frozenset({"cause"})), []),
    ("mitigated, as bad as before", "mitigated", "identified", CALM, ["effect_not_reduced"]),
    ("mitigated", "mitigated", "identified", said(confirmed=frozenset({"effect_reduced"})), []),
    (
        "monitoring, nothing said",
        "monitoring",
        "identified",
        CALM,
        ["fix_not_in_place", "watch_not_said"],
    ),
    (
        "monitoring until a time that has passed",
        "monitoring",
        "mitigated",
        said(confirmed=frozenset({"fix_in_place"}), watch_until=NOW),
        ["watch_not_said"],
    ),
    (
        "monitoring",
        "monitoring",
        "mitigated",
        said(confirmed=frozenset({"fix_in_place"}), watch_until=NOW + minutes(30)),
        [],
    ),
    ("resolved after half an hour of watching", "resolved", "monitoring", CALM, []),
    (
        "resolved a minute early",
        "resolved",
        "monitoring",
        replace(CALM, watched_since=NOW - minutes(29)),
        ["not_watched"],
    ),
    (
        "resolved after half an hour, where data is concerned",
        "resolved",
        "monitoring",
        replace(CALM, category="data"),
        ["not_watched"],
    ),
    (
        "resolved after an hour, where data is concerned",
        "resolved",
        "monitoring",
        replace(CALM, category="data", watched_since=NOW - minutes(60)),
        [],
    ),
    (
        "resolved, nobody watched",
        "resolved",
        "investigating",
        replace(CALM, watched_since=None),
        ["not_watched"],
    ),
    ("resolved, no word on data", "resolved", "monitoring", said(data_integrity=" "), ["data_not_mentioned"]),
    (
        "resolved, nobody will confirm it",
        "resolved",
        "monitoring",
        replace(CALM, reviewed_for_accuracy=False),
        ["recovery_not_confirmed"],
    ),
    (
        "resolved, confirmed by the author",
        "resolved",
        "monitoring",
        replace(said(confirmed=frozenset({"recovery"})), reviewed_for_accuracy=False),
        [],
    ),
    ("a review of what is not over", "postmortem", "monitoring", CALM, ["not_over"]),
    ("a review", "postmortem", "resolved", CALM, []),
    ("back to looking", "investigating", "identified", CALM, ["goes_back"]),
    ("back to the cause", "identified", "monitoring", said(confirmed=frozenset({"cause"})), ["goes_back"]),
    ("it came back", "investigating", "monitoring", CALM, ["reopens"]),
    ("it came back after the end", "investigating", "resolved", CALM, ["reopens"]),
    ("it was nothing", "false_alarm", "investigating", CALM, ["exit_unexplained"]),
    ("merged into another", "merged", "identified", CALM, ["exit_unexplained"]),
    ("no such word", "panicking", "identified", CALM, ["no_such_state"]),
]


@pytest.mark.parametrize(
    ("state", "before", "facts", "expected"), [row[1:] for row in ENTRIES], ids=[row[0] for row in ENTRIES]
)
def test_a_state_is_entered_when_its_rule_holds(
    state: str, before: str, facts: EntryFacts, expected: list[str]
) -> None:
    assert expected == because(state, before, facts)


@pytest.mark.parametrize(
    ("state", "before", "facts", "expected"),
    [row[1:] for row in ENTRIES if row[4]],
    ids=[row[0] for row in ENTRIES if row[4]],
)
def test_a_reason_overrides_advice_and_never_law(
    state: str, before: str, facts: EntryFacts, expected: list[str]
) -> None:
    """A move that only wants to be explained is explained by it; what was overridden stays on the verdict."""
    told = replace(facts, said=replace(facts.said, reason="We have our reasons."))
    wants_a_word = {"goes_back", "reopens", "exit_unexplained"}
    still = [code for code in expected if code in LAW - wants_a_word]
    assert bool(still) == bool(because(state, before, told))
    left = [reason.code for reason in may_enter(state, before, told, NOW).reasons]
    assert [code for code in expected if code not in wants_a_word] == left


def test_each_missing_thing_is_one_sentence() -> None:
    """What a person reads at three in the morning says what to do, and no more."""
    nothing = EntryFacts(category="data")
    verdict = may_enter("resolved", "investigating", nothing, NOW)
    assert [
        "Resolved needs somebody to confirm that service is normal.",
        "Resolved needs a sentence on what became of stored data.",
        "Resolved needs the service to be watched for 60 minutes; it was watched not at all.",
    ] == [reason.text for reason in verdict.reasons]


HISTORIES = [
    ([], 0, 0),
    (["investigating", "identified", "monitoring", "resolved"], 0, 0),
    (["investigating", "identified", "investigating"], 1, 0),
    (["investigating", "monitoring", "identified", "resolved"], 1, 0),
    (["investigating", "monitoring", "investigating", "resolved", "investigating", "resolved"], 0, 2),
    (["investigating", "false_alarm"], 0, 0),
    (["investigating", "suspended", "investigating", "resolved"], 0, 0),
]


@pytest.mark.parametrize(("told", "backward", "reopened"), HISTORIES)
def test_going_back_is_counted(told: list[str], backward: int, reopened: int) -> None:
    """A false resolution is a reopening: what had been called over was not."""
    assert {"backward": backward, "reopened": reopened} == moves(told)


@given(st.sampled_from(sorted(terms.STATE_LABELS)), st.sampled_from(sorted(terms.STATE_LABELS)))
def test_every_move_has_a_name_and_a_verdict(before: str, state: str) -> None:
    """No pair of states raises; going back or out never passes in silence; staying always does."""
    made = move(before, state)
    verdict = may_enter(state, before, CALM, NOW)
    assert made in {"stay", "forward", "backward", "reopened", "exit"}
    if made in ("backward", "reopened", "exit"):
        assert not verdict.allowed
    if made == "stay":
        assert verdict.allowed and not verdict.reasons


def test_every_law_is_a_reason_that_exists() -> None:
    """A misspelt law would be advice."""
    codes = {code for row in ENTRIES for code in row[4]}
    assert LAW == codes & LAW | {"data_not_said"}
    assert ["data_not_said", "not_watched"] == because(
        "resolved", "monitoring", replace(said(data_integrity=""), category="data")
    )
    assert states.STABILITY_WINDOW_FOR_DATA > states.STABILITY_WINDOW


def test_what_is_stated_is_read_again() -> None:
    full = Statements(frozenset({"cause", "recovery"}), NOW, "All records are back.", "Watched by hand.")
    assert full == stated(full.as_json())
    assert {} == Statements().as_json()
    assert Statements() == stated({})


def test_clarion_states_a_reason_and_never_that_all_is_well() -> None:
    assert "quiet since {2026-03-01T14:05Z}" in proposed("resolution", NOW).reason
    assert Statements(reason="It came back.") == proposed("update", NOW, " It came back. ")
    assert Statements() == proposed("resolution", None) == proposed("update", NOW)


def test_recovery_is_confirmed_by_whoever_knows() -> None:
    """A lead leaves it to the accuracy review; what a knower confirmed survives the lead's edit."""
    recovery = Statements(confirmed=frozenset({"recovery"}))
    with pytest.raises(Forbidden, match="Accuracy reviewer"):
        check(recovery, Statements(), {"communications_lead"}, NOW)
    check(recovery, Statements(), {"accuracy"}, NOW)
    check(recovery, recovery, {"communications_lead"}, NOW)
    cause = Statements(confirmed=frozenset({"cause"}))
    with pytest.raises(Forbidden, match="here or on the fact sheet"):
        check(cause, Statements(), {"communications_lead"}, NOW)
    check(cause, Statements(), {"accuracy"}, NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Statements(confirmed=frozenset({"luck"})), "statements.confirmed"),
        (Statements(reason="x" * 2001), "statements.reason"),
        (Statements(reason="Since {25:00}."), "statements.reason"),
        (Statements(data_integrity="a\x00"), "statements.data_integrity"),
    ],
)
def test_what_cannot_be_stated_is_refused_at_its_field(wrong: Statements, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(wrong, Statements(), {"communications_lead"}, NOW)
    assert field == refused.value.field
