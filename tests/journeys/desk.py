"""One person at a browser of their own, and what people do there every day."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.living import PASSWORD, Installation, until

Seat = Callable[[str], "Desk"]
"""Seats a person, named by role, before a browser and signs them in."""


def address_of(role: str) -> str:
    return f"{role.replace('_', '-')}@example.com"


@dataclass
class Desk:
    """``complaints`` are what the browser had to say: errors in scripts, and whatever a policy forbade."""

    here: Installation
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))
        self.page.on("console", lambda said: self._heard(said.text))
        self.page.on("dialog", self._refuse)
        self.page.set_default_timeout(20_000)

    def _heard(self, text: str) -> None:
        # A refused form is answered with an error status, which browsers note as well.
        if "Failed to load resource" not in text:
            self.complaints.append(text)

    def _refuse(self, dialog: Any) -> None:
        self.complaints.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def go(self, path: str) -> Page:
        """Opens an address of this installation."""
        self.page.goto(path if path.startswith("http") else self.here.base_url + path)
        return self.page

    def sign_in(self, role: str) -> Desk:
        page = self.go("/console/")
        page.get_by_label("Mail address").fill(address_of(role))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
        return self

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()

    def section(self, heading: str) -> Locator:
        """The part of the screen under a heading."""
        return self.page.get_by_role("region", name=re.compile(rf"^{re.escape(heading)}( \d+)?$"))

    def until(self, path: str, find: Callable[[Page], Locator], what: str) -> Locator:
        """Opens an address again and again until it shows something."""

        def look() -> Locator | None:
            found = find(self.go(path))
            return found if found.count() else None

        found: Locator = until(look, what=what)
        return found

    @property
    def said(self) -> Locator:
        """What the screen says to whoever just did something, or was refused."""
        return self.page.locator(".messages .note, [role=alert]")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.here.base_url).partition("#")[0]


def new_desk(here: Installation, browser: Browser, **context: Any) -> Desk:
    """A browser of one's own: no cookies are shared with any other desk."""
    return Desk(here, browser.new_context(**context).new_page())


# What people do


def open_by_hand(lead: Desk, title: str, severity: str = "SEV-1") -> str:
    """The lead opens an incident; gives the address of its first draft once that is written."""
    page = lead.go("/console/incidents/new")
    page.get_by_label("Internal title").fill(title)
    page.get_by_label("Severity").select_option(severity)
    page.get_by_label("Orders", exact=True).check()
    lead.press("Open the incident")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    return first_draft(lead, lead.path)


def first_draft(lead: Desk, incident: str) -> str:
    """Opens the draft of an incident as soon as there is one; gives its address."""
    link = lead.until(
        incident, lambda page: page.get_by_role("link", name="Open the draft"), "the first draft"
    )
    link.click()
    lead.page.wait_for_url("**/console/drafts/*")
    return lead.path


def edit(desk: Desk, draft: str, text: str, audience: str = "customers") -> None:
    """Writes a new version in which the text for one audience is another."""
    desk.go(f"{draft}/edit")
    box = desk.page.locator(f"fieldset.audience-{audience}").get_by_role("textbox", name="Text")
    box.fill(text)
    desk.press(re.compile(r"^Save as version \d+$"))
    expect(desk.said.filter(has_text="is saved.")).to_be_visible()


def tick(desk: Desk, label: str) -> None:
    """Answers for what was found in the texts, where anything was."""
    box = desk.page.get_by_label(label)
    if box.count():
        box.check()


def submit(desk: Desk, draft: str) -> None:
    desk.go(draft)
    tick(desk, "I have read the warnings, and they may stand.")
    desk.press(re.compile(r"^Ask for review of version \d+$"))
    expect(desk.said).to_contain_text("Its reviewers can see it now.")


def approve(desk: Desk, draft: str) -> None:
    desk.go(draft)
    tick(desk, "I have looked at everything found for my role.")
    desk.press(re.compile(r"^Approve version \d+$"))
    expect(desk.said).to_contain_text("Your approval is recorded.")


def publish(lead: Desk, accuracy: Desk, clarity: Desk, draft: str) -> None:
    """Review from its beginning to the published update."""
    submit(lead, draft)
    approve(accuracy, draft)
    approve(clarity, draft)
    lead.until(draft, lambda page: page.get_by_text(re.compile("^Published ")), "the publication")


def incident_of(desk: Desk, draft: str) -> str:
    """The address of a draft's incident."""
    found = desk.go(draft).locator("p.up a").get_attribute("href")
    assert found is not None
    return found


def id_in(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
