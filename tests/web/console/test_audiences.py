"""Whom an update is for, ticked by its author; and each running promise with those whom it was made to."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.store.models import Draft
from tests import factories as make
from tests.actions.audiences import CADENCE, OTHERS
from tests.rules.policy_documents import document
from tests.web.console.conftest import Desk, words

NAMES = ["customers", "executives", "support", "internal"]


@pytest.fixture
def told(house: make.House) -> str:
    """The page of an incident of which everybody was told, each with a promise of their own."""
    policy = document(cadence=[*CADENCE, OTHERS])
    make.next_policy(policy, by=house.lead, approved_by=house.administrator)
    return f"/console/incidents/{house.update().incident_id}"


def newest(path: str) -> Any:
    return Draft.objects.get(id=path.rsplit("/", 1)[1]).versions.latest("number")


@pytest.mark.capability("1.2", face="console")
def test_each_running_promise_is_shown_with_its_audience(lead: Desk, told: str) -> None:
    for page in ("/console/", told):
        seen = lead.read(page)
        assert "To: Internal teams" in seen
        assert "To: Customers, Support agents" in seen
        assert "To: Executives" in seen
    assert "Promised the next update to customers by 15:05 UTC to executives by 18:05 UTC" in lead.read(told)


@pytest.mark.capability("1.2", face="console")
def test_a_draft_is_started_for_those_who_are_ticked(lead: Desk, told: str) -> None:
    """All are ticked at first."""
    assert NAMES == lead.form(told, "drafts")["audiences"]
    answer = lead.send(told, "drafts", audiences=["internal", "support"])
    assert {"internal", "support"} == set(newest(answer["Location"]).texts)
    seen = lead.read(answer["Location"])
    assert "Leaves out Customers, Executives" in seen
    assert "Nobody outside: this is told inside the organisation only." in seen


def test_nobody_ticked_is_refused_and_so_is_an_end_that_is_not_told_to_all(lead: Desk, told: str) -> None:
    """At the ticks, which stay as they were sent."""
    answer = lead.send(told, "drafts", audiences=[])
    assert (422, True) == (answer.status_code, "Write for at least one audience." in words(answer))
    answer = lead.send(told, "drafts", audiences=["internal"], phase="resolution")
    assert 422 == answer.status_code
    assert "must hear that it is over: write for Customers, Executives, Support agents too." in words(answer)
    assert ["internal"] == lead.form(told, "drafts", answer)["audiences"]


@pytest.mark.capability("1.2", face="console")
def test_a_tick_taken_out_leaves_the_text_in_the_form(lead: Desk, told: str) -> None:
    """A refusal for another reason gives it back as it was typed; ticked again, it is carried."""
    path = lead.send(told, "drafts")["Location"]
    typed = {"texts__support__title": "Typed for support", "carry__support": []}
    answer = lead.send(f"{path}/edit", "", **typed, incident_state="panicking")
    form = lead.form(f"{path}/edit", "", answer)
    assert ("Typed for support", False) == (form["texts.support.title"], "carry.support" in form)
    lead.send(f"{path}/edit", "", **typed)
    assert ["support"] == newest(path).left_out
    again = lead.form(f"{path}/edit", "")
    assert "Checkout" in again["texts.support.title"], "what an earlier version had is offered"
    lead.send(f"{path}/edit", "", carry__support=["on"])
    assert ([], set(NAMES)) == (newest(path).left_out, set(newest(path).texts))


def test_whoever_was_never_in_the_draft_is_offered_words_and_a_time(lead: Desk, told: str) -> None:
    """Clarion's own, from the facts as they stand; ticked and saved, their promise is policy's."""
    path = lead.send(told, "drafts", audiences=["internal"])["Location"]
    form = lead.form(f"{path}/edit", "")
    assert "{2026-03-01T18:05Z}" in form["texts.executives.body"]
    assert "2026-03-01T18:05" == form["next_update_for.executives"]
    lead.send(f"{path}/edit", "", carry__executives=["on"])
    version = newest(path)
    assert ({"internal", "executives"}, 18) == (set(version.texts), version.promised_to("executives").hour)


def test_the_end_for_too_few_is_refused_at_the_tick(lead: Desk, told: str) -> None:
    path = lead.send(told, "drafts")["Location"]
    answer = lead.send(
        f"{path}/edit", "", carry__customers=[], incident_state="false_alarm", next_update_at=""
    )
    assert 422 == answer.status_code
    page = answer.content.decode()
    assert "must hear that it is over: write for Customers too." in words(answer)
    assert 'id="id_carry.customers_error"' in page


def test_one_promise_for_all_asks_for_no_other_times(house: make.House, lead: Desk) -> None:
    """They are folded away."""
    path = f"/console/drafts/{make.draft(house.incident()).draft.id}"
    page = lead.get(f"{path}/edit").content.decode()
    assert '<details class="fold"><summary>Another time for some of them' in page
