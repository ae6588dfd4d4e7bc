"""A program chooses whom an update is for by the same rules as people do."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from tests.actions.audiences import CADENCE, OTHERS
from tests.rules.policy_documents import document
from tests.web.api.conftest import Program, problem


@pytest.fixture
def told(house: make.House) -> str:
    """The id of an incident of which everybody was told, each with a promise of their own."""
    policy = document(cadence=[*CADENCE, OTHERS])
    make.next_policy(policy, by=house.lead, approved_by=house.administrator)
    return str(house.update().incident_id)


def written(program: Program, draft: Any, **changes: Any) -> Any:
    """The next version as the one that was read, but for these."""
    version = draft["version"]
    names = ("texts", "incident_state", "component_statuses", "next_update_at")
    body = {name: version[name] for name in names} | {"base_version": version["number"]} | changes
    return program.call("POST", f"/drafts/{draft['id']}/versions", body)


@pytest.mark.capability("1.2", face="api")
def test_deadlines_name_their_audiences(lead: Program, told: str) -> None:
    """And an update names the time of each that hears later than the first."""
    found = lead.get(f"/deadlines?incident={told}")["items"]
    running = {tuple(each["audiences"]): each["due_at"] for each in found if each["kind"] == "next_update"}
    assert {
        ("internal",): "2026-03-01T14:35:00Z",
        ("customers", "support"): "2026-03-01T15:05:00Z",
        ("executives",): "2026-03-01T18:05:00Z",
    } == running
    (update,) = lead.get(f"/incidents/{told}/updates")["items"]
    assert "2026-03-01T14:35:00Z" == update["next_update_at"]
    assert "2026-03-01T18:05:00Z" == update["next_update_for"]["executives"]


@pytest.mark.capability("1.2", face="api")
def test_a_draft_for_some_and_versions_with_more_and_fewer(lead: Program, told: str) -> None:
    """What is left out of a version is named; a time left out stays what it was."""
    draft = lead.post(
        f"/incidents/{told}/drafts", {"phase": "update", "audiences": ["internal", "customers"]}
    )
    assert ["executives", "support"] == draft["version"]["left_out"]
    assert {"customers": "2026-03-01T15:05:00Z"} == draft["version"]["next_update_for"]
    answer = written(lead, draft)
    assert (201, {"customers": "2026-03-01T15:05:00Z"}) == (
        answer.status_code,
        answer.json()["version"]["next_update_for"],
    )
    text = {"internal": draft["version"]["texts"]["internal"]}
    fewer = written(lead, answer.json(), texts=text).json()["version"]
    assert (["customers", "executives", "support"], {}) == (fewer["left_out"], fewer["next_update_for"])


def test_refusals_name_the_field(lead: Program, told: str) -> None:
    """Nobody policy does not name; no time for those without a text; no end that only some hear of."""
    answer = lead.call("POST", f"/incidents/{told}/drafts", {"phase": "update", "audiences": ["partners"]})
    assert "audiences" == problem(answer, 422, "invalid")["errors"][0]["field"]
    draft = lead.post(f"/incidents/{told}/drafts", {"phase": "update", "audiences": ["internal"]})
    later = {"customers": "2026-03-01T16:05:00Z"}
    refused = problem(written(lead, draft, next_update_for=later), 422, "invalid")
    assert "next_update_for.customers" == refused["errors"][0]["field"]
    over = {"incident_state": "resolved", "next_update_at": None}
    refused = problem(written(lead, draft, **over), 422, "invalid")
    assert "texts.customers" == refused["errors"][0]["field"]
    assert "write for Customers, Executives, Support agents too." in refused["detail"]
