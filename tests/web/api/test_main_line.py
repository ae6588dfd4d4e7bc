"""The main line through the API alone: from an alert to what an auditor can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clarion.rules.merkle import leaf_hash
from clarion.store import ledger
from clarion.store.keys import signer
from tests import factories as make
from tests.web.api.conftest import Program, found, problem


@pytest.fixture
def folder(house: make.House, clarion_home: Path, tmp_path: Path) -> Path:
    make.keys(clarion_home)
    return make.site(tmp_path / "page")


def alert_arrives() -> None:
    response = Client().post(
        "/hooks/alertmanager",
        make.alert(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {make.TOKEN}"},
    )
    assert 202 == response.status_code
    make.settle()


def approve(program: Program, draft: Any, role: str, **headers: str) -> Any:
    word = {
        "version": draft["version"]["number"],
        "digest": draft["version"]["digest"],
        "role": role,
        "decision": "approved",
        "looked_at": found(program, draft["id"], "review"),
    }
    return program.post(f"/drafts/{draft['id']}/reviews", word, **headers)


def edit(program: Program, draft: Any, body: str) -> Any:
    version = draft["version"]
    texts = version["texts"] | {"customers": {"title": "Checkout fails", "body": body}}
    new = {
        "base_version": version["number"],
        "texts": texts,
        "incident_state": version["incident_state"],
        "component_statuses": version["component_statuses"],
        "next_update_at": version["next_update_at"],
    }
    return program.post(f"/drafts/{draft['id']}/versions", new)


@pytest.mark.capability("5.1", face="api")
@pytest.mark.capability("5.4", face="api")
def test_an_alert_becomes_an_incident_with_a_first_draft(house: make.House, lead: Program) -> None:
    """Its labels choose severity, category and component, and the category fills the template."""
    alert_arrives()
    [incident] = lead.get("/incidents?state=open")["items"]
    assert ("SEV-1", "application", "detected") == tuple(
        incident[key] for key in ("severity", "category", "state")
    )
    assert [{"component": house.component.id, "name": "Checkout", "status": "major_outage"}] == incident[
        "components"
    ]
    [signal] = lead.get(f"/incidents/{incident['id']}/signals")["items"]
    assert ("alertmanager", "5xx 12%", "firing") == (signal["source"], signal["title"], signal["status"])
    [summary] = lead.get(f"/drafts?open=true&incident={incident['id']}")["items"]
    draft = lead.get(f"/drafts/{summary['id']}")
    assert "holding" == draft["phase"]
    assert "you may see errors or slow pages" in draft["version"]["texts"]["customers"]["body"]
    assert draft["version"]["author"] is None


@pytest.mark.capability("1.1", face="api")
@pytest.mark.capability("1.2", face="api")
def test_policy_says_what_it_requires_and_why(house: make.House, lead: Program) -> None:
    words = {"title": "T", "category": "data", "components": []}
    required = lead.post("/incidents", {**words, "severity": "SEV-3"})["requirements"]
    assert required["formal_updates"] is True
    assert (120, 15) == (required["update_every_minutes"], required["warn_minutes"])
    assert ["updates.limited", "scope.not-about-outage"] == [
        reason["code"] for reason in required["because"]["formal_updates"][:2]
    ]
    assert ["cadence.sev-3"] == [reason["code"] for reason in required["because"]["cadence"]]
    assert ["accuracy", "clarity"] == [review["role"] for review in required["reviews"]]
    minor = lead.post("/incidents", {**words, "severity": "SEV-4"})["requirements"]
    assert minor["formal_updates"] is False
    assert "too small for a public update" in minor["reasons"][0]["text"]


@pytest.mark.capability("4.1", face="api")
@pytest.mark.capability("4.4", face="api")
def test_two_people_who_did_not_write_it_approve_and_it_is_published(
    house: make.House, lead: Program, folder: Path
) -> None:
    """Hook, incident, draft, edit, submit, two approvals, page, deliveries, ledger: all by keys."""
    admin = Program(make.api_key(house.administrator))
    admin.post("/subscribers", {"channel": "email", "address": "reader@example.org"})
    hook = admin.post("/subscribers", {"channel": "webhook", "address": "https://hooks.example.org/x"})
    assert hook["secret"].startswith("whsec_")
    alert_arrives()
    [incident] = lead.get("/incidents")["items"]
    [summary] = lead.get("/drafts")["items"]
    draft = edit(lead, lead.get(f"/drafts/{summary['id']}"), "One order in eight fails.")
    assert (2, "Lea Lead") == (draft["version"]["number"], draft["version"]["author"]["name"])
    told = {"version": 2, "confirmed": found(lead, draft["id"], "warn")}
    lead.post(f"/drafts/{draft['id']}/submit", told, status=200)

    accuracy, clarity = (Program(make.api_key(person)) for person in (house.accuracy, house.clarity))
    assert [("accuracy", draft["id"])] == [
        (item["role"], item["draft"]["id"]) for item in accuracy.get("/me/reviews")["items"]
    ]
    first = approve(accuracy, draft, "accuracy")
    assert ("in_review", ["clarity"]) == (first["state"], first["review"]["missing"])
    assert "approved" == approve(clarity, draft, "clarity")["state"]
    make.settle()

    assert "published" == lead.get(f"/drafts/{draft['id']}")["state"]
    [update] = lead.get(f"/incidents/{incident['id']}/updates")["items"]
    assert "One order in eight fails." == update["texts"]["customers"]["body"]
    assert {"email": {"pending": 1}, "webhook": {"pending": 1}} == update["deliveries"]
    shown = json.loads((folder / "api/v2/summary.json").read_text())
    assert "One order in eight fails." in shown["incidents"][0]["incident_updates"][0]["body"]
    log = lead.get(f"/deliveries?update={update['id']}")["items"]
    assert {"email", "webhook"} == {delivery["channel"] for delivery in log}
    [promise] = lead.get("/deadlines")["items"]
    assert ("next_update", "open", update["next_update_at"]) == (
        promise["kind"],
        promise["stage"],
        promise["due_at"],
    )


@pytest.mark.capability("8.6", face="api")
def test_an_auditor_reads_what_happened_and_can_hash_it_again(house: make.House, folder: Path) -> None:
    """Entries of one incident are numbered without gaps and hold the bytes that the tree is made of."""
    update = house.update()
    auditor = Program(make.api_key(house.auditor, "ledger:read"))
    entries = auditor.get(f"/ledger/entries?incident={update.incident_id}&limit=100")["items"]
    assert list(range(1, len(entries) + 1)) == [entry["incident_seq"] for entry in entries]
    kinds = [entry["kind"] for entry in entries]
    for kind in ("incident.opened", "draft.created", "draft.submitted", "draft.approval_given"):
        assert kind in kinds
    assert kinds.index("draft.approved") < kinds.index("update.published")
    for entry in entries:
        assert entry["leaf_hash"] == leaf_hash(entry["canonical"].encode()).hex()
    head = auditor.get("/ledger/checkpoint")
    assert head["entries"] == head["unsealed"] > len(entries)

    ledger.seal(signer=signer(), now=make.NOW)
    sealed = auditor.get("/ledger/checkpoint")
    assert 0 == sealed["unsealed"]
    assert sealed["checkpoint"].splitlines()[1] == str(sealed["entries"])
    assert auditor.get(f"/ledger/entries/{entries[0]['id']}")["leaf_index"] is not None


@pytest.mark.capability("4.1", face="api")
def test_nobody_approves_what_they_wrote(house: make.House) -> None:
    """A key acts as its owner: a program cannot approve its owner's words, whatever its scopes."""
    view = make.draft(house.incident())
    make.submitted(make.edited(view, by=house.accuracy), by=house.lead)
    program = Program(make.api_key(house.accuracy))
    draft = program.get(f"/drafts/{view.draft.id}")
    word = {"version": 2, "digest": draft["version"]["digest"], "role": "accuracy", "decision": "approved"}
    refused = problem(program.call("POST", f"/drafts/{draft['id']}/reviews", word), 403, "forbidden")
    assert "You wrote part of this text" in refused["detail"]
    assert [] == program.get(f"/drafts/{draft['id']}/reviews")["items"]


@pytest.mark.capability("4.1", face="api")
def test_an_edit_voids_what_was_approved(house: make.House, lead: Program) -> None:
    view = make.submitted(make.draft(house.incident()), by=house.lead)
    accuracy = Program(make.api_key(house.accuracy))
    draft = approve(accuracy, lead.get(f"/drafts/{view.draft.id}"), "accuracy")
    newer = edit(lead, draft, "Other words.")
    assert ("draft", ["accuracy", "clarity"]) == (newer["state"], newer["review"]["missing"])
    [word] = lead.get(f"/drafts/{view.draft.id}/reviews")["items"]
    assert "version 2 was written" == word["void_reason"]
    stale = {"version": 1, "digest": draft["version"]["digest"], "role": "clarity", "decision": "approved"}
    clarity = Program(make.api_key(house.clarity))
    problem(clarity.call("POST", f"/drafts/{view.draft.id}/reviews", stale), 409, "conflict")


@pytest.mark.capability("4.4", face="api")
def test_versions_remarks_and_words_stay_readable(house: make.House, lead: Program) -> None:
    view = make.draft(house.incident())
    draft = edit(lead, lead.get(f"/drafts/{view.draft.id}"), "Better words.")
    path = f"/drafts/{draft['id']}"
    remark = lead.post(f"{path}/comments", {"body": "Do we know since when?"})
    assert (2, "Lea Lead") == (remark["version"], remark["person"]["name"])
    confirmed = found(lead, draft["id"], "warn")
    lead.post(f"{path}/submit", {"version": 2, "confirmed": confirmed}, status=200)
    word = {
        "version": 2,
        "digest": draft["version"]["digest"],
        "role": "clarity",
        "decision": "changes_requested",
        "comment": "Say since when.",
    }
    answered = Program(make.api_key(house.clarity)).post(f"{path}/reviews", word)
    assert "changes_requested" == answered["state"]
    lead.post(f"{path}/withdraw", {"reason": "Overtaken."}, status=200)
    assert [2, 1] == [version["number"] for version in lead.get(f"{path}/versions")["items"]]
    assert ["Do we know since when?"] == [item["body"] for item in lead.get(f"{path}/comments")["items"]]
    assert ["Say since when."] == [item["comment"] for item in lead.get(f"{path}/reviews")["items"]]
    kinds = [item["kind"] for item in lead.get(f"/ledger/entries?subject=draft:{draft['id']}")["items"]]
    assert [
        "draft.created",
        "draft.edited",
        "draft.commented",
        "draft.submitted",
        "draft.changes_requested",
        "draft.withdrawn",
    ] == kinds
