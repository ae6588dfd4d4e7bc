"""Time runs: what was promised is shown, warned of and missed on the board, and nothing publishes itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Stage
from tests.journeys.desk import Desk, Seat, id_in, incident_of, open_by_hand, publish, submit

pytestmark = pytest.mark.service("chromium")

TITLE = "Orders hang"


def let_time_pass(stage: Stage, kind: str, incident: str, until: str) -> None:
    """As if the minutes had gone by: ``until`` is ``warn_at`` or ``due_at``, which becomes now.

    The least time that a policy can give is a minute, which is long for a test.
    """
    found = stage.here.python(
        "from clarion.store.models import Deadline\n"
        f"rows = Deadline.objects.filter(kind={kind!r}, incident_id={id_in(incident)!r},"
        " satisfied_at=None, cancelled_at=None)\n"
        f"result = rows.update({until}=now)"
    )
    assert 1 == found


def line(desk: Desk, kind: str, title: str) -> Locator:
    """One deadline on a board that refreshes itself."""
    rows = desk.section("Promised and due").get_by_role("listitem")
    return rows.filter(has_text=kind).filter(has_text=title)


@pytest.mark.capability("1.2", face="console")
def test_a_promise_is_shown_warned_of_and_missed_and_nothing_publishes_itself(
    stage: Stage, seat: Seat, stranger: Desk
) -> None:
    lead, accuracy, clarity = seat("communications_lead"), seat("accuracy"), seat("clarity")
    draft = open_by_hand(lead, TITLE)
    incident = incident_of(lead, draft)
    publish(lead, accuracy, clarity, draft)

    board = lead.go("/console/")
    promise = line(lead, "Next update promised", TITLE)
    expect(promise).to_contain_text("On time")
    expect(promise).to_contain_text(re.compile(r"By .*\d\d:\d\d UTC"))
    expect(promise).to_contain_text("Owner: Communications lead")
    let_time_pass(stage, "next_update", incident, "warn_at")
    expect(promise).to_contain_text("Due soon", timeout=15_000)
    let_time_pass(stage, "next_update", incident, "due_at")
    expect(promise).to_contain_text("Missed", timeout=15_000)
    owed = lead.section("Waiting for you").get_by_role("link", name=f"Update for {TITLE}")
    expect(owed).to_be_visible(timeout=15_000)
    expect(board.get_by_role("status").filter(has_text="missed")).to_contain_text(
        re.compile(r"[1-9]\d* missed")
    )

    owed.click()
    expect(lead.page.locator("main")).to_contain_text("is still not working normally")
    lead.go(incident)
    expect(lead.section("Published").get_by_role("article")).to_have_count(1)
    story = lead.section("What happened")
    for said in ("warned that a deadline is near", "noted that a deadline was missed", "update"):
        expect(story).to_contain_text(said)
    shown = stranger.go(f"/incidents/{id_in(incident)}/").locator("main")
    expect(shown).not_to_contain_text("is still not working normally")


@pytest.mark.capability("4.3", face="console")
def test_an_approval_window_is_shown_warned_of_and_runs_out(stage: Stage, seat: Seat, stranger: Desk) -> None:
    """Its end publishes nothing and takes no approval away."""
    lead, accuracy = seat("communications_lead"), seat("accuracy")
    draft = open_by_hand(lead, "Refunds wait", severity="SEV-2")
    incident = incident_of(lead, draft)
    submit(lead, draft)
    waiting = lead.page.locator("p.window")
    expect(waiting).to_contain_text("of the approval window")

    lead.go("/console/")
    window = line(lead, "Approval wanted", "Refunds wait")
    expect(window).to_contain_text("On time")
    let_time_pass(stage, "approval_window", incident, "warn_at")
    expect(window).to_contain_text("Due soon", timeout=15_000)
    let_time_pass(stage, "approval_window", incident, "due_at")
    expect(window).to_contain_text("Missed", timeout=15_000)

    page = accuracy.go(draft)
    expect(page.locator("p.window")).to_contain_text("The approval window is over")
    expect(page.locator("p.window")).to_contain_text("Approvals still count until")
    lead.until(
        incident, lambda page: page.get_by_text("noted that a deadline was missed"), "the record of it"
    )
    expect(lead.section("Published")).to_contain_text("Readers have been told nothing yet.")
    assert 404 == stage.here.get(f"/incidents/{id_in(incident)}/").status
