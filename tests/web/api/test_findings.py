"""A program reads what was found, counsel's program overrides it, and a suggestion is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from tests.web.api.conftest import Program, problem

CLEAN = (
    "Customers in the EU cannot pay by card. You do not need to do anything. We are finding out what changed."
    " Next update by 14:35 UTC."
)


def draft_saying(house: make.House, said: str) -> str:
    view = make.draft(house.incident())
    texts = view.version.texts | {"customers": {"title": "Payments fail", "body": f"{CLEAN} {said}"}}
    return f"/drafts/{make.edited(view, by=house.lead, texts=texts).draft.id}"


def blocks(program: Program, path: str) -> list[Any]:
    return [item for item in program.get(f"{path}/findings")["items"] if item["severity"] == "block"]


@pytest.mark.capability("8.2", face="api")
def test_counsel_overrides_an_admission_of_fault(house: make.House, lead: Program) -> None:
    path = draft_saying(house, "This was our own mistake.")
    (found,) = blocks(lead, path)
    assert ("ADM-001", "our own mistake", "customers", "body") == tuple(
        found[name] for name in ("rule", "words", "audience", "part")
    )
    body = f"{CLEAN} This was our own mistake."
    assert "our own mistake" == body[found["start"] : found["end"]]
    problem(lead.call("POST", f"{path}/submit", {"version": 2}), 409, "conflict")
    address = f"{path}/findings/{found['fingerprint']}/waiver"
    word = {"version": 2, "reason": "Agreed with the insurer."}
    problem(lead.call("POST", address, word), 403, "forbidden")
    counsel = Program(make.api_key(make.person("legal", name="Carl Counsel")))
    (overridden,) = [
        item for item in counsel.post(address, word)["items"] if item["fingerprint"] == found["fingerprint"]
    ]
    assert "Carl Counsel" == overridden["waiver"]["person"]["name"]
    sent = {"version": 2, "reason": "Nothing to say."}
    assert "in_review" == lead.post(f"{path}/submit", sent, status=200)["state"]
    (signed,) = lead.get(f"{path}/findings")["waivers"]
    assert ("ADM-001", "our own mistake", "legal", "Agreed with the insurer.", 2) == tuple(
        signed[name] for name in ("rule", "words", "role", "reason", "version")
    )
    assert "Carl Counsel" == signed["person"]["name"]


@pytest.mark.capability("3.5", face="api")
def test_a_suggestion_makes_the_next_version(house: make.House, lead: Program) -> None:
    make.person("clarity", name="Wilhelmina Tern")
    path = draft_saying(house, "Wilhelmina Tern is on it.")
    (found,) = blocks(lead, path)
    assert "our team" == found["replacement"]
    address = f"{path}/findings/{found['fingerprint']}/apply"
    problem(lead.call("POST", address, {"version": 1}), 409, "conflict")
    written = lead.post(address, {"version": 2})
    assert written["version"]["texts"]["customers"]["body"].endswith("our team is on it.")
    assert [] == blocks(lead, path)


def test_warnings_must_be_named(house: make.House, lead: Program) -> None:
    path = draft_saying(house, "A small glitch delayed some payments.")
    refused = problem(lead.call("POST", f"{path}/submit", {"version": 2}), 422, "invalid")
    assert ["confirmed"] == [each["field"] for each in refused["errors"]]
    warnings = [
        item["fingerprint"] for item in lead.get(f"{path}/findings")["items"] if item["severity"] == "warn"
    ]
    lead.post(f"{path}/submit", {"version": 2, "confirmed": warnings}, status=200)


def test_what_is_not_found_cannot_be_overridden_or_applied(house: make.House, lead: Program) -> None:
    path = draft_saying(house, "")
    counsel = Program(make.api_key(make.person("legal")))
    nothing = f"{path}/findings/{'0' * 16}"
    problem(counsel.call("POST", f"{nothing}/waiver", {"version": 2, "reason": "x"}), 404, "not_found")
    problem(lead.call("POST", f"{nothing}/apply", {"version": 2}), 404, "not_found")


@pytest.mark.capability("8.2", face="api")
def test_a_program_learns_which_jurisdictions_were_taken_and_why(house: make.House, lead: Program) -> None:
    """Those of the fact sheet among them; one that does not exist is refused by name."""
    incident = house.incident()
    address = f"/incidents/{incident.id}/facts"
    wrong = lead.call("PUT", address, {"base_version": 0, "jurisdictions": ["Mars"]})
    assert ["jurisdictions"] == [item["field"] for item in problem(wrong, 422, "invalid")["errors"]]
    told = lead.call("PUT", address, {"base_version": 0, "jurisdictions": ["US"]}).json()
    assert ["US"] == told["facts"]["jurisdictions"]
    found = lead.get(f"/drafts/{make.draft(incident).draft.id}/findings")["jurisdictions"]
    why = ["Affected readers are there, says the fact sheet."]
    assert [{"code": "US", "label": "United States", "reasons": why}] == found


@pytest.mark.capability("3.2", face="api")
@pytest.mark.capability("1.5", face="api")
def test_a_program_learns_that_a_withheld_number_or_cause_was_typed(house: make.House, lead: Program) -> None:
    """In whatever words; the reason says why it is withheld, and not what."""
    view = make.draft(house.incident())
    address = f"/incidents/{view.draft.incident_id}/facts"
    sheet = {"base_version": 0, "affected": {"number": 4213}}
    assert 200 == lead.call("PUT", address, sheet).status_code
    guess = {"base_version": 1, "text": "An expired certificate of the gateway"}
    assert 200 == lead.call("PUT", f"{address}/cause", guess).status_code
    body = "4213 customers wait. A certificate at the gateway expired."
    make.edited(view, by=house.lead, texts={**view.version.texts, "customers": {"title": "T", "body": body}})
    items = lead.get(f"/drafts/{view.draft.id}/findings")["items"]
    found = [(item["words"], item["severity"]) for item in items if item["rule"] == "STR-016"]
    assert [("4213", "block"), ("certificate at the gateway expired", "review")] == found
