"""Two people and an author at three browsers: who may approve what, and what happens to an approval."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import (
    Desk,
    Seat,
    approve,
    edit,
    id_in,
    incident_of,
    open_by_hand,
    submit,
)

pytestmark = pytest.mark.service("chromium")

APPROVE = re.compile(r"^Approve version \d+$")
NOT_YOURS = "You wrote part of this text, so you cannot review it. Ask another reviewer."


def send_by_hand(desk: Desk, draft: str, **fields: str) -> tuple[int, str]:
    """Sends a decision as no button on the screen would: what the server says of it."""
    page = desk.go(draft)
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"{desk.here.base_url}{draft}/decide",
        form={"csrfmiddlewaretoken": token, "decision": "approved", "comment": "", **fields},
    )
    return answer.status, answer.text()


@pytest.mark.capability("4.1", face="console")
def test_an_author_is_told_why_they_cannot_approve(seat: Seat) -> None:
    """A reviewer who mends a word is an author from then on, whatever form they send."""
    lead, accuracy, clarity = seat("communications_lead"), seat("accuracy"), seat("clarity")
    draft = open_by_hand(lead, "Search is slow")
    edit(accuracy, draft, "Search takes ten seconds instead of one. Next update within the hour.")
    submit(lead, draft)

    page = accuracy.go(draft)
    expect(page.get_by_role("button", name=APPROVE)).to_have_count(0)
    expect(page.get_by_label("Accuracy reviewer")).to_contain_text(NOT_YOURS)
    expect(accuracy.go("/console/reviews").locator(f"a[href='{draft}']")).to_have_count(0)
    expect(clarity.go("/console/reviews").locator(f"a[href='{draft}']")).to_have_count(1)
    form = clarity.go(draft).get_by_label("Clarity reviewer").locator("form")
    digest = form.locator("input[name=digest]").input_value()
    status, said = send_by_hand(accuracy, draft, role="accuracy", version="2", digest=digest)
    assert (403, True) == (status, NOT_YOURS in said)
    expect(clarity.go(draft).get_by_label("Accuracy reviewer")).to_contain_text("No word yet")


@pytest.mark.capability("4.1", face="console")
@pytest.mark.capability("4.4", face="console")
def test_an_edit_after_the_first_approval_voids_it_and_says_so(seat: Seat) -> None:
    """Before saving, after saving, and in the record of the draft; then the review begins anew."""
    lead, accuracy, clarity = seat("communications_lead"), seat("accuracy"), seat("clarity")
    draft = open_by_hand(lead, "Invoices come twice")
    submit(lead, draft)
    approve(accuracy, draft)

    page = lead.go(f"{draft}/edit")
    expect(page.locator("main")).to_contain_text(
        "1 approval of version 1 will no longer count when you save."
    )
    page.locator("fieldset.audience-customers").get_by_role("textbox", name="Text").fill("Other words.")
    lead.press("Save as version 2")
    expect(lead.said).to_contain_text("Version 2 is saved. 1 approval of the version before no longer count")
    expect(lead.section("No longer counts")).to_contain_text("Accuracy as accuracy reviewer")
    expect(lead.section("No longer counts")).to_contain_text("Voided because version 2 was written")
    expect(lead.section("Versions").get_by_role("listitem")).to_have_count(2)

    submit(lead, draft)
    approve(clarity, draft)
    expect(clarity.page.get_by_label("Accuracy reviewer", exact=True)).to_contain_text("No word yet")
    assert f"/incidents/{id_in(incident_of(lead, draft))}/" not in lead.go("/history/").content()


@pytest.mark.capability("4.1", face="console")
def test_whoever_approves_an_old_page_is_told_that_it_is_old(seat: Seat) -> None:
    """The page was opened before somebody edited: what was not seen is not approved."""
    lead, accuracy = seat("communications_lead"), seat("accuracy")
    draft = open_by_hand(lead, "Uploads fail")
    submit(lead, draft)
    accuracy.go(draft)
    edit(lead, draft, "Uploads above 1 MB fail. Next update within the hour.")
    submit(lead, draft)

    accuracy.press("Approve version 1")
    expect(accuracy.said).to_contain_text("This was not done.")
    expect(accuracy.said).to_contain_text("Version 2 was written meanwhile; read it first.")
    customers = accuracy.page.get_by_role("region", name="Text for Customers")
    expect(customers).to_contain_text("Uploads above 1 MB fail.")
    expect(accuracy.go(draft).get_by_label("Accuracy reviewer")).to_contain_text("No word yet")
    approve(accuracy, draft)


@pytest.mark.capability("4.4", face="console")
def test_what_was_wished_for_and_said_stays_with_the_draft(seat: Seat) -> None:
    """Changes asked for, a remark, the change itself word by word, and its line on the incident's page."""
    lead, clarity = seat("communications_lead"), seat("clarity")
    draft = open_by_hand(lead, "Exports stop")
    submit(lead, draft)
    page = clarity.go(draft)
    clarity.press("Ask for changes")
    expect(clarity.said).to_contain_text("Say what should change.")
    page.get_by_label("Remark").fill("Say since when.")
    clarity.press("Ask for changes")
    expect(clarity.said).to_contain_text("Your wish for changes is recorded.")

    lead.go(draft).get_by_role("textbox", name="Comment").fill("Since noon, the log says.")
    lead.press("Add the comment")
    expect(lead.section("Comments")).to_contain_text("Since noon, the log says.")
    edit(lead, draft, "Exports have stopped since noon. Next update within the hour.")
    page = lead.page
    page.get_by_role("link", name="what it changed").click()
    expect(page.locator("ins").filter(has_text="since noon").first).to_be_visible()
    story = lead.go(incident_of(lead, draft)).locator("ol.timeline")
    for line in ("asked for changes to version 1", "Say since when.", "commented on version 1", "version 2"):
        expect(story).to_contain_text(line)
