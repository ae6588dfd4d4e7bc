"""A program announces states by the same rules as people do, and is told what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.rules.access import SYSTEM
from clarion.store.models import LedgerEntry
from clarion.store.queries import ledger
from tests import factories as make
from tests.web.api.conftest import Program, problem


def write(program: Program, draft: str, **changes: Any) -> Any:
    """The next version, the same but for these."""
    version = program.get(f"/drafts/{draft}")["version"]
    names = ("texts", "incident_state", "component_statuses", "next_update_at")
    body = {name: version[name] for name in names} | {"base_version": version["number"]} | changes
    return program.post(f"/drafts/{draft}/versions", body)


def submit(program: Program, draft: str) -> Any:
    number = program.get(f"/drafts/{draft}")["version"]["number"]
    return program.call("POST", f"/drafts/{draft}/submit", {"version": number})


@pytest.fixture
def draft(house: make.House) -> str:
    return str(make.draft(house.incident()).draft.id)


@pytest.mark.capability("3.1", face="api")
@pytest.mark.capability("3.1", face="ledger")
def test_a_state_whose_rule_does_not_hold_is_refused_and_then_entered_with_a_reason(
    lead: Program, draft: str
) -> None:
    """What is missing is named beside the draft; a reason overrides advice and stays in the ledger."""
    shown = write(lead, draft, incident_state="monitoring")
    codes = ["fix_not_in_place", "watch_not_said"]
    assert (False, "forward", codes) == (
        shown["entry"]["allowed"],
        shown["entry"]["move"],
        [reason["code"] for reason in shown["entry"]["reasons"]],
    )
    refused = problem(submit(lead, draft), 422, "invalid")
    assert "incident_state" == refused["errors"][0]["field"]
    assert "Monitoring needs the fix to be in place. Monitoring needs a time" in refused["detail"]
    shown = write(lead, draft, incident_state="monitoring", statements={"reason": "The vendor watches it."})
    assert shown["entry"]["allowed"]
    assert "The vendor watches it." == shown["version"]["statements"]["reason"]
    assert 200 == submit(lead, draft).status_code
    entry = LedgerEntry.objects.filter(kind="draft.submitted").latest("id")
    assert codes == [reason["code"] for reason in ledger.read(entry).data["entered_although"]]
    assert "The vendor watches it." == ledger.texts_of(entry, SYSTEM)["statements.reason"]


@pytest.mark.capability("3.1", face="api")
def test_a_cause_is_confirmed_by_whoever_knows_or_on_the_fact_sheet(
    house: make.House, lead: Program, draft: str
) -> None:
    """Identified is law: no reason gets around a cause that nobody confirmed."""
    shown = write(lead, draft, incident_state="identified", statements={"reason": "We are quite sure."})
    assert ["cause_not_confirmed"] == [reason["code"] for reason in shown["entry"]["reasons"]]
    problem(submit(lead, draft), 422, "invalid")
    version = lead.get(f"/drafts/{draft}")["version"]
    body = {
        name: version[name] for name in ("texts", "incident_state", "component_statuses", "next_update_at")
    }
    claimed = body | {"base_version": 2, "statements": {"confirmed": ["cause"]}}
    problem(lead.call("POST", f"/drafts/{draft}/versions", claimed), 403, "forbidden")
    knows = Program(make.api_key(house.accuracy))
    assert 201 == knows.call("POST", f"/drafts/{draft}/versions", claimed).status_code
    assert 200 == submit(lead, draft).status_code


def test_what_is_stated_is_part_of_what_is_approved(lead: Program, draft: str) -> None:
    """The same words with another statement have another digest; without any, the digest of old."""
    before = lead.get(f"/drafts/{draft}")["version"]
    assert {
        "confirmed": [],
        "watch_until": None,
        "data_integrity": "",
        "reason": "",
        "differences": [],
    } == before["statements"]
    one = write(lead, draft, statements={"data_integrity": "All records are there."})["version"]["digest"]
    kept = write(lead, draft)["version"]
    assert "All records are there." == kept["statements"]["data_integrity"]
    assert len({before["digest"], one, kept["digest"]}) == 3


@pytest.mark.capability("3.1", face="api")
def test_the_words_of_the_house_and_of_others_are_data(lead: Program) -> None:
    found = lead.get("/terms")
    words = {term["word"]: term for term in found["terms"] if term["kind"] == "incident"}
    assert (
        "Users are less affected, or no longer; the lasting fix is not done." == words["mitigated"]["meaning"]
    )
    others = {each["key"]: each["words"] for each in found["vocabularies"]}
    assert ("monitoring", "Recovering") == (others["incident_io"]["mitigated"], others["sorry"]["mitigated"])
    assert 10 == len(others)


@pytest.mark.capability("3.4", face="api")
@pytest.mark.capability("3.4", face="ledger")
def test_texts_that_disagree_are_pointed_at_and_stop_the_review_until_the_author_says_why(
    lead: Program, draft: str
) -> None:
    """Both values, both places; the reason goes with the words to the reviewers and into the ledger."""
    texts = lead.get(f"/drafts/{draft}")["version"]["texts"]
    texts["customers"]["body"] += " About 3% of payments fail."
    texts["internal"]["body"] += " 12% of payments fail."
    shown = write(lead, draft, texts=texts)
    [found] = shown["contradictions"]
    assert ("between_texts", "share") == (found["code"], found["topic"])
    assert "Share: the text for customers says 3%, the one for internal teams 12%." == found["text"]
    place = found["places"][0]
    assert ("customers", "3%") == (
        place["audience"],
        texts["customers"][place["part"]][place["start"] : place["end"]],
    )
    refused = problem(submit(lead, draft), 422, "invalid")
    assert "statements.differences" == refused["errors"][0]["field"]
    assert "Write it the same, or say why it differs." in refused["detail"]
    key, why = found["key"], "Colleagues read the share of all attempts."
    shown = write(lead, draft, statements={"differences": [{"key": key, "reason": why}]})
    assert [(key, why)] == [(each["key"], each["explanation"]) for each in shown["contradictions"]]
    assert 200 == submit(lead, draft).status_code
    entry = LedgerEntry.objects.filter(kind="draft.submitted").latest("id")
    told = {"key": key, "code": "between_texts", "topic": "share"}
    assert [told] == ledger.read(entry).data["contradictions"]
    beside = ledger.texts_of(entry, SYSTEM)
    assert (found["text"], why) == (beside[f"contradictions.{key}"], beside[f"statements.differences.{key}"])


@pytest.mark.capability("3.4", face="api")
def test_a_reason_answers_the_values_it_was_given_for_and_no_others(lead: Program, draft: str) -> None:
    """The author edits other sentences: still answered. Another share, or another topic: asked anew."""
    texts = lead.get(f"/drafts/{draft}")["version"]["texts"]
    usual = {name: text["body"] for name, text in texts.items()}
    said = {"customers": " About 3% of payments fail.", "internal": " 12% of payments fail."}

    def written(customers: str, **more: Any) -> list[str]:
        texts["customers"]["body"] = f"{customers}{said['customers']} {usual['customers']}"
        texts["internal"]["body"] = usual["internal"] + said["internal"]
        found = write(lead, draft, texts=texts, **more)["contradictions"]
        return [each["topic"] for each in found if not each["explanation"]]

    assert ["share"] == written("")
    [found] = lead.get(f"/drafts/{draft}")["contradictions"]
    reason = {"key": found["key"], "reason": "Colleagues read the share of all attempts."}
    assert [] == written("", statements={"differences": [reason]})
    assert [] == written("Cards only. ")
    said["customers"] = " About 4% of payments fail."
    assert ["share"] == written("")
    said["customers"] = " About 3% of payments fail, those of 40 customers."
    said["internal"] = " 12% of payments fail, those of 90 customers."
    assert ["number of customers"] == written("")
    assert "90" in problem(submit(lead, draft), 422, "invalid")["detail"]


@pytest.mark.parametrize(
    ("differences", "told"),
    [
        ([{"key": "0" * 16, "reason": "Whatever."}], "No contradiction has the key 0000000000000000"),
        ([{"key": "a", "reason": "One."}, {"key": "a", "reason": "Two."}], "Explain each contradiction once"),
    ],
)
def test_a_reason_that_explains_nothing_is_refused(
    lead: Program, draft: str, differences: list[dict[str, str]], told: str
) -> None:
    version = lead.get(f"/drafts/{draft}")["version"]
    names = ("texts", "incident_state", "component_statuses", "next_update_at")
    body = {name: version[name] for name in names} | {"base_version": version["number"]}
    sent = body | {"statements": {"differences": differences}}
    refused = problem(lead.call("POST", f"/drafts/{draft}/versions", sent), 422, "invalid")
    assert told in refused["detail"]
    assert "statements.differences" == refused["errors"][0]["field"]
    assert version["number"] == lead.get(f"/drafts/{draft}")["version"]["number"]


def test_a_reason_that_is_too_long_starts_no_draft(lead: Program, house: make.House) -> None:
    incident = make.draft(house.incident()).draft.incident_id
    told = {"phase": "update", "reason": "x" * 2001}
    refused = problem(lead.call("POST", f"/incidents/{incident}/drafts", told), 422, "invalid")
    assert "reason" == refused["errors"][0]["field"]
