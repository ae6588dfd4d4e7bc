"""The whole line with real parts: an alert, four browsers, a mail server, a web endpoint, an auditor."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from standardwebhooks import Webhook

from tests.journeys.catching import part
from tests.journeys.conftest import Stage
from tests.journeys.desk import Desk, Seat, approve, edit, first_draft, id_in, submit
from tests.living import HOOK_TOKEN, until

pytestmark = pytest.mark.service("chromium")

CAPTURED = Path(__file__).parents[1] / "sources" / "alertmanager"
READER = "ann@example.org"
BODY = "One order in eight fails at the last step.\n\nNothing is charged for it. Next update within the hour."


def post_captured(stage: Stage, name: str) -> None:
    """What a real Alertmanager once sent, byte for byte."""
    body = (CAPTURED / f"am025_{name}_captured.json").read_bytes()
    headers = {"Authorization": f"Bearer {HOOK_TOKEN}", "Content-Type": "application/json"}
    assert 202 == stage.here.request("POST", "/hooks/alertmanager", body, headers).status


def subscribe(lead: Desk, channel: str, address: str) -> str:
    """Adds a reader in the console; gives the signing secret that a webhook is shown once."""
    page = lead.go("/console/subscribers")
    page.get_by_text("Add a subscriber").click()
    page.get_by_label("Channel").select_option(channel)
    page.get_by_label("Address").fill(address)
    lead.press("Add the subscriber")
    if channel != "webhook":
        expect(lead.said).to_contain_text(f"{address} is subscribed.")
        return ""
    return page.get_by_label("Signing secret").input_value()


def promise_on(incident: Locator) -> None:
    expect(incident).to_contain_text("Next promise")
    expect(incident).to_contain_text(re.compile(r"\d\d:\d\d UTC"))


@pytest.mark.capability("1.1", face="console")
@pytest.mark.capability("1.2", face="console")
@pytest.mark.capability("3.3", face="console")
@pytest.mark.capability("3.4", face="console")
@pytest.mark.capability("4.1", face="console")
@pytest.mark.capability("5.1", face="console")
@pytest.mark.capability("5.4", face="console")
@pytest.mark.capability("8.6", face="console")
def test_one_incident_from_the_alert_to_the_proof(
    stage: Stage, seat: Seat, stranger: Desk, tmp_path: Path
) -> None:
    """An alert opens it, two people approve words that a third wrote, readers get them, an auditor checks."""
    lead = seat("communications_lead")
    secret = subscribe(lead, "webhook", stage.endpoint.url)
    subscribe(lead, "email", READER)

    incident, draft = the_alert_shows_on_the_board(stage, lead)
    policy_gives_its_reasons(lead, incident)
    the_lead_writes_and_submits(lead, draft)
    accuracy, clarity = seat("accuracy"), seat("clarity")
    a_reviewer_approves(accuracy, "accuracy reviewer")
    expect(accuracy.page.get_by_label("Clarity reviewer")).to_contain_text("No word yet")
    readers_know_nothing_yet(stage, stranger, incident)
    a_reviewer_approves(clarity, "clarity reviewer")
    a_reader_without_javascript_sees_it(stranger, incident)
    the_mail_is_one_to_trust(stage, incident)
    the_call_verifies(stage, incident, secret)
    the_incident_says_who_got_it(lead, incident)
    the_end_is_proposed_approved_and_told(stage, lead, accuracy, clarity, stranger, incident)
    an_auditor_reads_and_verifies(stage, seat("auditor"), incident, tmp_path)


def the_alert_shows_on_the_board(stage: Stage, lead: Desk) -> tuple[str, str]:
    """The open board refreshes itself; nobody reloads anything."""
    lead.go("/console/")
    link = lead.section("Live").get_by_role("link", name="5xx 12%")
    assert 0 == link.count()
    post_captured(stage, "firing")
    expect(link).to_be_visible(timeout=30_000)
    incident = str(link.get_attribute("href"))
    expect(lead.section("Live").get_by_role("listitem").first).to_contain_text("nothing yet")
    return incident, first_draft(lead, incident)


def policy_gives_its_reasons(lead: Desk, incident: str) -> None:
    lead.go(incident)
    why = lead.section("What policy requires, and why")
    expect(why).to_contain_text("An update every 30 minutes")
    expect(why).to_contain_text("customers notice an incident of this severity, so they are told everywhere")
    expect(why).to_contain_text("Somebody who knows the technical facts and did not write the text")
    signal = lead.section("Signals").get_by_role("listitem")
    expect(signal).to_contain_text("from alertmanager")


def the_lead_writes_and_submits(lead: Desk, draft: str) -> None:
    """The template of its category gave two texts; the one for customers is written anew."""
    page = lead.go(draft)
    customers = page.get_by_role("region", name="Text for Customers")
    expect(customers).to_contain_text("API is not working normally: you may see errors or slow pages")
    internal = page.get_by_role("region", name="Text for Internal teams")
    expect(internal).to_contain_text("5xx 12% (firing)")
    edit(lead, draft, BODY)
    expect(customers).to_contain_text("One order in eight fails")
    expect(internal).to_contain_text("5xx 12% (firing)")
    submit(lead, draft)
    expect(lead.page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)


def a_reviewer_approves(desk: Desk, role: str) -> None:
    """The board leads a reviewer to the text; the approval names it by its SHA-256."""
    page = desk.go("/console/")
    waiting = desk.section("Waiting for you")
    expect(waiting).to_contain_text(f"Decide as {role}")
    waiting.get_by_role("link", name="Problem with API").click()
    page.wait_for_url("**/console/drafts/*")
    form = page.get_by_label(role.capitalize())
    expect(form).to_contain_text("for exactly")
    digest = page.locator("p.sum").inner_text()
    assert form.locator("code").inner_text() in digest.replace(" ", "")
    approve(desk, desk.path)


def readers_know_nothing_yet(stage: Stage, stranger: Desk, incident: str) -> None:
    """One approval of two is none."""
    assert 404 == stage.here.get(f"/incidents/{id_in(incident)}/").status
    expect(stranger.go("/").locator("main")).not_to_contain_text("One order in eight")
    assert [] == stage.mailbox.of(READER, "One order in eight") == stage.endpoint.of(id_in(incident))


def a_reader_without_javascript_sees_it(stranger: Desk, incident: str) -> None:
    """On the front page and on a page of its own, in UTC and in the page's zone, and nothing internal."""
    page = stranger.page
    stranger.until("/", lambda page: page.get_by_text("One order in eight fails"), "the update on the page")
    link = page.get_by_role("link", name="Problem with API").first
    assert id_in(incident) in str(link.get_attribute("href"))
    link.click()
    expect(page.get_by_role("heading", name="Problem with API")).to_be_visible()
    told = page.locator("main")
    expect(told).to_contain_text("Nothing is charged for it.")
    expect(told).to_contain_text(re.compile(r"\d\d:\d\d UTC \(\d\d:\d\d UTC\+05:45\)"))
    expect(told).not_to_contain_text("HighErr")
    expect(told).not_to_contain_text("5xx 12%")


def the_mail_is_one_to_trust(stage: Stage, incident: str) -> None:
    """Both parts say the same; mail programs can thread it, and unsubscribe with one click (RFC 8058)."""
    [mail] = until(lambda: stage.mailbox.of(READER, "One order in eight"), what="the mail")
    plain, html = part(mail, "plain"), part(mail, "html")
    for text in (plain, html):
        assert "One order in eight fails at the last step." in text
        assert f"{stage.here.base_url}/incidents/{id_in(incident)}" in text
        assert "UTC" in text
        assert "UTC+05:45" in text
    assert "multipart/alternative" == mail.get_content_type()
    assert f"<{stage.here.base_url}/unsubscribe/" in mail["List-Unsubscribe"]
    assert "List-Unsubscribe=One-Click" == mail["List-Unsubscribe-Post"]
    assert mail["References"]
    assert mail["Message-ID"] != mail["References"]
    assert "API" in mail["Subject"]


def the_call_verifies(stage: Stage, incident: str, secret: str) -> None:
    """By the reference library of Standard Webhooks, with the secret that the console showed."""
    [call] = until(lambda: stage.endpoint.of(id_in(incident)), what="the webhook")
    said = Webhook(secret).verify(call.body, call.headers)
    assert ("update.published", id_in(incident)) == (said["type"], said["data"]["incident"]["id"])
    assert BODY == said["data"]["update"]["body"]
    assert "5xx 12%" not in json.dumps(said)


def the_incident_says_who_got_it(lead: Desk, incident: str) -> None:
    lead.until(incident, lambda page: page.get_by_text("Accepted by the next hop"), "the deliveries' states")
    got = lead.page.get_by_label("Update 1", exact=True)
    expect(got.locator(".sent").filter(has_text="Email")).to_contain_text("1 Accepted by the next hop")
    expect(got.locator(".sent").filter(has_text="Webhook")).to_contain_text("1 Accepted by the next hop")
    lead.go("/console/")
    promise_on(lead.section("Live").get_by_role("listitem").filter(has_text="5xx 12%"))


def the_end_is_proposed_approved_and_told(
    stage: Stage, lead: Desk, accuracy: Desk, clarity: Desk, stranger: Desk, incident: str
) -> None:
    """The alert resolves: Clarion proposes words, and only people end it."""
    post_captured(stage, "resolved")
    draft = first_draft(lead, incident)
    expect(lead.page.get_by_role("heading", name="Resolution", level=1)).to_be_visible()
    expect(stranger.go(f"/incidents/{id_in(incident)}/").locator("main")).not_to_contain_text("Resolved")
    submit(lead, draft)
    approve(accuracy, draft)
    approve(clarity, draft)
    stranger.until(
        f"/incidents/{id_in(incident)}/", lambda page: page.get_by_text("Resolved"), "the end on the page"
    )
    summary = stage.here.get("/api/v2/summary.json").json()
    assert "operational" in [part["status"] for part in summary["components"] if part["name"] == "API"]
    assert id_in(incident) not in [shown["id"] for shown in summary["incidents"]]
    first, last = until(lambda: _two(stage), what="the second mail")
    assert first["References"] == last["References"], "one conversation"
    assert first["Message-ID"] != last["Message-ID"]


def _two(stage: Stage) -> tuple[object, ...]:
    found = stage.mailbox.of(READER, "Problem with API")
    return tuple(found) if len(found) == 2 else ()


def an_auditor_reads_and_verifies(stage: Stage, auditor: Desk, incident: str, tmp_path: Path) -> None:
    """Every step with who did it, sealed; and a folder that proves it without this installation."""
    page = auditor.go(f"/console/ledger?incident={id_in(incident)}")
    rows = page.get_by_role("row")
    for who, what in (
        ("Clarion", "opened the incident from an alert as SEV-1"),
        ("Communications lead", "wrote version 2 of the draft"),
        ("Accuracy", "approved version 2 as accuracy reviewer; still missing: clarity reviewer"),
        ("Clarity", "approved version 2 as clarity reviewer, which completed the review"),
        ("Clarion", "published update 1"),
        ("Clarion", "published update 2 (resolved)"),
    ):
        expect(rows.filter(has_text=what)).to_contain_text(who)
    auditor.until(auditor.path, lambda page: page.locator("tbody tr .status.good").first, "the seals")
    auditor.go(incident)
    expect(auditor.section("What happened")).to_contain_text("published update 1")

    folder = tmp_path / "proof"
    seen = tmp_path / "checkpoint.txt"
    seen.write_bytes(stage.here.get("/checkpoint.txt").body)
    stage.here.run("export", id_in(incident), "--to", str(folder), "--seen", str(seen))
    key = auditor.go("/console/ledger").locator("code.long").inner_text()
    done = stage.here.run("verify", str(folder), "--key", key, "--seen", str(seen))
    for verdict in ("Integrity holds.", "Completeness holds."):
        assert verdict in done.stdout.splitlines()
    assert "WARNING" not in done.stdout
    entry = next((folder / "entries").glob("*.json"))
    entry.write_bytes(entry.read_bytes().replace(b'"at":"2', b'"at":"3'))
    forged = stage.here.run("verify", str(folder), "--key", key, check=False)
    assert (1, True) == (forged.returncode, "Integrity DOES NOT HOLD" in forged.stdout)
