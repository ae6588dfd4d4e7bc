"""The fact sheet: what it may hold, what it owes, and what changed in it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.fact_changes import changes, without_stale_confirmations
from clarion.rules.fact_checks import NEEDED, estimate_problems, owed, problems
from clarion.rules.facts import (
    CONFIDENCES,
    CONFIRMABLE,
    FACTS,
    Affected,
    Cause,
    Estimate,
    FactSheet,
    from_json,
    state_of,
)

NOW = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ESTIMATE = Estimate(
    at=NOW + 2 * HOUR,
    basis="the restore has run for an hour and is half done",
    assessor="ana",
    confidence="medium",
    as_of=NOW,
    expires_at=NOW + HOUR,
)
FULL = FactSheet(
    known="Card payments are declined.",
    impact="declined cards",
    affected=Affected(number=4000, percent=4.5, regions=("Europe",)),
    started_at=NOW - 2 * HOUR,
    detected_at=NOW - HOUR,
    reader_action="Pay by invoice.",
    our_action="moving payments to the second provider",
    ruled_out=("an attack",),
    cause=Cause("an expired certificate"),
    data_integrity="No order was lost.",
    estimate=ESTIMATE,
    confirmed=frozenset({"impact", "started_at"}),
)


def said(sheet: FactSheet) -> dict[str, str]:
    return {problem.field: problem.text for problem in problems(sheet, now=NOW)}


def test_every_field_of_a_sheet_is_described() -> None:
    assert [item.name for item in fields(FactSheet) if item.name != "confirmed"] == list(FACTS)


def test_a_full_sheet_has_no_problem_and_comes_back_from_json_as_it_was() -> None:
    assert said(FULL) == {}
    assert from_json(FULL.as_json()) == FULL
    assert from_json({}) == FactSheet()


@pytest.mark.parametrize(
    ("field", "sheet", "words"),
    [
        ("known", replace(FULL, known="x" * 1001), "1000 characters"),
        ("affected.number", replace(FULL, affected=Affected(number=-1)), "number from 0"),
        ("affected.percent", replace(FULL, affected=Affected(percent=0.0)), "above 0"),
        ("affected.percent", replace(FULL, affected=Affected(percent=100.5)), "up to 100"),
        ("affected.percent", replace(FULL, affected=Affected(percent=float("nan"))), "up to 100"),
        ("affected.regions", replace(FULL, affected=Affected(regions=("",))), "empty"),
        ("ruled_out", replace(FULL, ruled_out=("x" * 201,)), "200 characters"),
        ("ruled_out", replace(FULL, ruled_out=("x",) * 31), "At most 30"),
        ("started_at", replace(FULL, started_at=NOW + HOUR), "in the future"),
        ("started_at", replace(FULL, started_at=NOW - 367 * 24 * HOUR), "more than a year"),
        ("restored_at", replace(FULL, restored_at=NOW - 3 * HOUR), "before “Began”"),
        ("planned_end", replace(FULL, planned_start=NOW + HOUR, planned_end=NOW), "before “Planned work"),
        ("watch_until", replace(FULL, watch_until=NOW + 400 * 24 * HOUR), "more than a year away"),
        ("no_action_needed", replace(FULL, no_action_needed=True), "Either"),
        ("right", replace(FULL, wrong="It was the network."), "both"),
        ("wrong", replace(FULL, right="It was storage."), "both"),
        ("cause.text", replace(FULL, cause=Cause(" ")), "brought it about"),
        ("cause.state", replace(FULL, cause=Cause("x", state="certain")), "is not one of"),
        ("cause.confirmed_by", replace(FULL, cause=Cause("x", state="confirmed")), "who confirmed"),
        ("confirmed", replace(FULL, confirmed=frozenset({"decisions"})), "is not one of"),
        ("confirmed", replace(FULL, confirmed=frozenset({"done"})), "nothing is there to confirm"),
    ],
)
def test_what_a_sheet_may_not_hold_is_said_in_one_sentence_at_its_field(
    field: str, sheet: FactSheet, words: str
) -> None:
    found = said(sheet)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize(
    ("field", "change", "words"),
    [
        ("estimate.basis", {"basis": " "}, "based on"),
        ("estimate.caveat", {"caveat": ""}, "with its caveat"),
        ("estimate.assessor", {"assessor": ""}, "Name the person"),
        ("estimate.confidence", {"confidence": "certain"}, "is not one of"),
        ("estimate.at", {"at": NOW - HOUR, "expires_at": NOW - HOUR}, "has passed"),
        ("estimate.at", {"at": NOW + 91 * 24 * HOUR}, "within 90 days"),
        ("estimate.as_of", {"as_of": NOW + HOUR}, "in the future"),
        ("estimate.expires_at", {"expires_at": NOW + 3 * HOUR}, "at its own time at the latest"),
        ("estimate.expires_at", {"expires_at": NOW}, "after now"),
    ],
)
def test_an_estimate_carries_person_basis_confidence_caveat_and_an_end(
    field: str, change: dict[str, object], words: str
) -> None:
    sheet = replace(FULL, estimate=replace(ESTIMATE, **change))  # type: ignore[arg-type]
    found = {
        problem.field: problem.text
        for problem in estimate_problems(sheet, policy="engineering_only", assessor_may=True, now=NOW)
    }
    assert words in found[field]


@pytest.mark.parametrize(
    ("policy", "engineer", "field"),
    [
        ("engineering_only", True, ""),
        ("engineering_only", False, "estimate.assessor"),
        ("always", True, ""),
        ("always", False, "estimate.assessor"),
        ("never", True, "estimate"),
        ("never", False, "estimate"),
    ],
)
def test_policy_says_who_may_estimate(policy: str, engineer: bool, field: str) -> None:
    found = estimate_problems(FULL, policy=policy, assessor_may=engineer, now=NOW)
    assert (found[0].field if found else "") == field


def test_no_estimate_has_no_problem_under_any_policy() -> None:
    bare = replace(FULL, estimate=None)
    assert estimate_problems(bare, policy="never", assessor_may=False, now=NOW) == ()


@pytest.mark.parametrize(
    ("phase", "sheet", "names"),
    [
        ("holding", FactSheet(), []),
        ("update", FactSheet(), ["impact", "affected", "reader_action", "our_action"]),
        ("update", FULL, []),
        (
            "update",
            FactSheet(affected=Affected(measuring=True), no_action_needed=True),
            ["impact", "our_action"],
        ),
        ("resolution", FULL, ["restored_at"]),
        ("follow_up", FULL, ["cause", "done", "planned"]),
        ("correction", FULL, ["wrong", "right"]),
        ("maintenance_extended", FactSheet(impact="a short break"), ["planned_end"]),
    ],
)
def test_what_a_text_of_a_phase_still_needs_is_named(phase: str, sheet: FactSheet, names: list[str]) -> None:
    assert [item.name for item in owed(sheet, phase, now=NOW)] == names


def test_a_policy_that_wants_an_estimate_in_every_update_is_owed_one() -> None:
    bare = replace(FULL, estimate=None)
    assert ["estimate"] == [item.name for item in owed(bare, "update", now=NOW, estimate_policy="always")]
    for phase, policy in (("holding", "always"), ("resolution", "always"), ("update", "engineering_only")):
        found = owed(bare, phase, now=NOW, estimate_policy=policy)
        assert "estimate" not in [item.name for item in found]
    assert () == owed(FULL, "update", now=NOW, estimate_policy="always")


def test_an_estimate_that_ran_out_is_owed_in_every_phase() -> None:
    for phase in NEEDED:
        assert owed(FULL, phase, now=NOW + HOUR)[-1].name == "estimate"


@pytest.mark.parametrize(
    ("name", "sheet", "state"),
    [
        ("known", FactSheet(), "missing"),
        ("known", FULL, "reported"),
        ("impact", FULL, "confirmed"),
        ("affected", FactSheet(affected=Affected(measuring=True)), "measuring"),
        ("cause", FULL, "hypothesis"),
        ("cause", replace(FULL, cause=Cause("x", "confirmed", "ana", NOW)), "confirmed"),
        ("estimate", FULL, "estimate"),
        ("estimate", replace(FULL, estimate=replace(ESTIMATE, expires_at=NOW)), "expired"),
    ],
)
def test_each_fact_has_a_state(name: str, sheet: FactSheet, state: str) -> None:
    assert state_of(sheet, name, NOW) == state


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (FULL, []),
        (replace(FULL, impact="no cards at all", known=""), ["known removed", "impact changed"]),
        (replace(FULL, done="x"), ["done added"]),
        (replace(FULL, cause=Cause("an expired certificate", "confirmed", "ana", NOW)), ["cause confirmed"]),
        (replace(FULL, cause=Cause("a full disk")), ["cause changed"]),
        (replace(FULL, confirmed=FULL.confirmed | {"known"}), ["known confirmed"]),
        (replace(FULL, confirmed=frozenset({"impact"})), ["started_at doubted"]),
        (replace(FULL, estimate=None), ["estimate removed"]),
    ],
)
def test_each_change_between_two_versions_is_named(after: FactSheet, told: list[str]) -> None:
    assert [f"{change.name} {change.what}" for change in changes(FULL, after)] == told


def test_new_words_are_not_confirmed_by_an_old_confirmation() -> None:
    after = replace(FULL, impact="no cards at all")
    assert without_stale_confirmations(FULL, after).confirmed == {"started_at"}
    emptied = replace(FULL, impact="", started_at=None)
    assert without_stale_confirmations(FULL, emptied).confirmed == frozenset()
    assert without_stale_confirmations(FactSheet(), FULL).confirmed == FULL.confirmed


moments = st.integers(-10_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
texts = st.text(max_size=20)
sheets = st.builds(
    FactSheet,
    known=texts,
    affected=st.builds(
        Affected,
        number=st.none() | st.integers(),
        percent=st.none() | st.floats(0, 100),
        regions=st.lists(texts, max_size=3).map(tuple),
        measuring=st.booleans(),
    ),
    started_at=st.none() | moments,
    ruled_out=st.lists(texts, max_size=3).map(tuple),
    cause=st.none() | st.builds(Cause, text=texts, confirmed_at=st.none() | moments),
    estimate=st.none()
    | st.builds(
        Estimate,
        at=moments,
        basis=texts,
        assessor=texts,
        confidence=st.sampled_from(CONFIDENCES),
        as_of=moments,
        expires_at=moments,
    ),
    confirmed=st.frozensets(st.sampled_from(CONFIRMABLE)),
)


@given(sheets)
def test_any_sheet_comes_back_from_json(sheet: FactSheet) -> None:
    assert from_json(sheet.as_json()) == sheet


@given(sheets, sheets)
def test_changes_are_named_exactly_when_two_sheets_differ(before: FactSheet, after: FactSheet) -> None:
    assert bool(changes(before, after)) == (before != after)
