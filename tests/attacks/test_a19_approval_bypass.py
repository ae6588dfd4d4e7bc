"""A19: nothing is published on the word of one person, of an author, or on a word about other texts.

The row's ways around review, each at the door it would come through: the actions, the API with a
program's key, and the console's form.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clarion import pipeline
from clarion.actions import people
from clarion.rules.access import SYSTEM
from clarion.rules.errors import Conflict, Forbidden, Refusal
from clarion.store.models import Approval, Update, User
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, again, decide, edit, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Any) -> Story:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Story()


@pytest.fixture(autouse=True)
def nothing_gets_out() -> Any:
    """Whatever is tried below, no update comes of it, however long one waits."""
    yield
    for hours in range(6):
        pipeline.settle(NOW + hours * HOUR)
    assert 0 == Update.objects.count()


def test_the_same_person_twice(here: Story) -> None:
    """One person holds both roles and speaks in both."""
    draft = here.in_review()
    both = make.person("accuracy", "clarity")
    decide(draft, both, "accuracy")
    for role in ("clarity", "accuracy"):
        with pytest.raises(Forbidden, match="one person fills one role"):
            decide(draft, both, role)


def test_one_person_with_two_accounts_needs_two_addresses(here: Story) -> None:
    """The same address in other letters is the same person; a second account is not made."""
    for email in (here.accuracy.email.upper(), f" {here.accuracy.email} "):
        with pytest.raises(Conflict, match="has this address already"):
            make.person("clarity", email=email)
    assert 6 == User.objects.count()


def test_a_word_on_one_version_counted_for_the_next(here: Story) -> None:
    """Approved, then edited: old approvals are void, and the old digest approves nothing new."""
    draft = here.in_review()
    old = draft.versions.get()
    decide(draft, here.accuracy, "accuracy")
    edit(draft, here.lead)
    submit(draft, here.lead)
    for version, digest in ((1, old.digest), (2, old.digest)):
        with pytest.raises(Conflict):
            decide(draft, here.clarity, "clarity", version=version, digest=digest)
    decide(draft, here.clarity, "clarity")
    assert "in_review" == again(draft).state


def test_an_edit_back_to_the_approved_words(here: Story) -> None:
    """The same words as a new version are another text to approve: somebody wrote them anew."""
    draft = here.in_review()
    first = draft.versions.get()
    decide(draft, here.accuracy, "accuracy")
    decide(draft, here.clarity, "clarity")
    edit(draft, here.lead)
    edit(draft, here.lead, texts=first.texts, next_update_at=first.next_update_at)
    assert first.digest != draft.versions.latest("number").digest
    submit(draft, here.lead)
    assert "in_review" == again(draft).state


def test_approving_after_the_review_ran_out(here: Story) -> None:
    """By the clock of the server; a page left open since does not help."""
    draft = here.in_review()
    decide(draft, here.accuracy, "accuracy")
    for late in (HOUR, 4 * HOUR, timedelta(days=30)):
        with pytest.raises(Conflict, match="ran out of time"):
            decide(draft, here.clarity, "clarity", NOW + late)


@pytest.mark.parametrize("loss", [people.deactivate_person, people.revoke_role])
def test_a_person_who_was_removed_while_their_page_was_open(here: Story, loss: Any) -> None:
    """Who they are is read anew at the moment they speak, whatever their session remembers."""
    draft = here.in_review()
    session = acting(here.accuracy)
    told = {"role": "accuracy"} if loss is people.revoke_role else {}
    pipeline.run(loss, user_id=here.accuracy.id, actor=SYSTEM, now=NOW, **told)
    with pytest.raises(Forbidden):
        decide(draft, here.accuracy, "accuracy", actor=session)
    with pytest.raises(Forbidden):
        decide(draft, here.accuracy, "accuracy")


@pytest.mark.parametrize("loss", [people.deactivate_person, people.revoke_role])
def test_a_word_of_somebody_who_was_removed_afterwards(here: Story, loss: Any) -> None:
    """Approved in time, gone before the second approval: the first one no longer counts."""
    draft = here.in_review()
    decide(draft, here.accuracy, "accuracy")
    told = {"role": "accuracy"} if loss is people.revoke_role else {}
    pipeline.run(loss, user_id=here.accuracy.id, actor=SYSTEM, now=NOW, **told)
    decide(draft, here.clarity, "clarity")
    assert "in_review" == again(draft).state


def test_a_role_that_moves_on_in_the_middle(here: Story) -> None:
    """The accuracy reviewer becomes clarity reviewer after speaking, and speaks again."""
    draft = here.in_review()
    decide(draft, here.accuracy, "accuracy")
    pipeline.run(people.grant_role, user_id=here.accuracy.id, role="clarity", actor=SYSTEM, now=NOW)
    with pytest.raises(Forbidden, match="one person fills one role"):
        decide(draft, here.accuracy, "clarity")
    pipeline.run(people.revoke_role, user_id=here.accuracy.id, role="accuracy", actor=SYSTEM, now=NOW)
    decide(draft, here.accuracy, "clarity")  # their first word is void with the role it was given in
    assert ["clarity"] == list(Approval.objects.filter(voided_at=None).values_list("role", flat=True))


def test_writing_and_approving(here: Story) -> None:
    """By a reviewer who edits, after approving or before; any version counts, not only the last."""
    draft = here.in_review()
    edit(draft, here.accuracy)
    edit(draft, here.lead)
    submit(draft, here.lead)
    with pytest.raises(Forbidden, match="You wrote part of this text"):
        decide(draft, here.accuracy, "accuracy")


def test_a_word_replayed_on_another_incident(here: Story) -> None:
    """Two incidents with the same words: what was said of one says nothing of the other."""
    one, other = here.in_review(), here.in_review()
    assert one.versions.get().digest != other.versions.get().digest
    with pytest.raises(Conflict, match="differs from the one you were shown"):
        decide(other, here.accuracy, "accuracy", digest=one.versions.get().digest)


def test_a_row_moved_behind_our_back_to_another_version(here: Story) -> None:
    """Even in the database: an approval names the digest it was given for."""
    draft = here.in_review()
    decide(draft, here.accuracy, "accuracy")
    edit(draft, here.lead)
    submit(draft, here.lead)
    Approval.objects.update(version=draft.versions.get(number=2), voided_at=None)
    decide(draft, here.clarity, "clarity")
    assert "in_review" == again(draft).state


def test_a_draft_marked_approved_behind_our_back(here: Story) -> None:
    """Publishing looks again, and sends it back."""
    draft = here.in_review()
    type(draft).objects.update(state="approved")
    pipeline.settle(NOW)
    assert "in_review" == again(draft).state


# Through the API, with a program's key


def post(secret: str, path: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    client = Client(raise_request_exception=False)
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW + MINUTE, tick=False):
        yield


def word(draft: Any, role: str, **more: Any) -> dict[str, Any]:
    version = draft.versions.latest("number")
    return {
        "version": version.number,
        "digest": version.digest,
        "role": role,
        "decision": "approved",
    } | more


@pytest.mark.capability("4.1", face="api")
def test_an_author_whose_program_approves(here: Story, clock: Any) -> None:
    """A key speaks for its owner: the author's key is the author, a reviewer's two keys are one person."""
    draft = here.draft()
    edit(draft, here.accuracy)
    submit(draft, here.lead)
    path = f"/drafts/{draft.id}/reviews"
    refused = post(make.api_key(here.accuracy), path, **word(draft, "accuracy"))
    assert (403, True) == (refused.status_code, b"You wrote part of this text" in refused.content)
    both = make.person("accuracy", "clarity")
    assert 201 == post(make.api_key(both), path, **word(draft, "accuracy")).status_code
    refused = post(make.api_key(both), path, **word(draft, "clarity"))
    assert (403, True) == (refused.status_code, b"one person fills one role" in refused.content)


@pytest.mark.parametrize(
    "extra",
    [
        {"approved_by": [1, 2]},
        {"state": "approved"},
        {"person": "somebody"},
        {"person_id": "x", "at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00Z"},
    ],
)
def test_fields_that_are_nobodys_to_send(here: Story, clock: Any, extra: dict[str, Any]) -> None:
    """Mass assignment: what the API does not ask for is refused, on reviews, drafts and submissions."""
    draft = here.in_review()
    secret = make.api_key(here.accuracy)
    for path, body in (
        (f"/drafts/{draft.id}/reviews", word(draft, "accuracy")),
        (f"/drafts/{draft.id}/submit", {"version": 1}),
        (f"/drafts/{draft.id}/comments", {"body": "x"}),
    ):
        assert 422 == post(secret, path, **body | extra).status_code
    assert 0 == Approval.objects.count()


# Through the console's form


def test_a_page_elsewhere_that_sends_the_form_for_a_reviewer(here: Story, clock: Any) -> None:
    """CSRF: with the reviewer's session and everything right, but not from our page."""
    draft = here.in_review()
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(User.objects.get(id=here.accuracy.id))
    form = word(draft, "accuracy", comment="")
    for headers in ({}, {"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}):
        answer = browser.post(f"/console/drafts/{draft.id}/decide", form, headers=headers)
        assert 403 == answer.status_code
    assert 0 == Approval.objects.count()


def test_looking_is_not_approving(here: Story, clock: Any) -> None:
    """No address approves by being opened, in an image or a prefetch."""
    draft = here.in_review()
    browser = Client(raise_request_exception=False)
    browser.force_login(User.objects.get(id=here.accuracy.id))
    for method in (browser.get, browser.head):
        assert 405 == method(f"/console/drafts/{draft.id}/decide", word(draft, "accuracy")).status_code
    assert 0 == Approval.objects.count()


def test_every_refusal_says_what_to_do(here: Story) -> None:
    """None of the above is answered with a bare no."""
    draft = here.in_review()
    for attempt in (
        lambda: decide(draft, here.lead, "accuracy"),
        lambda: decide(draft, here.accuracy, "clarity"),
        lambda: decide(draft, here.accuracy, "legal"),
        lambda: decide(draft, here.accuracy, "accuracy", version=7),
    ):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert len(refusal.value.message.split()) > 4
