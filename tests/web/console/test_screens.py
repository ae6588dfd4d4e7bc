"""Every screen, in a real browser: for everybody's eyes, hands and devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from clarion import pipeline
from clarion.actions import deliver
from clarion.rules.delivery import Refused, Sent
from clarion.store import ledger
from clarion.store.keys import signer
from clarion.store.queries import delivery, drafts, incidents
from clarion.store.queries import ledger as reading
from clarion.store.queries import names as register
from clarion.store.tokens import unsubscribe_url
from tests import factories as make

pytestmark = [pytest.mark.service("chromium"), pytest.mark.django_db(transaction=True)]

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MODES = {
    "desktop, light": {"viewport": {"width": 1366, "height": 850}, "color_scheme": "light"},
    "desktop, dark": {"viewport": {"width": 1366, "height": 850}, "color_scheme": "dark"},
    "phone, light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
#: WCAG 2.2 AA, and what axe holds for good practice besides.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: In the dark nothing but the colours is another.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; the tests touch the database between its steps.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield found
        found.close()


@pytest.fixture
def house(transactional_db: None, settings: Any, clarion_home: Path) -> Iterator[make.House]:
    """A lived-in installation: an open incident in review, a published one, quarantine, deliveries, mail."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    object.__setattr__(django_settings.CLARION, "demo", True)
    now = datetime.now(UTC)
    make.keys(clarion_home)
    found = make.House(now=now - timedelta(hours=3))
    make.protected_name("Borealis Bank", by=found.lead, now=now)
    make.subscriber("a-rather-long-address-of-somebody@customer-support.example.org", now=now)
    make.subscriber("https://hooks.example.org/services/incoming/status", channel="webhook", now=now)
    found.update(now=now - timedelta(hours=2))
    in_review(found, now)
    make.hook(b'{"version": "4", "alerts": "' + b"x" * 500 + b'"}', now=now)
    outcomes(now)
    ledger.seal(signer=signer(), now=now)
    (clarion_home / "mailbox").mkdir()
    mail = (
        b"Subject: Cards fail\r\nTo: r@example.org\r\nList-Unsubscribe: <http://x.example/u>\r\n\r\nText.\r\n"
    )
    (clarion_home / "mailbox" / "1.eml").write_bytes(mail)
    yield found
    object.__setattr__(django_settings.CLARION, "demo", False)


def in_review(house: make.House, now: datetime) -> None:
    """An alert's draft at its third version, approved once and then voided, with a comment."""
    view = make.draft(make.incident_by_hook(make.alert(service="search", started_at=now), now=now), now=now)
    view = make.submitted(make.edited(view, by=house.lead, now=now), by=house.lead, now=now)
    view = make.decided(view, by=house.accuracy, role="accuracy", comment="Checked.", now=now)
    texts = {
        **view.version.texts,
        "customers": {"title": "Search fails", "body": "**Search** fails.\n\n- Soon more."},
    }
    view = make.edited(view, by=house.lead, texts=texts, now=now)
    make.submitted(view, by=house.lead, now=now)


def outcomes(now: datetime) -> None:
    for channel, came in (("email", Refused("550 no such mailbox")), ("webhook", Sent("204"))):
        ids = pipeline.in_transaction(deliver.claim, channel=channel, worker="w", now=now)
        make.run(deliver.record, worker="w", outcomes=dict.fromkeys(ids, came), now=now)


def sign_in(browser: Browser, base: str, person: Any, **mode: Any) -> Page:
    """A page of this person, already signed in; what the console complains about fails the test."""
    client = Client()
    client.force_login(person)
    context = browser.new_context(base_url=base, **mode)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def addresses(house: make.House) -> dict[str, Any]:
    """Every screen with somebody who may see it."""
    draft = drafts.drafts(open_only=True).filter(state="in_review").get()
    entry = reading.entries(kind="draft.edited").first()
    told = delivery.deliveries().first()
    hook = draft.incident.signals.get().hook_id
    name = register.names(now=datetime.now(UTC)).get()
    assert entry is not None
    assert told is not None
    readers = (
        "",
        "incidents?state=all",
        f"incidents/{draft.incident_id}",
        f"incidents/{told.update.incident_id}",
    )
    writers = (
        "incidents/new",
        f"drafts/{draft.id}/edit",
        "subscribers",
        "deliveries",
        "quarantine?state=all",
    )
    more = (
        f"quarantine/{hook}",
        "components",
        "names",
        f"names/{name.id}",
        "cadence",
        "ledger",
        f"ledger/{entry.entry_id}",
        "mailbox",
        "mailbox/1.eml",
        "me",
    )
    admins = (
        "settings/people",
        f"settings/people/{house.lead.id}",
        "settings/sources",
        "settings/keys",
        "settings/policy",
    )
    reviewing = ("reviews", "drafts", f"drafts/{draft.id}", f"drafts/{draft.id}/versions/2")
    found = {f"/console/{path}": house.lead for path in (*readers, *writers, *more)}
    found |= {f"/console/{path}": house.administrator for path in admins}
    found |= {f"/console/{path}": house.accuracy for path in reviewing}
    refused = {"/console/settings/people/": None, "/console/login": None}
    return found | refused | {"/" + unsubscribe_url(told.subscriber_id).split("/", 3)[3]: None}


def complaints(page: Page, rules: Any) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    found = [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in Axe().run(page, options=rules).response["violations"]
        for node in violation["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{wide} px wider than the screen"] if wide > 0 else [])


@pytest.mark.parametrize("mode", MODES)
def test_every_screen_can_be_used_by_everybody(
    house: make.House, browser: Browser, live_server: Any, mode: str
) -> None:
    """No violation of WCAG 2.2 AA, every fold open, and nothing to scroll sideways on a phone."""
    found: dict[str, list[str]] = {}
    pages: dict[Any, Page] = {}
    for address, person in addresses(house).items():
        if person not in pages:
            pages[person] = (
                sign_in(browser, live_server.url, person, **MODES[mode])
                if person
                else browser.new_context(base_url=live_server.url, **MODES[mode]).new_page()
            )
        page = pages[person]
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        problems = complaints(page, COLOURS if "dark" in mode else RULES)
        if problems:
            found[address] = problems
    assert {} == found


def test_the_board_refreshes_itself_and_keeps_the_place_of_the_keyboard(
    house: make.House, browser: Browser, live_server: Any
) -> None:
    page = sign_in(browser, live_server.url, house.lead)
    page.goto("/console/")
    link = page.locator("#" + str(page.locator("section[aria-labelledby=live] a").first.get_attribute("id")))
    link.focus()
    make.incident("A second thing fails", by=house.lead, now=datetime.now(UTC))
    expect(page.get_by_role("link", name="A second thing fails").first).to_be_visible(timeout=30_000)
    expect(link).to_be_focused()
    expect(page.locator("#board-news")).to_contain_text("3 open incidents")


def test_the_preview_follows_what_is_typed(house: make.House, browser: Browser, live_server: Any) -> None:
    draft = drafts.drafts(open_only=True).filter(state="in_review").get()
    page = sign_in(browser, live_server.url, house.lead)
    page.goto(f"/console/drafts/{draft.id}/edit")
    page.locator(".audience-customers textarea").fill("Now **bold** words")
    expect(page.locator(".audience-customers .preview strong")).to_have_text("bold")


def test_the_keyboard_alone_reaches_content_and_menu(
    house: make.House, browser: Browser, live_server: Any
) -> None:
    page = sign_in(browser, live_server.url, house.lead, **MODES["phone, light"])
    page.goto("/console/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.goto("/console/")
    page.get_by_role("link", name="Menu", exact=True).press("Enter")
    expect(page.get_by_role("link", name="Ledger")).to_be_visible()
    page.get_by_role("link", name="Close the menu").press("Enter")
    expect(page.get_by_role("link", name="Ledger", exact=True)).to_be_hidden()


def test_a_refusal_takes_the_keyboard_to_what_is_wrong(
    house: make.House, browser: Browser, live_server: Any
) -> None:
    page = sign_in(browser, live_server.url, house.lead)
    page.goto("/console/subscribers")
    page.get_by_text("Add a subscriber").click()
    page.get_by_label("Address").fill("no address")
    page.get_by_role("button", name="Add the subscriber").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("link", name="Address").click()
    expect(page.get_by_label("Address")).to_be_focused()
    expect(page.get_by_label("Address")).to_have_value("no address")


@pytest.mark.capability("4.1", face="console")
def test_the_whole_review_works_without_javascript(
    house: make.House, browser: Browser, live_server: Any
) -> None:
    draft = drafts.drafts(open_only=True).filter(state="in_review").get()
    for person in (house.accuracy, house.clarity):
        page = sign_in(browser, live_server.url, person, java_script_enabled=False)
        page.goto("/console/")
        page.get_by_role("link", name="Search fails").click()
        tick = page.get_by_label("I have looked at everything found for my role.")
        if tick.count():
            tick.check()
        page.get_by_role("button", name="Approve version").click()
        expect(page.get_by_text("Your approval is recorded.")).to_be_visible()
    make.settle(datetime.now(UTC))
    assert 1 == incidents.updates_of(draft.incident).count()
