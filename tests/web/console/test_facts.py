"""The fact sheet on a screen: recorded, its gates in words, and the draft composed again from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clarion.actions.incident import open_incident
from clarion.store.queries import facts, incidents
from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.fixture
def incident(house: make.House) -> str:
    return str(house.incident().id)


@pytest.fixture
def path(incident: str) -> str:
    return f"/console/incidents/{incident}/facts"


def record(desk: Desk, path: str, **typed: object) -> str:
    answer = desk.send(path, "/facts", **typed)
    assert 302 == answer.status_code, words(answer)
    return desk.read(path)


@pytest.mark.capability("3.4", face="console")
def test_facts_are_recorded_on_a_screen_that_says_what_is_owed(lead: Desk, incident: str, path: str) -> None:
    assert "4 facts owed for the next update" in lead.read(f"/console/incidents/{incident}")
    before = lead.read(path)
    assert "Nobody has recorded any yet." in before
    assert "Say what readers see. Say who is affected, or that it is being measured." in before
    seen = record(
        lead,
        path,
        impact="declined card payments",
        affected__percent="4.5",
        affected__regions="Europe\nAsia",
        no_action_needed="on",
        our_action="restoring the payment nodes",
        confirmed__impact="on",
    )
    assert "Version 1 of the facts is recorded" in seen
    assert "Nothing: a text of this kind has what it needs." in seen
    assert "declined card payments Confirmed Confirmed: what readers see" in seen
    assert "Version 1 Lea Lead" in seen and "What readers see: added" in seen
    assert "recorded version 1 of the facts" in lead.read(f"/console/incidents/{incident}")
    assert "Say since when service is normal." in lead.read(f"{path}?phase=resolution")
    assert "4.5" == lead.form(path, "/facts")["affected.percent"]


def test_the_form_sent_as_it_stands_records_nothing(lead: Desk, path: str) -> None:
    record(lead, path, impact="declined card payments", started_at="2026-03-01T14:00")
    again = record(lead, path)
    assert "Nothing differs from what is recorded." in again


def test_the_seconds_of_a_moment_survive_a_field_that_does_not_show_them(
    house: make.House, lead: Desk
) -> None:
    """An alert knows the second; whoever adds a fact by hand does not take it away."""
    moment = make.NOW - timedelta(seconds=37)
    told = {"title": "T", "severity": "SEV-1", "category": "data", "component_ids": []}
    entry = make.run(open_incident, detected_at=moment, actor=make.actor(house.lead), **told)
    path = f"/console/incidents/{make.id_in(entry)}/facts"
    record(lead, path, impact="declined card payments")
    assert moment == facts.facts_view(incidents.incident(make.id_in(entry)), make.NOW).kept.sheet.detected_at
    assert "Detected: " not in lead.read(path)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"affected__percent": "140"}, "Write a share above 0 and up to 100."),
        ({"affected__number": "many"}, "Enter a whole number."),
        ({"started_at": "2026-03-02T14:00"}, "This lies in the future"),
        ({"started_at": "yesterday"}, "Write a date and a time in UTC"),
        ({"wrong": "It was search."}, "A correction says both"),
        ({"confirmed__done": "on"}, "nothing is there to confirm"),
        ({"impact": "x" * 1001}, "At most 1000 characters fit here."),
    ],
)
def test_a_mistake_is_said_and_the_rest_stays_typed(
    lead: Desk, path: str, typed: dict[str, str], said: str
) -> None:
    answer = lead.send(path, "/facts", **{"known": "It is the gateway.", **typed})
    assert 422 == answer.status_code
    assert said in words(answer)
    assert "It is the gateway." in answer.content.decode()
    assert "Nobody has recorded any yet." in lead.read(path)


def test_two_at_once_lose_nothing(lead: Desk, accuracy: Desk, path: str) -> None:
    page = lead.get(path)
    record(accuracy, path, impact="slow pages")
    answer = lead.send(path, "/facts", page=page, impact="declined cards")
    assert 409 == answer.status_code
    assert "Version 1 was recorded meanwhile" in words(answer)
    assert "declined cards" in answer.content.decode()
    assert 302 == lead.client.post(path, lead.form(path, "/facts", answer)).status_code


@pytest.mark.capability("3.2", face="console")
def test_a_hypothesis_is_shut_in_until_confirmed_or_decided(
    house: make.House, lead: Desk, accuracy: Desk, path: str
) -> None:
    assert "Only somebody with the role Accuracy reviewer can confirm it." in lead.read(path)
    lead.send(path, "/facts/cause", text="an expired certificate")
    seen = lead.read(path)
    assert "Hypothesis" in seen and "A hypothesis stays inside the organisation" in seen
    assert "Customers: The cause is not confirmed, so it stays out of this text" in seen
    typed = {"audiences": ["customers"], "reason": "It is in the news.", "expires_at": "2026-03-02T14:00"}
    wrong = lead.send(path, "/facts/disclose", **typed | {"expires_at": "2026-02-01T14:00"})
    assert "Let it end after now" in words(wrong)
    lead.send(path, "/facts/disclose", **typed)
    seen = lead.read(path)
    assert "May be told Lea Lead as communications lead" in seen
    assert "Customers: A decision to disclose it earlier is on record." in seen
    lead.send(path, "/end", reason="It was wrong.")
    assert "Withdrawn Lea Lead" in lead.read(path)
    accuracy.send(path, "/facts/cause", confirmed="on")
    seen = lead.read(path)
    assert "Confirmed by Ada Accuracy" in seen
    assert "Customers: The cause is confirmed." in seen


@pytest.mark.capability("3.6", face="console")
def test_an_estimate_names_its_engineer_and_is_withdrawn_with_a_reason(
    house: make.House, lead: Desk, incident: str, path: str
) -> None:
    typed = {"at": "2026-03-01T16:00", "basis": "The restore is half done.", "confidence": "medium"}
    wrong = lead.send(path, "/facts/estimate", **typed | {"at": "2026-03-01T13:00"})
    assert (422, True) == (wrong.status_code, "This time has passed" in words(wrong))
    lead.send(path, "/facts/estimate", **typed)
    seen = lead.read(path)
    assert "Assessed by Ada Accuracy" in seen and "confidence medium" in seen
    assert "This is an estimate and could change." in seen
    assert "Estimate to renew" in lead.read(f"/console/incidents/{incident}")
    lead.send(path, "/facts/estimate/end", reason="The restore failed.")
    assert "Assessed by" not in lead.read(path)


@pytest.mark.capability("1.6", face="console")
@pytest.mark.capability("3.4", face="console")
def test_the_draft_shows_its_facts_and_is_composed_again_from_them(
    house: make.House, lead: Desk, incident: str, path: str
) -> None:
    draft = f"/console/drafts/{make.draft(house.incident(category='network')).draft.id}"
    assert "moving traffic to a healthy route" in lead.read(draft)
    assert "Composed from what the incident itself says" in lead.read(draft)
    link = lead.get(draft).content.decode().split('<a href="/console/incidents/')[1].split('"')[0]
    path = f"/console/incidents/{link.split('/')[0]}/facts"
    record(lead, path, impact="declined card payments")
    seen = lead.read(draft)
    assert "The facts have changed since: What readers see: added." in seen
    assert 302 == lead.send(draft, "/compose").status_code
    seen = lead.read(draft)
    assert "Composed from version 1 of the facts" in seen
    assert "declined card payments" in seen
    assert "The facts have changed since" not in seen
    lead.send(draft, "/compose")
    assert "The facts would give the same texts again." in lead.read(draft)


def test_an_auditor_reads_the_facts_and_finds_no_button(auditor: Desk, lead: Desk, path: str) -> None:
    record(lead, path, impact="declined card payments")
    seen = auditor.read(path)
    assert "declined card payments" in seen
    assert "Record the facts" not in seen


def test_markup_in_a_fact_stays_text(lead: Desk, path: str) -> None:
    evil = "<script>alert(1)</script>"
    record(lead, path, impact=evil, known=evil, ruled_out=evil)
    lead.send(path, "/facts/cause", text=evil)
    page = lead.get(path).content.decode()
    assert evil not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.capability("1.5", face="console")
def test_a_question_is_answered_by_the_role_for_it(
    house: make.House, lead: Desk, accuracy: Desk, incident: str, path: str
) -> None:
    """Others read the answer and whom to ask; a reason that is missing keeps what was chosen."""
    assert "Hostile cause Not known yet For the role Accuracy reviewer." in lead.read(path)
    question = "/determine/security_confirmed"
    refused = accuracy.send(path, question, answer="yes", reason=" ")
    assert 422 == refused.status_code
    assert "yes" == accuracy.form(path, question, refused)["answer"]
    assert 302 == accuracy.send(path, question, answer="yes", reason="The logs show it.").status_code
    assert "Hostile cause Yes Ada Accuracy" in lead.read(path)
    told = lead.read(f"/console/incidents/{incident}")
    assert "recorded version 1 of the facts: hostile cause: yes" in told
    assert "The logs show it." in told
    token = accuracy.form(path, question)
    assert 404 == accuracy.client.post(f"{path}/determine/guilt", token).status_code
