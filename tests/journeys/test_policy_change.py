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


COUNSEL = """
from tests import factories as make
from tests.living import PASSWORD
make.PASSWORD = PASSWORD
make.person("legal", email="legal@example.com")
"""
RULE = """family: house
label: House words
role: clarity
rules:
  - id: ORG-001
    severity: warn
    pattern: 'unwell'
    why: The brand book asks for another word here.
    fix: Write "not working normally".
    bad: ["It is unwell."]
    good: ["It is slow."]
"""


@pytest.mark.capability("1.6", face="console")
@pytest.mark.capability("3.5", face="console")
def test_the_next_draft_has_the_new_words_and_the_new_rule_reads_them(stage: Stage, seat: Seat) -> None:
    """The lead proposes both, with a slip first; counsel sees what changes and approves."""
    stage.here.python(COUNSEL)
    lead, counsel = seat("communications_lead"), seat("legal")
    page = lead.go("/console/settings/policy/propose")
    templates = page.get_by_label("The templates, as YAML")
    words = templates.input_value()
    assert words.startswith("# Words for an update")
    templates.fill(words.replace("{service!} is not working normally", "{sevice!} is unwell", 1))
    page.get_by_label("Lint rules of the organisation, as YAML").fill(RULE)
    page.get_by_label("What it changes, and why").fill("Our brand book.")
    lead.press("Propose it")
    expect(page.get_by_text("phases.holding.body: there is no field {sevice}").first).to_be_visible()
    expect(page.get_by_label("Lint rules of the organisation, as YAML")).to_have_value(RULE)
    templates.fill(templates.input_value().replace("{sevice!}", "{service!}"))
    lead.press("Propose it")
    expect(page.get_by_text("It leaves the policy as in version")).to_be_visible()
    counsel.go(lead.path)
    expect(counsel.section("What it changes in the templates")).to_contain_text("phases.holding.body")
    expect(counsel.section("What it changes in the lint rules")).to_contain_text("ORG-001")
    expect(counsel.section("Published updates under its lint rules")).to_be_visible()
    counsel.press("Approve: put it in force")
    expect(counsel.page.get_by_text("These are the organisation's own.")).to_be_visible()
    lead.go(open_by_hand(lead, "Baskets are empty"))
    shown = page.get_by_label("Findings in the text for Customers")
    expect(shown).to_contain_text("unwell")
    expect(shown).to_contain_text("The brand book asks for another word here.")
    expect(page.get_by_text("Orders is unwell").first).to_be_visible()
    back = lead.go("/console/settings/policy/propose")
    for label in ("The templates, as YAML", "Lint rules of the organisation, as YAML"):
        back.get_by_label(label).fill("")
    back.get_by_label("What it changes, and why").fill("Back to the shipped words.")
    lead.press("Propose it")
    counsel.go(lead.path)
    counsel.press("Approve: put it in force")
    expect(counsel.page.get_by_text("These come with Clarion.")).to_be_visible()
