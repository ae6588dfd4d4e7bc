"""Findings at their place: mended by one press, overridden by counsel, answered for by approving."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clarion.store.queries import drafts
from tests import factories as make
from tests.web.console.conftest import Desk, words

CLEAN = (
    "Customers in the EU cannot pay by card. You do not need to do anything. We are finding out what changed."
    " Next update by 14:35 UTC."
)


def draft_saying(house: make.House, said: str) -> str:
    view = make.draft(house.incident())
    texts = view.version.texts | {"customers": {"title": "Payments fail", "body": f"{CLEAN} {said}"}}
    return f"/console/drafts/{make.edited(view, by=house.lead, texts=texts).draft.id}"


def state_of(path: str) -> str:
    return str(drafts.drafts().get(id=path.rsplit("/", 1)[1]).state)


def forms(page: Any, action: str) -> list[str]:
    return re.findall(rf'action="([^"]*/{action})"', page.content.decode())


@pytest.mark.capability("8.2", face="console")
def test_counsel_overrides_what_stops_a_draft_at_its_place(house: make.House, lead: Desk) -> None:
    path = draft_saying(house, "This was our own mistake.")
    seen = lead.get(path)
    assert "Stops the draft" in words(seen)
    assert '<mark class="is-block">our own mistake</mark>' in seen.content.decode()
    refused = lead.send(path, "submit")
    assert 409 == refused.status_code
    assert "1 finding in the text stops it, ADM-001 first" in words(refused)
    counsel = Desk(make.person("legal", name="Carl Counsel"))
    (address,) = forms(counsel.get(path), "waive")
    assert 302 == counsel.send(path, address, reason="Agreed with the insurer.").status_code
    assert "Overridden by Carl Counsel" in lead.read(path)
    assert 302 == lead.send(path, "submit").status_code
    assert "in_review" == state_of(path)
    signed = (
        "our own mistake ADM-001 in the text for customers, version 2. Overridden by Carl Counsel as legal"
    )
    assert signed in lead.read(path)
    assert "overrode the finding ADM-001" in lead.read(f"/console/incidents/{incident_of(path)}")


def incident_of(path: str) -> str:
    return str(drafts.drafts().get(id=path.rsplit("/", 1)[1]).incident_id)


@pytest.mark.capability("3.5", face="console")
def test_a_suggestion_is_written_by_one_press(house: make.House, lead: Desk) -> None:
    """A colleague's name goes, and the version says who wrote it that way."""
    make.person("clarity", name="Wilhelmina Tern")
    path = draft_saying(house, "Wilhelmina Tern is on it.")
    (address,) = forms(lead.get(path), "apply")
    assert 302 == lead.send(path, address).status_code
    assert "our team is on it." in lead.read(path)
    assert "Version 3 by Lea Lead" in lead.read(path)


def test_a_suggestion_is_written_into_the_version_that_was_on_the_screen(
    house: make.House, lead: Desk
) -> None:
    """Else one press on an old page writes over words that nobody there has read."""
    make.person("clarity", name="Wilhelmina Tern")
    path = draft_saying(house, "Wilhelmina Tern is on it.")
    shown = lead.get(path)
    (address,) = forms(shown, "apply")
    view = drafts.draft_view(path.rsplit("/", 1)[1], person=house.lead, now=make.NOW)
    make.edited(view, by=house.lead, texts=view.version.texts)
    refused = lead.send(path, address, page=shown)
    assert 409 == refused.status_code
    assert "Version 3 was written meanwhile; read it first." in words(refused)
    assert "Version 3 by Lea Lead" in lead.read(path)


@pytest.mark.capability("4.4", face="console")
def test_warnings_are_confirmed_with_one_tick(house: make.House, lead: Desk) -> None:
    """What was typed beside the tick is kept when it is refused; then it stands with the signature."""
    path = draft_saying(house, "A small glitch delayed some payments.")
    why = "Customers use this word themselves."
    refused = lead.send(path, "submit", reason=why)
    assert 422 == refused.status_code
    assert "must be mended or confirmed" in words(refused)
    assert f'value="{why}"' in refused.content.decode()
    assert 302 == lead.send(path, "submit", read="on", reason=why).status_code
    assert "in_review" == state_of(path)
    seen = lead.read(path)
    assert "glitch" in seen
    assert "version 2. Confirmed by Lea Lead as communications lead, 14:05 UTC." in seen
    assert why in seen


def test_whoever_approves_ticks_what_was_found_for_the_role(
    house: make.House, lead: Desk, accuracy: Desk
) -> None:
    path = draft_saying(house, "We think this is caused by a database failover.")
    lead.send(path, "submit", read="on")
    refused = accuracy.send(path, "decide", decision="approved")
    assert 422 == refused.status_code
    assert "before you approve" in words(refused)
    assert 302 == accuracy.send(path, "decide", decision="approved", read="on").status_code
    assert "version 2. Looked at by Ada Accuracy as accuracy reviewer" in lead.read(path)


def test_a_clean_draft_asks_for_no_tick(house: make.House, lead: Desk) -> None:
    path = draft_saying(house, "")
    assert "I have read the warnings" not in lead.read(path)
    assert 302 == lead.send(path, "submit").status_code


def test_a_hostile_text_is_marked_and_does_nothing(house: make.House, lead: Desk) -> None:
    path = draft_saying(house, "<img src=x onerror=alert(1)> 10.4.22.17")
    page = lead.get(path).content.decode()
    assert "<img src=x" not in page
    assert '<mark class="is-block">10.4.22.17</mark>' in page


@pytest.mark.capability("8.2", face="console")
def test_the_draft_says_whose_wording_rules_apply_and_why(house: make.House, lead: Desk) -> None:
    incident = house.incident()
    draft = f"/console/drafts/{make.draft(incident).draft.id}"
    assert "No jurisdiction is named" in lead.read(draft)
    sent = lead.send(f"/console/incidents/{incident.id}/facts", "/facts", jurisdictions="HK\nUS")
    assert 302 == sent.status_code
    seen = lead.read(draft)
    assert "Read by the wording rules of United States; Hong Kong" in seen
    assert "Affected readers are there, says the fact sheet." in seen


@pytest.mark.capability("3.2", face="console")
@pytest.mark.capability("1.5", face="console")
def test_a_withheld_number_or_cause_that_somebody_types_is_shown_beside_the_text(
    house: make.House, lead: Desk
) -> None:
    view = make.draft(house.incident())
    facts = f"/console/incidents/{view.draft.incident_id}/facts"
    lead.send(facts, "/facts", affected__number="4213")
    lead.send(facts, "/cause", text="An expired certificate of the gateway")
    body = "4213 customers wait. A certificate at the gateway expired."
    make.edited(view, by=house.lead, texts={**view.version.texts, "customers": {"title": "T", "body": body}})
    seen = lead.read(f"/console/drafts/{view.draft.id}")
    assert "Stops the draft 4213 STR-016 It says how many are affected." in seen
    assert "This comes near to what may not be told now. The cause is not confirmed" in seen
