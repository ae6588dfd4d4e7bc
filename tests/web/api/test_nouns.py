"""What the other nouns show and do: quarantine, components, subscribers, deadlines, policy, people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from clarion.actions import deliver
from clarion.rules.delivery import Refused
from clarion.store.models import Hook
from clarion.store.policies import default_document
from tests import factories as make
from tests.web.api.conftest import Program, problem


def follow(program: Program, path: str) -> list[Any]:
    """Every item of a list, piece by piece."""
    found, address = [], path
    for _ in range(50):
        piece = program.get(address)
        found += piece["items"]
        if piece["next"] is None:
            return found
        address = piece["next"]
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_a_list_is_whole_in_pieces_of_any_size(lead: Program, limit: int) -> None:
    """Many of one instant too: the id decides between them."""
    new = {"severity": "SEV-5", "category": "data", "components": []}
    ids = [lead.post("/incidents", {"title": str(number), **new})["id"] for number in range(7)]
    listed = [item["id"] for item in follow(lead, f"/incidents?state=open&limit={limit}")]
    assert sorted(ids) == sorted(listed)
    assert listed == sorted(listed, reverse=True)


def test_what_comes_in_meanwhile_moves_nothing(lead: Program) -> None:
    new = {"title": "T", "severity": "SEV-5", "category": "data", "components": []}
    ids = [lead.post("/incidents", new)["id"] for _ in range(3)]
    first = lead.get("/incidents?limit=2")
    with time_machine.travel(make.NOW + timedelta(minutes=1), tick=False):
        lead.post("/incidents", new)
    rest = lead.get(first["next"])
    assert sorted(ids) == sorted(item["id"] for item in first["items"] + rest["items"])


def test_the_cursor_of_one_list_opens_no_other(house: make.House, lead: Program) -> None:
    for name in ("Search", "Mail"):
        make.component(name)
    address = lead.get("/components?limit=1")["next"]
    cursor = address.partition("?")[2]
    problem(lead.call("GET", f"/subscribers?{cursor}"), 422, "invalid")
    assert ["Mail"] == [item["name"] for item in lead.get(f"/components?{cursor}")["items"]]


def test_times_are_utc_with_z_and_zones_are_understood(lead: Program) -> None:
    opened = lead.post(
        "/incidents",
        {
            "title": "T",
            "severity": "SEV-5",
            "category": "data",
            "components": [],
            "detected_at": "2026-03-01T19:45:00+05:45",
        },
    )
    assert "2026-03-01T14:00:00Z" == opened["detected_at"]
    assert "2026-03-01T14:05:00Z" == opened["opened_at"]


def test_an_incident_that_readers_never_heard_of_is_closed_with_a_reason(
    house: make.House, lead: Program
) -> None:
    """Once only; and a state that is no end, or an empty reason, is refused by name."""
    address = f"/incidents/{house.incident().id}/close"
    for field, wrong in (("state", {"state": "monitoring"}), ("reason", {"reason": " "})):
        told = {"state": "false_alarm", "reason": "A probe was wrong."} | wrong
        found = problem(lead.call("POST", address, told), 422, "invalid")
        assert [field] == [item["field"] for item in found["errors"]]
    closed = lead.post(address, {"state": "false_alarm", "reason": "A probe was wrong."}, status=200)
    assert ("false_alarm", "2026-03-01T14:05:00Z") == (closed["state"], closed["resolved_at"])
    problem(lead.call("POST", address, {"state": "resolved", "reason": "Again"}), 409, "already_done")


def test_an_incident_that_readers_know_of_ends_with_a_published_resolution(
    house: make.House, lead: Program
) -> None:
    told = {"state": "resolved", "reason": "It is over."}
    address = f"/incidents/{house.update().incident_id}/close"
    found = problem(lead.call("POST", address, told), 409, "conflict")
    assert "Publish a resolution" in found["detail"]


def test_a_change_of_severity_changes_what_policy_requires(house: make.House, lead: Program) -> None:
    incident = house.incident(severity="SEV-3")
    changed = lead.call("PATCH", f"/incidents/{incident.id}", {"severity": "SEV-1"}).json()
    assert ("SEV-1", 30) == (changed["severity"], changed["requirements"]["update_every_minutes"])


@pytest.fixture
def kathmandu(settings: Any) -> Iterator[None]:
    """The page is read in Nepal."""
    held = settings.CLARION
    before = held.time_zone
    object.__setattr__(held, "time_zone", "Asia/Kathmandu")
    yield
    object.__setattr__(held, "time_zone", before)


@pytest.mark.capability("3.3", face="api")
def test_a_draft_holds_instants_and_shows_them_as_readers_will(
    house: make.House, lead: Program, kathmandu: None
) -> None:
    """What is approved is the reference; what is read is UTC and the zone of the page."""
    version = lead.get(f"/drafts/{make.draft(house.incident()).draft.id}")["version"]
    assert "Next update by {2026-03-01T14:35Z}." in version["texts"]["customers"]["body"]
    said = "Next update by 1 Mar 2026, 14:35 UTC (20:20 UTC+05:45)."
    assert said in version["read_as"]["customers"]["body"]
    assert [] == version["bare_times"]


@pytest.mark.capability("3.3", face="api")
def test_a_time_in_words_is_pointed_at_with_the_reference_it_means(
    house: make.House, lead: Program, kathmandu: None
) -> None:
    """A program can offer it to its author: where it stands, what it is read as, what to write instead."""
    view = make.draft(house.incident())
    version = lead.get(f"/drafts/{view.draft.id}")["version"]
    texts = version["texts"] | {"customers": {"title": "Since 19:00", "body": "Next update by 15:30 UTC."}}
    body = {name: version[name] for name in ("incident_state", "component_statuses", "next_update_at")}
    path = f"/drafts/{view.draft.id}/versions"
    answer = lead.call("POST", path, body | {"base_version": 1, "texts": texts}).json()
    first, second = answer["version"]["bare_times"]
    assert ("customers", "title", 6, 11, "{2026-03-01T13:15Z}") == tuple(
        first[name] for name in ("audience", "part", "start", "end", "suggestion")
    )
    assert ("body", "15:30 UTC", ["2026-03-01T15:30:00Z"]) == tuple(
        second[name] for name in ("part", "words", "instants")
    )
    assert "“15:30 UTC” is read as 1 Mar 2026, 15:30 UTC (21:15 UTC+05:45)." == second["text"]
    texts["customers"]["body"] = "Next update by {2026-02-30T15:30Z}."
    refused = lead.call("POST", path, body | {"base_version": 2, "texts": texts})
    assert (422, "texts.customers.body") == (refused.status_code, refused.json()["errors"][0]["field"])
    assert "{2026-02-30T15:30Z} is no time." in refused.json()["detail"]


@pytest.mark.capability("4.3", face="api")
def test_the_board_shows_an_approval_window_and_how_far_it_is(house: make.House, lead: Program) -> None:
    make.submitted(make.draft(house.incident()), by=house.lead)

    def window(after: float) -> Any:
        with time_machine.travel(make.NOW + make.minutes(after), tick=False):
            make.settle(make.NOW + make.minutes(after))
            [found] = lead.get("/deadlines")["items"]
            return found

    first = window(0)
    assert ("approval_window", "communications_lead") == (first["kind"], first["owner_role"])
    assert "2026-03-01T14:10:00Z" == first["due_at"]
    assert ["open", "warning", "missed"] == [window(after)["stage"] for after in (0, 4, 5)]
    assert "2026-03-01T14:10:00Z" == lead.get(f"/deadlines/{first['id']}")["missed_at"]
    kinds = [entry["kind"] for entry in lead.get("/ledger/entries?kind=deadline.")["items"]]
    assert ["deadline.warned", "deadline.missed"] == kinds


def test_a_quarantined_hook_is_looked_at_replayed_and_discarded(house: make.House, lead: Program) -> None:
    broken, other = make.hook(b'{"version": "4"}'), make.hook(b"nonsense")
    listed = lead.get("/hooks?state=quarantined")["items"]
    assert {broken, other} == {item["id"] for item in listed}
    shown = lead.get(f"/hooks/{broken}")
    assert ('{"version": "4"}', "alertmanager") == (shown["body"], shown["source"])
    assert "status" in shown["problem"]
    still = problem(lead.call("POST", f"/hooks/{broken}/replay"), 422, "invalid")
    assert "still cannot be read" in still["detail"]
    problem(lead.call("POST", f"/hooks/{broken}/discard", {"reason": " "}), 422, "invalid")
    lead.post(f"/hooks/{broken}/discard", {"reason": "Sent by a test."}, status=200)
    problem(lead.call("POST", f"/hooks/{broken}/discard", {"reason": "x"}), 409, "already_done")
    Hook.objects.filter(id=other).update(body=make.alert())  # the source's module learned to read it
    assert "received" == lead.post(f"/hooks/{other}/replay", status=200)["state"]
    make.settle()
    assert "read" == lead.get(f"/hooks/{other}")["state"]


def test_sources_show_no_secret(house: make.House, admin: Program) -> None:
    new = {
        "slug": "alertmanager-eu",
        "kind": "alertmanager",
        "config": {"tokens": ["a-token-that-nobody-shall-see"]},
    }
    added = admin.call("POST", "/sources", new)
    assert (201, "alertmanager-eu") == (added.status_code, added.json()["slug"])
    listed = admin.call("GET", "/sources")
    assert ["alertmanager", "alertmanager-eu"] == [item["slug"] for item in listed.json()["items"]]
    assert b"nobody-shall-see" not in added.content + listed.content
    again = problem(admin.call("POST", "/sources", new), 409, "conflict")
    assert "slug" == again["errors"][0]["field"]
    missing = new | {"slug": "x", "default_component": "nosuch"}
    found = problem(admin.call("POST", "/sources", missing), 422, "invalid")
    assert "default_component" == found["errors"][0]["field"]
    bad = new | {"slug": "x", "config": {"tokens": [1]}}
    assert "config" == problem(admin.call("POST", "/sources", bad), 422, "invalid")["errors"][0]["field"]


def test_subscribers_come_go_and_come_back(lead: Program) -> None:
    new = {"channel": "email", "address": "reader@example.org"}
    added = lead.post("/subscribers", new)
    assert ("active", "") == (added["state"], added["secret"])
    problem(lead.call("POST", "/subscribers", new), 409, "conflict")
    for field, value in (("address", "no address"), ("channel", "pigeon"), ("audience", "internal")):
        found = problem(lead.call("POST", "/subscribers", new | {field: value}), 422, "invalid")
        assert field == found["errors"][0]["field"]
    removed = lead.call("DELETE", f"/subscribers/{added['id']}").json()
    assert ("unsubscribed", "2026-03-01T14:05:00Z") == (removed["state"], removed["unsubscribed_at"])
    assert [] == lead.get("/subscribers?state=active")["items"]
    assert added["id"] == lead.post("/subscribers", new)["id"]
    assert "secret" not in lead.get(f"/subscribers/{added['id']}")


def test_a_failed_delivery_is_tried_again_under_its_id(house: make.House, lead: Program) -> None:
    make.subscriber("reader@example.org")
    update = house.update()
    [row] = deliver.claim(channel="email", worker="w", now=make.NOW)
    make.run(deliver.record, worker="w", outcomes={row: Refused("550 no such mailbox")})
    [failed] = lead.get("/deliveries?state=failed")["items"]
    assert ("550 no such mailbox", 1, update.id) == (failed["reason"], failed["attempts"], failed["update"])
    retried = lead.post(f"/deliveries/{failed['id']}/retry", status=200)
    assert (failed["id"], "pending", 0) == (retried["id"], retried["state"], retried["attempts"])
    problem(lead.call("POST", f"/deliveries/{failed['id']}/retry"), 409, "conflict")
    assert {"email": {"pending": 1}} == lead.get(f"/updates/{update.id}")["deliveries"]


def test_policies_have_numbers_and_a_bad_one_names_every_place(lead: Program, admin: Program) -> None:
    assert 1 == lead.get("/policy")["number"]
    text = default_document().replace("title: Default policy", "title: Ours")
    proposed = lead.post("/policy-proposals", {"document": text, "reason": "A name of our own."})
    admin.post(f"/policy-proposals/{proposed['id']}/approve", {"comment": "Yes."}, status=200)
    newest = lead.get("/policy")
    assert (2, "Lea Lead", "Admin Istra") == (
        newest["number"],
        newest["author"]["name"],
        newest["approved_by"]["name"],
    )
    assert [2, 1] == [item["number"] for item in lead.get("/policies")["items"]]
    assert default_document() == lead.get("/policies/1")["document"]
    again = {"document": text, "reason": "Once more."}
    problem(admin.call("POST", "/policy-proposals", again), 409, "already_done")
    found = problem(admin.call("POST", "/policy-proposals", again | {"document": "title: x"}), 422, "invalid")
    assert "line 1: format: this key is missing" in found["detail"]


def test_people_are_added_by_administrators(admin: Program) -> None:
    new = {
        "email": "ada@example.org",
        "name": "Ada",
        "password": make.PASSWORD,
        "roles": ["accuracy"],
    }
    added = admin.call("POST", "/people", new)
    assert ["accuracy"] == added.json()["roles"]
    assert make.PASSWORD.encode() not in added.content
    problem(admin.call("POST", "/people", new), 409, "conflict")
    short = problem(
        admin.call("POST", "/people", new | {"email": "b@x.org", "password": "x"}), 422, "invalid"
    )
    assert "password" == short["errors"][0]["field"]
    assert "Ada" in [item["name"] for item in admin.get("/people")["items"]]


def test_a_key_knows_whose_it_is(house: make.House) -> None:
    me = Program(make.api_key(house.auditor, "ledger:read")).get("/me")
    assert ("Otto Auditor", ["auditor"], ["ledger:read"]) == (me["name"], me["roles"], me["scopes"])


def test_health_tells_a_key_holder_in_detail(lead: Program) -> None:
    found = lead.get("/health")
    assert found["ok"] is False
    checks = {check["name"]: check for check in found["checks"]}
    assert "No worker is running" in checks["worker"]["text"]


def test_a_source_is_switched_off_and_its_secret_exchanged(house: make.House, admin: Program) -> None:
    """No answer shows a secret, and a sender without one that counts is refused."""
    address, new = "/sources/alertmanager", "another-long-bearer-token"
    changed = admin.call("PATCH", address, {"config": {"tokens": [make.TOKEN, new]}})
    assert (200, True) == (changed.status_code, changed.json()["enabled"])
    assert new not in changed.content.decode()
    assert False is admin.call("PATCH", address, {"enabled": False}).json()["enabled"]
    problem(admin.call("PATCH", address, {}), 409, "already_done")
    problem(admin.call("PATCH", address, {"config": {"tokens": []}}), 422, "invalid")
    problem(admin.call("PATCH", "/sources/nosuch", {"enabled": True}), 404, "not_found")
