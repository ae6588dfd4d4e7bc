"""Writing drafts: nothing typed is lost, and nothing is written over unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clarion.actions.incident import change_incident
from clarion.store.models import Draft
from clarion.store.queries import drafts
from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.fixture
def path(house: make.House) -> str:
    return f"/console/drafts/{make.draft(house.incident()).draft.id}"


def version_of(path: str) -> Any:
    return drafts.drafts().get(id=path.rsplit("/", 1)[1]).versions.latest("number")


@pytest.mark.capability("3.4", face="console")
@pytest.mark.capability("5.1", face="console")
def test_an_alert_brings_a_first_draft_with_the_text_of_each_audience(house: make.House, lead: Desk) -> None:
    found = make.draft(make.incident_by_hook())
    seen = lead.read(f"/console/drafts/{found.draft.id}")
    assert "First statement" in seen
    assert "Customers Problem with Checkout" in seen
    assert "Internal teams SEV-1 · Checkout" in seen
    assert "Clarion, from a template" in seen


def test_the_form_sent_as_it_stands_says_the_same_again(lead: Desk, path: str) -> None:
    before = version_of(path)
    answer = lead.send(f"{path}/edit", "")
    assert (302, path) == (answer.status_code, answer["Location"])
    after = version_of(path)
    for part in ("texts", "incident_state", "component_statuses", "next_update_at", "channels"):
        assert getattr(before, part) == getattr(after, part)


@pytest.mark.capability("4.4", face="console")
def test_every_version_stays_readable_with_what_it_changed(lead: Desk, path: str) -> None:
    lead.send(f"{path}/edit", "", texts__customers__title="Checkout is slow")
    seen = lead.read(path)
    assert "Version 2 by Lea Lead" in seen
    assert "Version 1 Clarion" in seen
    assert "[removed: Problem with Checkout ] [added: Checkout is slow ]" in lead.read(f"{path}/versions/2")
    assert "Customers Problem with Checkout" in lead.read(f"{path}/versions/1")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"texts__customers__title": " "}, "Write a title for Customers."),
        ({"texts__internal__body": ""}, "Write a body for Internal teams."),
        ({"next_update_at": ""}, "Say by when readers will hear from you again."),
        ({"next_update_at": "2020-01-01T00:00"}, "for a time that has passed"),
        ({"next_update_at": "soon"}, "Write a date and a time in UTC"),
        ({"incident_state": "panicking"}, "panicking is not one of the available choices"),
        ({"texts__customers__body": "a\x00b"}, "Null characters are not allowed."),
        ({"texts__customers__title": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_mistake_is_shown_at_its_place_and_the_rest_stays_typed(
    lead: Desk, path: str, typed: dict[str, str], problem: str
) -> None:
    mine = {"texts__internal__title": "Kept as I typed it"} | typed
    answer = lead.send(f"{path}/edit", "", **mine)
    assert 422 == answer.status_code
    assert problem in words(answer)
    assert "Kept as I typed it" in answer.content.decode()
    assert 1 == version_of(path).number
    assert 'aria-invalid="true"' in answer.content.decode()


def test_two_writers_at_once_lose_nothing(house: make.House, lead: Desk, accuracy: Desk, path: str) -> None:
    slow = lead.get(f"{path}/edit")
    accuracy.send(f"{path}/edit", "", texts__customers__title="Checkout fails for some")
    answer = lead.send(f"{path}/edit", "", page=slow, texts__internal__title="My own words")
    assert 409 == answer.status_code
    seen = words(answer)
    assert "Version 2 was written meanwhile" in seen
    assert "[added: Checkout fails for some ]" in seen
    assert "My own words" in answer.content.decode()
    again = lead.send(f"{path}/edit", "", page=answer)
    assert 302 == again.status_code
    assert "My own words" == version_of(path).texts["internal"]["title"]


def test_an_auditor_reads_and_does_not_write(auditor: Desk, path: str) -> None:
    assert "Write a new version" not in auditor.read(path)
    assert 403 == auditor.get(f"{path}/edit").status_code


def test_a_text_can_contain_anything_and_do_nothing(lead: Desk, path: str) -> None:
    evil = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) **bold**"
    lead.send(
        f"{path}/edit", "", texts__customers__body=evil, texts__customers__title="<img src=x onerror=y>"
    )
    page = lead.get(path).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page.lower()
    assert "<strong>bold</strong>" in page


def test_the_preview_is_what_readers_will_see(lead: Desk, path: str) -> None:
    token = lead.form(f"{path}/edit", "")["csrfmiddlewaretoken"]
    values = {"texts.customers.body": "**So** <b>raw</b>", "csrfmiddlewaretoken": token}
    seen = lead.client.post("/console/drafts/preview", values).content.decode()
    assert "<p><strong>So</strong> &lt;b&gt;raw&lt;/b&gt;</p>\n" == seen.removesuffix("\n")


@pytest.fixture
def berlin(settings: Any) -> Iterator[None]:
    """The page is read in Berlin."""
    held = settings.CLARION
    before = held.time_zone
    object.__setattr__(held, "time_zone", "Europe/Berlin")
    yield
    object.__setattr__(held, "time_zone", before)


@pytest.mark.capability("3.3", face="console")
def test_reviewers_read_both_zones_and_approve_the_instant(lead: Desk, path: str, berlin: None) -> None:
    """The page shows what readers will see; the source, which the digest covers, holds the reference."""
    lead.send(f"{path}/edit", "", texts__customers__title="Since {2026-03-01T13:50Z}")
    seen = lead.read(path)
    assert "Customers Since 1 Mar 2026, 13:50 UTC (14:50 CET)" in seen
    assert "Next update by 1 Mar 2026, 14:35 UTC (15:35 CET)." in seen
    assert "Next update by {2026-03-01T14:35Z}." in seen
    assert "Times in words" not in seen


@pytest.mark.capability("3.3", face="console")
def test_a_time_in_words_is_shown_and_becomes_a_reference_at_a_press(
    lead: Desk, path: str, berlin: None
) -> None:
    """Nothing is saved by it, and what can mean two moments is left to the author."""
    typed = "Broken since 14:50; clocks read 2:30 am on 25 Oct 2026."
    lead.send(f"{path}/edit", "", texts__customers__body=typed)
    assert "“14:50” is read as 1 Mar 2026, 13:50 UTC (14:50 CET)." in lead.read(path)
    answer = lead.send(f"{path}/edit", "", use_references="1")
    assert (200, 2) == (answer.status_code, version_of(path).number)
    assert "Broken since {2026-03-01T13:50Z}; clocks read 2:30 am on" in answer.content.decode()
    seen = words(answer)
    assert "“14:50”" not in seen
    assert "02:30 on 25 October 2026 happens twice in Europe/Berlin: first in CEST (00:30 UTC)" in seen
    assert 302 == lead.send(f"{path}/edit", "", page=answer).status_code
    assert "Broken since {2026-03-01T13:50Z};" in version_of(path).texts["customers"]["body"]


def test_the_preview_names_times_that_readers_cannot_place(lead: Desk, path: str, berlin: None) -> None:
    token = lead.form(f"{path}/edit", "")["csrfmiddlewaretoken"]
    values = {"texts.customers.body": "{2026-03-01T13:50Z}, 15:10", "csrfmiddlewaretoken": token}
    seen = words(lead.client.post("/console/drafts/preview", values))
    assert "1 Mar 2026, 13:50 UTC (14:50 CET), 15:10" in seen
    assert "As a reference: {2026-03-01T14:10Z}" in seen


@pytest.mark.capability("4.4", face="console")
def test_a_comment_stands_with_its_version(lead: Desk, clarity: Desk, path: str) -> None:
    clarity.send(path, "comment", body="Which cards?\nAll of them?")
    seen = lead.read(path)
    assert "Cleo Clarity on version 1" in seen
    assert "Which cards? All of them?" in seen
    answer = clarity.send(path, "comment", body=" \n ")
    assert (422, True) == (answer.status_code, "Fill this in." in words(answer))


def test_a_draft_is_withdrawn_with_a_reason_or_not_at_all(lead: Desk, path: str) -> None:
    assert 422 == lead.send(path, "withdraw", reason="").status_code
    answer = lead.send(path, "withdraw", reason="Wrong incident")
    assert 302 == answer.status_code
    assert "Withdrawn" in lead.read(path)
    assert "Wrong incident" in lead.read(answer["Location"])


def test_pressing_twice_is_no_error(lead: Desk, path: str) -> None:
    page = lead.get(path)
    assert 302 == lead.send(path, "submit", page=page).status_code
    assert 302 == lead.send(path, "submit", page=page).status_code
    assert "This version is in review already." in lead.read(path)


def test_it_says_who_will_get_it_and_how(house: make.House, lead: Desk, path: str) -> None:
    for number in range(3):
        make.subscriber(f"r{number}@example.org")
    seen = lead.read(path)
    assert "Email 3 subscribers Status page everybody who looks Webhook 0 subscribers" in seen


def test_what_is_new_since_the_last_update_is_marked(house: make.House, lead: Desk) -> None:
    update = house.update()
    answer = lead.send(f"/console/incidents/{update.incident_id}", "drafts", phase="resolution")
    seen = lead.read(answer["Location"])
    assert "New since update 1" in seen
    assert "[removed:" in seen


def test_when_policy_names_other_audiences_the_form_has_a_place_for_their_words(
    house: make.House, lead: Desk
) -> None:
    """A private incident made public: customers' words were never written, and can be now."""
    draft = make.draft(house.incident(visibility="private")).draft
    path = f"/console/drafts/{draft.id}"
    changes = {"visibility": "public"}
    by = make.actor(house.lead)
    make.run(change_incident, incident_id=draft.incident_id, changes=changes, actor=by)
    words_for = {
        f"texts__{name}__{part}": said
        for name in ("customers", "executives", "support")
        for part, said in (("title", "Checkout is slow"), ("body", "Sorry."))
    }
    lead.send(f"{path}/edit", "", **words_for)
    assert {"title": "Checkout is slow", "body": "Sorry."} == version_of(path).texts["customers"]


def test_a_published_draft_sends_to_those_who_got_it(house: make.House, lead: Desk) -> None:
    """The readers of today are not those of then, so it counts none."""
    make.subscriber()
    house.update()
    seen = lead.read(f"/console/drafts/{Draft.objects.get(state='published').id}")
    assert "Who got it Counted by channel under the published update." in seen
    assert "Who will get it" not in seen


@pytest.mark.parametrize("path", ["/console/reviews", "/console/settings/people"])
def test_a_slash_too_many_leads_where_it_should(lead: Desk, path: str) -> None:
    answer = lead.get(f"{path}/?page=2")
    assert f"{path}?page=2" == answer.headers["Location"]
