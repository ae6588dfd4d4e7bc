"""Why an incident is told of, and a policy changed by two people in browsers, one without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Stage
from tests.journeys.desk import Seat, new_desk, open_by_hand

pytestmark = pytest.mark.service("chromium")


@pytest.mark.capability("1.1", face="console")
@pytest.mark.capability("1.2", face="console")
def test_the_interval_is_explained_changed_and_tried(stage: Stage, browser: Browser, seat: Seat) -> None:
    """The lead asks why, proposes less often; the administrator sees which incidents that would have met."""
    lead = seat("communications_lead")
    open_by_hand(lead, "Orders are slow")
    page = lead.page
    page.get_by_role("link", name="Orders are slow").first.click()
    page.get_by_text("Why? Interval").click()
    expect(page.get_by_text("SEV-1 + open for 0 minutes: an update every 30 minutes.")).to_be_visible()
    lead.go("/console/settings/policy/propose")
    text = page.get_by_label("The policy, as YAML")
    text.fill(text.input_value().replace("every_minutes: 30,", "every_minutes: 40,"))
    page.get_by_label("What it changes, and why").fill("Half an hour was too often.")
    lead.press("Propose it")
    expect(page.get_by_text("You proposed it, so another person approves it.")).to_be_visible()
    plain = new_desk(stage.here, browser, java_script_enabled=False).sign_in("administrator")
    plain.go(lead.path)
    expect(plain.section("Past incidents under it")).to_contain_text("Orders are slow")
    expect(plain.section("What it changes, rule by rule")).to_contain_text("every_minutes: 30 → 40")
    plain.page.get_by_label("Reason").fill("Readers like it so.")
    plain.press("Reject it")
    expect(plain.page.get_by_text("Rejected")).to_be_visible()
    plain.page.context.close()
    assert [] == plain.complaints
