"""The way from the door to an approval without a mouse, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stage
from tests.journeys.desk import Desk, Seat, address_of, incident_of, new_desk, open_by_hand, submit
from tests.living import PASSWORD

pytestmark = pytest.mark.service("chromium")

MOST_TABS = 90
#: What has the focus: whether its name begins with some words, and whether a person can see that it has it.
FOCUSED = """words => {
  const e = document.activeElement;
  const label = e.labels && e.labels.length ? e.labels[0].innerText : '';
  const name = (label || e.innerText || e.value || '').replace(/\\s+/g, ' ').trim();
  return name.startsWith(words);
}"""
RING = """() => {
  const s = getComputedStyle(document.activeElement);
  return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none';
}"""


def tab_to(page: Page, words: str, *, within: str = "") -> None:
    """Presses Tab until what begins with these words has the focus; its focus must be visible."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        inside = page.evaluate("css => !css || !!document.activeElement.closest(css)", within)
        if inside and page.evaluate(FOCUSED, words):
            assert page.evaluate(RING), f"nobody sees that {words!r} has the focus"
            return
    raise AssertionError(f"{MOST_TABS} tabs do not lead to {words!r}")


def enter(desk: Desk, heading: str) -> None:
    """Presses Enter and waits for the page that this leads to."""
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name=heading, level=1)).to_be_visible()


def sign_in_by_keys(desk: Desk, role: str) -> None:
    page = desk.go("/console/")
    tab_to(page, "Mail address")
    page.keyboard.type(address_of(role))
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    enter(desk, "Board")


def test_the_line_can_be_walked_with_the_keyboard_alone(stage: Stage, seat: Seat, browser: Browser) -> None:
    """Sign in, find the draft on the board, write, ask for review; then another person approves."""
    title = "Keyboards only"
    draft = open_by_hand(seat("communications_lead"), title)
    lead, accuracy = new_desk(stage.here, browser), new_desk(stage.here, browser)

    sign_in_by_keys(lead, "communications_lead")
    tab_to(lead.page, f"First statement for {title}", within="main")
    enter(lead, "First statement")
    assert draft == lead.path
    tab_to(lead.page, "Write a new version")
    enter(lead, "Write version 2")
    tab_to(lead.page, "Text")
    lead.page.keyboard.press("Control+A")
    lead.page.keyboard.type("Written without a mouse. Next update within the hour.")
    tab_to(lead.page, "Save as version 2")
    enter(lead, "First statement")
    expect(lead.said).to_contain_text("Version 2 is saved.")
    tab_to(lead.page, "I have read the warnings")
    lead.page.keyboard.press("Space")
    tab_to(lead.page, "Ask for review of version 2")
    lead.page.keyboard.press("Enter")
    expect(lead.said).to_contain_text("Its reviewers can see it now.")

    sign_in_by_keys(accuracy, "accuracy")
    page = accuracy.page
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED, "Skip to the content")
    page.keyboard.press("Enter")
    tab_to(page, "Problem with Orders", within=f"li:has(a[href='{draft}'])")
    enter(accuracy, "First statement")
    expect(page.get_by_role("region", name="Text for Customers")).to_contain_text("Written without a mouse.")
    tab_to(page, "Remark")
    page.keyboard.type("True.")
    tab_to(page, "Approve version 2")
    page.keyboard.press("Enter")
    expect(accuracy.said).to_contain_text("Your approval is recorded.")
    for desk in (lead, accuracy):
        desk.page.context.close()
        assert [] == desk.complaints


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways; empty is good."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    return found


def test_nothing_scrolls_sideways_on_a_phone(stage: Stage, seat: Seat, browser: Browser) -> None:
    """390 px, with words that do not break by themselves."""
    lead = seat("communications_lead")
    draft = open_by_hand(lead, "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4)
    incident = incident_of(lead, draft)
    submit(lead, draft)
    phone = new_desk(
        stage.here, browser, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    assert [] == too_wide(phone.go("/console/login"))
    phone.sign_in("accuracy")
    for path in ("/console/", incident, draft, f"{draft}/edit", "/console/quarantine", "/console/ledger"):
        assert [] == too_wide(phone.go(path)), path
    for path in ("/", "/history/"):
        assert [] == too_wide(phone.go(path)), path
    phone.go(draft)
    phone.press("Approve version 1")
    expect(phone.said).to_contain_text("Your approval is recorded.")
    assert [] == too_wide(phone.page)
    phone.page.context.close()
    assert [] == phone.complaints
