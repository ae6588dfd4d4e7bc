"""The board says what is promised, what waits for me and what is live, in this order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clarion.actions import people
from clarion.rules.access import SYSTEM
from tests import factories as make
from tests.web.api.conftest import Program
from tests.web.console.conftest import Desk


def test_a_quiet_board_says_so(lead: Desk) -> None:
    seen = lead.read("/console/")
    assert "Nothing is promised and nothing is due." in seen
    assert "Nothing waits for you." in seen
    assert "No incident is open." in seen


def test_it_is_read_in_the_order_that_matters(house: make.House, lead: Desk) -> None:
    house.incident()
    seen = lead.read("/console/")
    order = [seen.index(part) for part in ("Promised and due", "Waiting for you", "Live", "The house")]
    assert sorted(order) == order


@pytest.mark.capability("1.2", face="console")
def test_a_promise_is_shown_with_the_time_that_is_left_and_its_owner(
    house: make.House, lead: Desk, now: Any
) -> None:
    house.update()
    seen = lead.read("/console/")
    assert "30 min left On time Next update promised · Checkout fails" in seen
    assert "By 14:35 UTC Owner: Communications lead" in seen
    now.shift(timedelta(minutes=26))
    assert "4 min left Due soon" in lead.read("/console/")
    now.shift(timedelta(minutes=7))
    assert "3 min late Missed" in lead.read("/console/")


@pytest.mark.capability("4.3", face="console")
def test_a_window_that_runs_out_is_shown_to_everybody(house: make.House, auditor: Desk, now: Any) -> None:
    make.submitted(make.draft(house.incident()), by=house.lead)
    assert "5 min left On time Approval wanted" in auditor.read("/console/")
    now.shift(timedelta(minutes=6))
    make.settle(make.NOW + timedelta(minutes=6))
    assert "1 min late Missed Approval wanted" in auditor.read("/console/")


@pytest.mark.capability("4.3", face="console")
def test_who_is_missing_from_an_approved_draft_and_why_is_on_the_board(
    house: make.House, auditor: Desk
) -> None:
    """Cleo approved and was then relieved of the role; a second reviewer reads why they are asked."""
    view = make.approved(make.draft(house.incident()), author=house.lead, reviewers=house.reviewers)
    incident, another = view.draft.incident_id, make.person("clarity")
    make.run(people.revoke_role, user_id=house.clarity.id, role="clarity", actor=SYSTEM)
    make.settle()
    seen = auditor.read("/console/")
    assert "Owner: Clarity reviewer SEV-1: approval within 5 minutes." in seen
    assert "The person who approved as Clarity reviewer no longer holds that role." in seen
    assert "Clarity reviewer is missing:" in seen
    told = "did not publish version 1, since its review no longer holds. The person who approved as Clarity"
    assert told in auditor.read(f"/console/incidents/{incident}")
    assert "Decide as clarity reviewer Somebody" in Desk(another).read("/console/")


def test_a_review_that_ran_out_waits_for_the_lead(house: make.House, lead: Desk, now: Any) -> None:
    make.submitted(make.draft(house.incident()), by=house.lead)
    now.shift(timedelta(hours=5))
    assert "Submit it again: its review ran out of time" in lead.read("/console/")


def test_a_draft_waits_for_its_writer_and_then_for_its_reviewers(
    house: make.House, lead: Desk, accuracy: Desk, auditor: Desk
) -> None:
    view = make.draft(house.incident())
    assert "Finish it and ask for review" in lead.read("/console/")
    assert "Nothing waits for you." in accuracy.read("/console/")
    make.submitted(view, by=house.lead)
    assert "Decide as accuracy reviewer" in accuracy.read("/console/")
    assert "Nothing waits for you." in lead.read("/console/")
    assert "Nothing waits for you." in auditor.read("/console/")


@pytest.mark.capability("3.3", face="console")
def test_every_time_is_in_utc_and_in_the_persons_own_zone(house: make.House) -> None:
    make.run(
        people.create_person,
        email="k@larkspur.example",
        name="Kiran",
        password=make.PASSWORD,
        roles=["auditor"],
        time_zone="Asia/Kathmandu",
        actor=make.SYSTEM,
    )
    from clarion.store.queries.people import people as everybody

    kiran = everybody().get(email="k@larkspur.example")
    house.update()
    assert "By 14:35 UTC (20:20 UTC+05:45)" in Desk(kiran).read("/console/")


def test_it_refreshes_only_when_something_changed(house: make.House, lead: Desk) -> None:
    page = lead.get("/console/").content.decode()
    tag = page.split('"If-None-Match": "\\"')[1].split("\\")[0]
    asked = {"HX-Request": "true", "If-None-Match": f'"{tag}"'}
    assert 304 == lead.get("/console/live", headers=asked).status_code
    house.incident()
    fresh = lead.get("/console/live", headers=asked)
    assert 200 == fresh.status_code
    assert "Checkout fails" in fresh.content.decode()
    assert f'"{tag}"' != fresh["ETag"]


def test_news_is_spoken_only_when_it_is_new(house: make.House, lead: Desk) -> None:
    page = lead.get("/console/").content.decode()
    heard = page.split('"Board-News": "')[1].split('"')[0]
    asked = {"HX-Request": "true", "Board-News": heard}
    assert "hx-swap-oob" not in lead.get("/console/live", headers=asked).content.decode()
    house.incident()
    assert "1 open incidents" in lead.get("/console/live", headers=asked).content.decode()


def test_the_fragment_alone_is_no_page(lead: Desk) -> None:
    assert "/console/" == lead.get("/console/live")["Location"]


def test_quarantine_and_a_missing_worker_are_told(house: make.House, lead: Desk) -> None:
    make.hook(b"{}")
    seen = lead.read("/console/")
    assert "1 report in quarantine" in seen
    assert "No worker is running" in seen


@pytest.mark.capability("1.2", face="console")
@pytest.mark.capability("1.2", face="api")
def test_what_stays_missed_says_how_often_its_owner_was_reminded(
    house: make.House, lead: Desk, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the board, and for programs; with the mail that is on its way."""
    monkeypatch.setenv("CLARION_CHANNEL_EMAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("CLARION_CHANNEL_EMAIL_SENDER_ADDRESS", "status@example.org")
    house.update()
    for minutes in (30, 45, 75):
        make.settle(make.NOW + make.minutes(minutes))
    now.move_to(make.NOW + make.minutes(80))
    seen = lead.read("/console/")
    assert "Reminded 2 times last 5 min ago missed since 14:35 UTC" in seen
    assert "Mail to the owner: 3 waiting" in seen
    found = Program(make.api_key(house.auditor)).get("/deadlines")["items"]
    (owed,) = [each for each in found if each["kind"] == "next_update"]
    assert (2, "2026-03-01T15:20:00Z", "2026-03-01T16:20:00Z") == (
        owed["reminders"],
        owed["reminded_at"],
        owed["remind_at"],
    )
    mails = [(each["step"], each["number"], each["state"]) for each in owed["notices"]]
    assert [("miss", 0, "pending"), ("remind", 1, "pending"), ("remind", 2, "pending")] == mails
