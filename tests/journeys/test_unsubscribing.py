"""A reader leaves by the link in the mail: in a browser, and by the one click of a mail program."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.journeys.catching import part
from tests.journeys.conftest import Stage
from tests.journeys.desk import Desk, Seat, edit, open_by_hand, publish
from tests.living import until

pytestmark = pytest.mark.service("chromium")

AT_A_BROWSER, AT_A_MAIL_PROGRAM, STAYING = "bea@example.org", "cem@example.org", "dan@example.org"
READERS = (AT_A_BROWSER, AT_A_MAIL_PROGRAM, STAYING)


def subscribe(stage: Stage) -> None:
    stage.here.python(
        "from clarion import pipeline\nfrom clarion.actions import subscriber\n"
        "from clarion.rules.access import SYSTEM\n"
        f"for address in {READERS!r}:\n"
        "    pipeline.run(subscriber.add_subscriber, channel='email', address=address, actor=SYSTEM, now=now)"
    )


def test_readers_leave_by_the_link_of_the_mail_and_by_one_click(
    stage: Stage, seat: Seat, stranger: Desk
) -> None:
    """Looking ends nothing; pressing does, once and for all, and the next update goes past them."""
    subscribe(stage)
    lead, accuracy, clarity = seat("communications_lead"), seat("accuracy"), seat("clarity")
    draft = open_by_hand(lead, "Labels do not print")
    edit(lead, draft, "No labels print. Next update within the hour.")
    publish(lead, accuracy, clarity, draft)
    mails = {
        reader: until(lambda reader=reader: stage.mailbox.of(reader, "No labels print"), what=reader)[0]
        for reader in READERS
    }
    link = re.search(r"http://\S+/unsubscribe/[^\s\"<>]+", part(mails[AT_A_BROWSER], "plain"))
    assert link is not None
    assert link[0] in part(mails[AT_A_BROWSER], "html")
    _by_browser(stage, stranger, link[0])
    _by_one_click(stage, mails[AT_A_MAIL_PROGRAM]["List-Unsubscribe"])

    page = lead.go("/console/subscribers?state=unsubscribed")
    for reader in (AT_A_BROWSER, AT_A_MAIL_PROGRAM):
        expect(page.get_by_role("row").filter(has_text=reader)).to_contain_text("Unsubscribed")
    second = open_by_hand(lead, "Labels print twice")
    edit(lead, second, "All labels print twice. Next update within the hour.")
    publish(lead, accuracy, clarity, second)
    until(lambda: stage.mailbox.of(STAYING, "labels print twice"), what="the mail to who stayed")
    for reader in (AT_A_BROWSER, AT_A_MAIL_PROGRAM):
        assert [] == stage.mailbox.of(reader, "labels print twice")


def _by_browser(stage: Stage, stranger: Desk, link: str) -> None:
    for _ in range(2):
        page = stranger.go(link)
        expect(page.get_by_role("heading", name="Unsubscribe?")).to_be_visible()
    expect(page.locator("main")).to_contain_text(AT_A_BROWSER)
    stranger.press("Unsubscribe")
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    stranger.go(link)
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()


def _by_one_click(stage: Stage, header: str) -> None:
    """RFC 8058: a POST without cookies, with the one field that the header names."""
    found = re.search(r"<(http://[^>]+)>", header)
    assert found is not None
    path = found[1].removeprefix(stage.here.base_url)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert 400 == stage.here.request("POST", path, b"", form).status
    assert b"Unsubscribe?" in stage.here.get(path).body
    said = stage.here.request("POST", path, urlencode({"List-Unsubscribe": "One-Click"}).encode(), form)
    assert (200, True) == (said.status, b"You are unsubscribed" in said.body)
