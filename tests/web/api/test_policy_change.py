"""The policy changed by programs of two people; its schema, its differences, and a replay."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from clarion.rules.documents import KINDS
from clarion.store.policies import default_document, default_templates
from tests import factories as make
from tests.web.api.conftest import Program, problem
from tests.web.api.conftest import found as found_in

HASTY = default_document().replace("every_minutes: 30,", "every_minutes: 20,")
CHANGE = {"place": "cadence.sev-1", "kind": "changed", "details": ["every_minutes: 30 → 20"]}


@pytest.mark.capability("1.2", face="api")
def test_a_change_is_proposed_tried_and_approved_by_another(
    house: make.House, lead: Program, admin: Program
) -> None:
    incident = house.incident()
    proposed = lead.post("/policy-proposals", {"document": HASTY, "reason": "Sooner."})
    path = f"/policy-proposals/{proposed['id']}"
    assert ("proposed", [CHANGE]) == (proposed["state"], proposed["changes"])
    problem(lead.call("POST", f"{path}/approve", {}), 403, "forbidden")
    tried = admin.get(f"{path}/replay")
    assert (1, [incident.id]) == (tried["tried"], [each["incident"] for each in tried["different"]])
    change = {"name": "update_every_minutes", "before": "30", "after": "20"}
    assert change in tried["different"][0]["changes"]
    approved = admin.post(f"{path}/approve", {"comment": "Yes."}, status=200)
    assert ("approved", 2) == (approved["state"], approved["number"])
    assert HASTY == lead.get("/policy")["document"]
    assert [CHANGE] == lead.get("/policies/1/diff/2")["changes"]
    moved = lead.post(f"/incidents/{incident.id}/reevaluate", status=200)
    assert (2, 20) == (moved["policy_version"], moved["requirements"]["update_every_minutes"])
    problem(lead.call("POST", f"/incidents/{incident.id}/reevaluate"), 409, "already_done")


def test_a_proposal_is_rejected(house: make.House, lead: Program, admin: Program) -> None:
    path = f"/policy-proposals/{make.proposal(HASTY, by=house.lead)}"
    rejected = admin.post(f"{path}/reject", {"reason": "Not now."}, status=200)
    assert ("rejected", "Not now.") == (rejected["state"], rejected["comment"])
    assert ["rejected"] == [each["state"] for each in lead.get("/policy-proposals")["items"]]
    problem(admin.call("POST", f"{path}/approve", {}), 409, "already_done")


def test_the_schema_is_at_a_fixed_address(house: make.House, lead: Program) -> None:
    assert KINDS["document"].schema() == lead.get("/policy/schema")
    for kind in KINDS:
        assert KINDS[kind].schema() == lead.get(f"/policy/schema?kind={kind}")
    found = problem(lead.call("GET", "/policy/schema?kind=poems"), 422, "invalid")
    assert ["kind"] == [each["field"] for each in found["errors"]]


@pytest.mark.capability("1.6", face="api")
@pytest.mark.capability("3.5", face="api")
def test_templates_and_lint_rules_are_changed_the_same_way(
    house: make.House, lead: Program, admin: Program
) -> None:
    """What is left out stays; what changes is named by place, and tried on what was published."""
    update = house.update()
    was = lead.get("/policy")
    assert (default_templates(), "") == (was["templates"], was["lint_rules"])
    ours = default_templates().replace("We know that", "We have seen that", 1)
    rules = make.lint_rules("problem", example="A problem.")
    told = {"templates": ours, "lint_rules": rules, "reason": "Our words.", "base_number": 1}
    proposed = lead.post("/policy-proposals", told)
    assert ([], ["phases.holding.body"], ["ORG-001"]) == tuple(
        [each["place"] for each in proposed[name]]
        for name in ("changes", "template_changes", "lint_rule_changes")
    )
    line = "{service!} is not working normally: {symptom!}."
    assert [f"- We know that {line}", f"+ We have seen that {line}"] == (
        proposed["template_changes"][0]["details"]
    )
    path = f"/policy-proposals/{proposed['id']}"
    tried = admin.get(f"{path}/replay")
    assert (1, 1, []) == (tried["tried"], tried["updates_tried"], tried["different"])
    [again] = tried["updates_different"]
    assert (update.id, []) == (again["update"], again["gone"])
    assert {"rule": "ORG-001", "severity": "warn", "audience": "customers", "words": "Problem"} in again[
        "new"
    ]
    admin.post(f"{path}/approve", {"comment": "Yes."}, status=200)
    now = lead.get("/policy")
    assert (was["document"], ours, rules) == (now["document"], now["templates"], now["lint_rules"])
    assert ["ORG-001"] == [each["place"] for each in lead.get("/policies/1/diff/2")["lint_rule_changes"]]
    draft = make.draft(house.incident(title="next"))
    assert "We have seen that" in draft.version.texts["customers"]["body"]
    found = lead.get(f"/drafts/{draft.draft.id}/findings")["items"]
    assert "ORG-001" in {each["rule"] for each in found}


def test_every_document_that_cannot_be_used_is_named(lead: Program) -> None:
    told = {"templates": "phases: [", "lint_rules": "a: b", "reason": "So."}
    found = problem(lead.call("POST", "/policy-proposals", told), 422, "invalid")
    assert ["templates", "lint_rules"] == [each["field"] for each in found["errors"]]
    assert "line 1: document: this is not YAML" in found["errors"][0]["detail"]
    problem(lead.call("POST", "/policy-proposals", {"reason": "So."}), 409, "already_done")
    late = {"lint_rules": "", "reason": "So.", "base_number": 7}
    problem(lead.call("POST", "/policy-proposals", late), 409, "conflict")


@pytest.mark.capability("1.2", face="api")
def test_no_change_is_said_once_in_a_row(house: make.House, lead: Program) -> None:
    """Then the program names what has been ruled out, or is told to."""
    incident = house.update().incident
    for minute in (1, 2):
        now = make.NOW + make.minutes(minute)
        with time_machine.travel(now, tick=False):
            view = silent(incident, lead, f"Still looking, {minute}.")
            if minute == 1:
                make.published(view, author=house.lead, reviewers=house.reviewers, now=now)
                continue
            told = {"version": view.version.number}
            address = f"/drafts/{view.draft.id}"
            found = problem(lead.call("POST", f"{address}/submit", told), 422, "invalid")
            assert ["ruled_out"] == [item["field"] for item in found["errors"]]
            edited = lead.post(f"{address}/versions", words_of(view) | {"ruled_out": "The network."})
            assert (True, "The network.") == (edited["version"]["no_change"], edited["version"]["ruled_out"])
            number, confirmed = edited["version"]["number"], found_in(lead, view.draft.id, "warn")
            lead.post(f"{address}/submit", {"version": number, "confirmed": confirmed}, status=200)


def silent(incident: Any, lead: Program, body: str) -> Any:
    """A draft that tells nothing new."""
    begun = lead.post(f"/incidents/{incident.id}/drafts", {"phase": "update"})
    view = make.draft(incident)
    told = words_of(view)
    told["texts"]["customers"]["body"] = body
    lead.post(f"/drafts/{begun['id']}/versions", told)
    return make.draft(incident)


def words_of(view: Any) -> dict[str, Any]:
    version = view.version
    return {
        "base_version": version.number,
        "texts": version.texts,
        "incident_state": version.incident_state,
        "component_statuses": version.component_statuses,
        "next_update_at": version.next_update_at.isoformat(),
        "no_change": True,
    }
