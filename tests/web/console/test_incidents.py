"""An incident page tells a story from the top."""

from __future__ import annotations

import pytest

from clarion.store.queries import incidents
from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.mark.capability("1.1", face="console")
def test_it_says_what_policy_requires_and_why(house: make.House, lead: Desk) -> None:
    seen = lead.read(f"/console/incidents/{house.incident().id}")
    assert "Formal updates Yes" in seen
    assert "Interval An update every 30 minutes" in seen
    assert "updates.severe SEV-1: customers notice an incident of this severity" in seen
    assert "reviews.facts Somebody who knows the technical facts" in seen


def test_it_is_told_from_facts_to_proof(house: make.House, lead: Desk) -> None:
    make.subscriber()
    update = house.update()
    seen = lead.read(f"/console/incidents/{update.incident_id}")
    story = seen[seen.index("Facts Detected") :]
    parts = (
        "Facts",
        "Promised and due",
        "Next update",
        "What policy requires, and why",
        "Published 1 Update 1",
    )
    more = ("Who got it, and how", "What happened", "Proof")
    order = [story.index(part) for part in (*parts, *more)]
    assert sorted(order) == order
    assert "1 Waiting" in seen
    assert "Lea Lead opened the incident by hand as SEV-1, application." in seen
    assert "Clarion published update 1 (investigating) on email, status page, webhook." in seen


@pytest.mark.capability("5.1", face="console")
def test_the_signals_that_opened_it_are_shown(house: make.House, lead: Desk) -> None:
    incident = make.incident_by_hook()
    seen = lead.read(f"/console/incidents/{incident.id}")
    assert "Signals 1 5xx 12% Firing from alertmanager" in seen
    assert "Clarion opened the incident from an alert" in seen


def test_a_person_opens_one_by_hand(house: make.House, lead: Desk) -> None:
    answer = lead.send(
        "/console/incidents/new",
        "",
        title="Checkout is down",
        severity="SEV-2",
        component_ids=[house.component.id],
    )
    assert 302 == answer.status_code
    seen = lead.read(answer["Location"])
    assert "Checkout is down SEV-2 Detected" in seen
    assert "Affects Checkout" in seen


def test_a_refusal_keeps_what_was_typed(house: make.House, lead: Desk) -> None:
    answer = lead.send(
        "/console/incidents/new",
        "",
        title="Checkout is down",
        category="data",
        detected_at="2126-01-01T00:00",
    )
    assert 422 == answer.status_code
    assert "The time of detection lies in the future." in words(answer)
    page = answer.content.decode()
    assert 'value="Checkout is down"' in page
    assert '<option value="data" selected>' in page
    assert 'value="2126-01-01T00:00"' in page


def test_a_change_of_severity_is_decided_anew_and_told(house: make.House, lead: Desk) -> None:
    path = f"/console/incidents/{house.incident().id}"
    lead.send(path, "change", severity="SEV-3")
    seen = lead.read(path)
    assert "every 120 minutes" in seen
    assert "Lea Lead changed severity from SEV-1 to SEV-3." in seen


def test_a_second_draft_is_refused_while_one_is_open(house: make.House, lead: Desk) -> None:
    incident = house.incident()
    path = f"/console/incidents/{incident.id}"
    token = lead.form(path, "change")["csrfmiddlewaretoken"]
    answer = lead.client.post(f"{path}/drafts", {"phase": "update", "csrfmiddlewaretoken": token})
    assert 409 == answer.status_code
    assert "This incident has an open draft already." in words(answer)


def test_a_reviewer_cannot_open_or_change_incidents(house: make.House, accuracy: Desk) -> None:
    path = f"/console/incidents/{house.incident().id}"
    assert "Change severity" not in accuracy.read(path)
    assert 403 == accuracy.get("/console/incidents/new").status_code
    token = accuracy.form("/console/", "logout")["csrfmiddlewaretoken"]
    values = {"title": "x", "severity": "SEV-5", "category": "data", "visibility": "public"}
    answer = accuracy.client.post(f"{path}/change", {**values, "csrfmiddlewaretoken": token})
    assert 403 == answer.status_code
    assert "SEV-1" == incidents.incident(path.rsplit("/", 1)[1]).severity


@pytest.mark.parametrize(
    ("state", "shown"), [("open", True), ("closed", False), ("all", True), ("nonsense", True)]
)
def test_the_list_can_be_filtered(house: make.House, lead: Desk, state: str, shown: bool) -> None:
    house.incident()
    assert shown == ("Checkout fails" in lead.read(f"/console/incidents?state={state}&page=99"))


def test_a_private_one_says_that_it_stays_inside(house: make.House, lead: Desk) -> None:
    incident = house.incident(visibility="private")
    assert "Private: never leaves the organisation" in lead.read(f"/console/incidents/{incident.id}")


def test_one_that_readers_never_heard_of_is_closed_with_a_reason(house: make.House, lead: Desk) -> None:
    path = f"/console/incidents/{house.incident().id}"
    assert 422 == lead.send(path, "close", state="false_alarm", reason=" ").status_code
    lead.send(path, "close", state="false_alarm", reason="A test of the pager")
    seen = lead.read(path)
    assert "False alarm" in seen
    assert "A test of the pager" in seen
    assert "Overtaken" in seen


def test_one_that_readers_know_cannot_be_closed_in_silence(house: make.House, lead: Desk) -> None:
    path = f"/console/incidents/{house.update().incident_id}"
    token = lead.form(path, "change")["csrfmiddlewaretoken"]
    values = {"state": "resolved", "reason": "Quietly", "csrfmiddlewaretoken": token}
    answer = lead.client.post(f"{path}/close", values)
    assert 409 == answer.status_code
    assert "Publish a resolution to close it." in words(answer)
