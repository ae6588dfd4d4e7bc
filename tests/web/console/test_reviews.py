"""Two people other than the author approve exactly what they were shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clarion.store.queries import drafts
from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.fixture
def path(house: make.House) -> str:
    view = make.edited(make.draft(house.incident()), by=house.lead)
    return f"/console/drafts/{make.submitted(view, by=house.lead).draft.id}"


def state_of(path: str) -> str:
    return str(drafts.drafts().get(id=path.rsplit("/", 1)[1]).state)


@pytest.mark.capability("4.1", face="console")
def test_two_people_approve_and_it_is_published(lead: Desk, accuracy: Desk, clarity: Desk, path: str) -> None:
    assert 302 == accuracy.send(path, "decide", decision="approved").status_code
    assert "Your approval is recorded. It holds for exactly this text." in accuracy.read(path)
    assert "in_review" == state_of(path)
    clarity.send(path, "decide", decision="approved", comment="Clear.")
    make.settle()
    assert "published" == state_of(path)
    seen = lead.read(path)
    assert "Accuracy reviewer Approved Ada Accuracy" in seen
    assert "Clarity reviewer Approved Cleo Clarity" in seen


@pytest.mark.capability("4.1", face="console")
def test_whoever_wrote_it_is_told_why_they_cannot_approve(house: make.House, path: str) -> None:
    writer = make.person("accuracy", "communications_lead")
    view = drafts.draft_view(path.rsplit("/", 1)[1], person=None, now=make.NOW)
    make.submitted(make.edited(view, by=writer), by=house.lead)
    page = Desk(writer).get(path)
    assert "You wrote part of this text, so you cannot review it." in words(page)
    assert "/decide" not in page.content.decode()


@pytest.mark.capability("4.1", face="console")
def test_an_edit_voids_what_was_said_and_shows_that(lead: Desk, accuracy: Desk, path: str) -> None:
    accuracy.send(path, "decide", decision="approved")
    assert "1 approval of version 2 will no longer count" in lead.read(f"{path}/edit")
    lead.send(f"{path}/edit", "", texts__customers__title="Other words")
    seen = lead.read(path)
    assert "1 approval of the version before no longer count" in seen
    assert "Approved Ada Accuracy as accuracy reviewer, version 2" in seen
    assert "Voided because version 3 was written." in seen


def test_nobody_approves_a_text_that_changed_after_they_read_it(
    lead: Desk, accuracy: Desk, path: str
) -> None:
    read = accuracy.get(path)
    lead.send(f"{path}/edit", "", texts__customers__title="Everything is fine")
    lead.send(path, "submit")
    answer = accuracy.send(path, "decide", page=read, decision="approved", comment="My remark")
    assert 409 == answer.status_code
    assert "Version 3 was written meanwhile; read it first." in words(answer)
    assert "Everything is fine" in words(answer)
    assert "My remark" in answer.content.decode()
    assert not drafts.approvals_of(drafts.drafts().get(id=path.rsplit("/", 1)[1])).exists()
    assert 302 == accuracy.send(path, "decide", page=answer, decision="approved").status_code


def test_a_digest_made_up_by_hand_approves_nothing(accuracy: Desk, path: str) -> None:
    answer = accuracy.send(path, "decide", decision="approved", digest="0" * 64)
    assert 409 == answer.status_code
    assert "The text differs from the one you were shown." in words(answer)


@pytest.mark.parametrize(
    "typed", [{"role": "legal"}, {"role": "nobody"}, {"role": ""}, {"version": "x"}, {"decision": ""}]
)
def test_a_form_tampered_with_does_nothing_and_says_so(
    accuracy: Desk, path: str, typed: dict[str, str]
) -> None:
    answer = accuracy.send(path, "decide", **({"decision": "approved"} | typed))
    assert answer.status_code in (403, 409, 422)
    assert "This was not done." in words(answer)
    assert "in_review" == state_of(path)


def test_changes_are_asked_for_with_words(lead: Desk, clarity: Desk, path: str) -> None:
    answer = clarity.send(path, "decide", decision="changes_requested")
    assert (422, True) == (answer.status_code, "Say what should change." in words(answer))
    clarity.send(path, "decide", decision="changes_requested", comment="Too long.")
    seen = lead.read(path)
    assert "Clarity reviewer asks for changes." in seen
    assert "Too long." in seen
    assert "Write a new version, or submit this one again" in seen


def test_the_exact_text_is_named_by_its_digest(accuracy: Desk, path: str) -> None:
    digest = drafts.drafts().get(id=path.rsplit("/", 1)[1]).versions.latest("number").digest
    seen = accuracy.read(path).replace(" ", "")
    assert digest in seen
    assert f"Asaccuracyreviewer,forexactly{digest[:12]}" in seen


@pytest.mark.capability("4.3", face="console")
def test_it_says_how_long_reviewers_have(accuracy: Desk, path: str, now: Any) -> None:
    assert "5 min left of the approval window, until 14:10 UTC" in accuracy.read(path)
    now.shift(timedelta(minutes=6))
    assert "The approval window is over since 14:10 UTC" in accuracy.read(path)


def test_my_reviews_are_only_mine(accuracy: Desk, lead: Desk, path: str) -> None:
    assert "Decide as accuracy reviewer" in accuracy.read("/console/reviews")
    assert "No draft waits for your word." in lead.read("/console/reviews")
