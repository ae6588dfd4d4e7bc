"""The fact sheet for programs: read, written whole, cause, estimate and decisions to disclose."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from tests.web.api.conftest import Program, problem

FACTS = {
    "base_version": 0,
    "impact": "declined card payments",
    "affected": {"percent": 20.5, "regions": ["Europe"]},
    "started_at": "2026-03-01T14:00:00Z",
    "no_action_needed": True,
    "our_action": "moving payments to the second provider",
    "confirmed": ["impact"],
}
ESTIMATE = {"at": "2026-03-01T16:00:00Z", "basis": "The restore is half done.", "confidence": "medium"}


@pytest.fixture
def address(house: make.House) -> str:
    return f"/incidents/{house.incident().id}/facts"


@pytest.fixture
def engineer(house: make.House) -> Program:
    return Program(make.api_key(house.accuracy))


def put(program: Program, address: str, body: Any, **headers: str) -> Any:
    response = program.call("PUT", address, body, **headers)
    assert 200 == response.status_code, response.content.decode()
    return response.json()


@pytest.mark.capability("3.4", face="api")
def test_a_program_reads_what_is_owed_and_records_the_facts(lead: Program, address: str) -> None:
    before = lead.get(address)
    assert (0, None, "missing") == (before["version"], before["author"], before["states"]["impact"])
    assert ["impact", "affected", "reader_action", "our_action"] == [item["fact"] for item in before["owed"]]
    after = put(lead, address, FACTS)
    assert (1, "Lea Lead", []) == (after["version"], after["author"]["name"], after["owed"])
    assert ("confirmed", "reported") == (after["states"]["impact"], after["states"]["affected"])
    assert "2026-03-01T14:00:00Z" == after["facts"]["started_at"]
    assert after == lead.get(address)
    assert ["started_at", "restored_at", "data_integrity"][1:] == [
        item["fact"] for item in lead.get(f"{address}?phase=resolution")["owed"]
    ]
    found = problem(lead.call("GET", f"{address}?phase=party"), 422, "invalid")
    assert ["phase"] == [item["field"] for item in found["errors"]]


def test_a_write_on_an_older_version_is_refused_and_a_repeat_is_done_once(
    lead: Program, address: str
) -> None:
    first = put(lead, address, FACTS, Idempotency_Key="one")
    assert first == put(lead, address, FACTS, Idempotency_Key="one")
    problem(lead.call("PUT", address, FACTS), 409, "conflict")
    problem(lead.call("PUT", address, FACTS | {"base_version": 1}), 409, "already_done")
    versions = lead.get(f"{address}/versions")["items"]
    assert [1] == [item["version"] for item in versions]
    assert {"fact": "impact", "what": "added"} in versions[0]["changes"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("started_at", {"started_at": "2026-03-01T14:00:00"}),
        ("started_at", {"started_at": "2027-03-01T14:00:00Z"}),
        ("affected.percent", {"affected": {"percent": 120}}),
        ("affected.number", {"affected": {"number": "many"}}),
        ("confirmed", {"confirmed": ["weather"]}),
        ("impact", {"impact": "x" * 5001}),
        ("impact", {"impact": "x" * 1001}),
        ("weather", {"weather": "rain"}),
    ],
)
def test_what_does_not_fit_is_named_by_its_field(
    lead: Program, address: str, field: str, change: dict[str, Any]
) -> None:
    found = problem(lead.call("PUT", address, FACTS | change), 422, "invalid")
    assert [field] == [item["field"] for item in found["errors"]]
    assert 0 == lead.get(address)["version"]


@pytest.mark.capability("3.2", face="api")
def test_a_hypothesis_stays_inside_until_confirmed_or_decided(
    lead: Program, engineer: Program, house: make.House, address: str
) -> None:
    def told() -> dict[str, bool]:
        return {gate["audience"]: gate["allowed"] for gate in lead.get(address)["cause_may_be_told"]}

    cause = {"base_version": 0, "text": "An expired certificate"}
    assert "hypothesis" == put(lead, f"{address}/cause", cause)["states"]["cause"]
    assert (False, True) == (told()["customers"], told()["internal"])
    decision = {
        "audiences": ["customers"],
        "role": "communications_lead",
        "reason": "The provider has said so.",
        "expires_at": "2026-03-02T14:05:00Z",
    }
    decisions = address.replace("/facts", "/disclosures")
    made = lead.post(decisions, decision)
    assert told()["customers"]
    assert [made] == lead.get(decisions)["items"]
    lead.post(f"/disclosures/{made['id']}/withdraw", {"reason": "It was wrong."}, status=200)
    assert not told()["customers"]
    confirmed = cause | {"base_version": 1, "confirmed": True}
    problem(lead.call("PUT", f"{address}/cause", confirmed), 403, "forbidden")
    found = put(engineer, f"{address}/cause", confirmed)
    assert ("confirmed", house.accuracy.id) == (found["cause"]["state"], found["cause"]["confirmed_by"])
    assert told()["customers"]


@pytest.mark.capability("3.6", face="api")
def test_an_estimate_needs_an_assessment_and_is_withdrawn_with_a_reason(
    lead: Program, engineer: Program, house: make.House, address: str
) -> None:
    found = problem(lead.call("PUT", f"{address}/estimate", ESTIMATE), 422, "invalid")
    assert ["assessor"] == [item["field"] for item in found["errors"]]
    given = put(lead, f"{address}/estimate", ESTIMATE | {"assessor": house.accuracy.id})
    assert ("estimate", "2026-03-01T16:00:00Z") == (
        given["states"]["estimate"],
        given["estimate"]["expires_at"],
    )
    assert "could change" in given["estimate"]["caveat"]
    due = [item["kind"] for item in lead.get("/deadlines")["items"]]
    assert "etr" in due
    put(engineer, f"{address}/estimate", ESTIMATE | {"confidence": "high"})
    gone = lead.post(f"{address}/estimate/withdraw", {"reason": "It failed."}, status=200)
    assert (None, "missing") == (gone["estimate"], gone["states"]["estimate"])
    assert "etr" not in [item["kind"] for item in lead.get("/deadlines")["items"]]


@pytest.mark.capability("1.6", face="api")
@pytest.mark.capability("3.4", face="api")
def test_a_draft_is_composed_again_for_each_audience_from_the_facts(lead: Program, house: make.House) -> None:
    incident = house.incident(category="network")
    draft = make.draft(incident).draft.id
    before = lead.get(f"/drafts/{draft}")["version"]
    assert "moving traffic to a healthy route" in before["texts"]["customers"]["body"]
    put(lead, f"/incidents/{incident.id}/facts", FACTS)
    after = lead.post(f"/drafts/{draft}/compose", {"base_version": 1})["version"]
    assert (2, 1) == (after["number"], after["facts"]["sheet"])
    for text in after["texts"].values():
        assert "declined card payments" in text["body"] or "20.5 % of customers in Europe" in text["body"]
    problem(lead.call("POST", f"/drafts/{draft}/compose", {"base_version": 1}), 409, "conflict")
    problem(lead.call("POST", f"/drafts/{draft}/compose", {"base_version": 2}), 409, "already_done")


@pytest.mark.capability("1.5", face="api")
def test_counsel_determines_a_breach_and_nobody_else_does(
    lead: Program, engineer: Program, house: make.House, address: str
) -> None:
    counsel, answer = Program(make.api_key(house.legal)), {"base_version": 0, "answer": "no", "reason": "R"}
    breach = f"{address}/determinations/breach_determined"
    problem(lead.call("PUT", breach, answer), 403, "forbidden")
    found = problem(engineer.call("PUT", breach, answer), 403, "forbidden")
    assert "somebody with the role Legal counsel" in found["detail"]
    told = put(counsel, breach, answer)
    said = {"answer": "no", "by": house.legal.id, "at": "2026-03-01T14:05:00Z"}
    assert {"access_confirmed": None, "breach_determined": said, "security_confirmed": None} == told[
        "determinations"
    ]
    assert "no" == told["states"]["breach_determined"]
    problem(counsel.call("PUT", breach, answer), 409, "conflict")
    problem(counsel.call("PUT", breach, answer | {"base_version": 1}), 409, "already_done")
    problem(
        counsel.call("PUT", f"{address}/determinations/guilt", answer | {"base_version": 1}), 404, "not_found"
    )
