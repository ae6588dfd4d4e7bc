"""A report that cannot be read is kept, shown to a person, and read again or discarded by one."""

from __future__ import annotations

import base64
import json
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Stage
from tests.journeys.desk import Desk, Seat
from tests.living import HOOK_TOKEN

pytestmark = pytest.mark.service("chromium")

REPORT = {
    "key": "disk-7",
    "status": "firing",
    "title": "Disk 7 is full",
    "severity": "low",
    "labels": {"component": "orders"},
    "started_at": "2026-03-01T12:00:00Z",
}


def post(stage: Stage, body: bytes) -> str:
    """Sends a report that cannot be read; gives its number. It is answered as kept all the same."""
    said = stage.here.request("POST", "/hooks/alertmanager", body, {"Authorization": f"Bearer {HOOK_TOKEN}"})
    assert (202, "quarantined") == (said.status, said.json()["status"])
    return str(said.json()["id"])


def read_source_as(stage: Stage, kind: str) -> None:
    """An operator mends the source: somebody had entered it as another tool's."""
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    config = {"secrets": [secret]} if kind == "generic" else {"tokens": [HOOK_TOKEN]}
    stage.here.python(
        "from clarion.store.models import Source\n"
        f"Source.objects.filter(slug='alertmanager').update(kind={kind!r}, config={config!r})"
    )


def open_report(lead: Desk, number: str) -> None:
    """From the board, as whoever is on duty would come to it."""
    page = lead.go("/console/")
    lead.section("The house").get_by_role("link", name="in quarantine").click()
    page.get_by_role("link", name=number).click()


def test_a_report_that_cannot_be_read_is_looked_at_and_discarded(stage: Stage, seat: Seat) -> None:
    lead = seat("communications_lead")
    number = post(stage, b'{"version": "4", "alerts": "<img src=x onerror=alert(1)>"')
    open_report(lead, number)
    page = lead.page
    expect(page.locator("main")).to_contain_text("It could not be read.")
    expect(page.get_by_role("region", name="Body as received")).to_contain_text(
        "<img src=x onerror=alert(1)>"
    )
    lead.press("Read it again")
    expect(lead.said.first).to_contain_text("It still cannot be read.")
    page.get_by_label("Reason").fill("Somebody tested with curl.")
    lead.press("Discard it")
    expect(lead.said).to_contain_text("It is discarded. Its bytes stay on record.")
    expect(page.get_by_role("link", name=number)).to_have_count(0)

    lead.go("/console/quarantine?state=discarded").get_by_role("link", name=number).click()
    expect(page.get_by_role("region", name="Body as received")).to_contain_text("onerror")
    ledger = seat("auditor").go("/console/ledger?kind=hook.discarded")
    expect(ledger.get_by_role("row").filter(has_text="discarded a report").first).to_contain_text(
        "Communications lead"
    )


@pytest.mark.capability("5.1", face="console")
def test_a_report_is_read_again_once_its_source_is_mended(stage: Stage, seat: Seat) -> None:
    lead = seat("communications_lead")
    number = post(stage, json.dumps(REPORT).encode())
    read_source_as(stage, "generic")
    try:
        open_report(lead, number)
        lead.press("Read it again")
        expect(lead.said).to_contain_text("It is being read again.")
        signals = lead.until(
            f"/console/quarantine/{number}",
            lambda page: page.get_by_role("link", name=re.compile("^Incident ")),
            "the incident",
        )
        signals.click()
        expect(lead.section("Signals").filter(has_text="Disk 7 is full")).to_be_visible()
    finally:
        read_source_as(stage, "alertmanager")
