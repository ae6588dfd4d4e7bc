"""An approved draft that lacks somebody after all: who, why, and by when, on the record and on the board."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clarion import pipeline
from clarion.actions import incident, people, review
from clarion.rules import lint
from clarion.rules.access import SYSTEM
from clarion.store import findings
from clarion.store.models import Deadline, Draft, User
from clarion.store.queries import drafts, screens
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, again, decide, last

pytestmark = pytest.mark.django_db
#: A rule that counsel gives the house while drafts are under way.
HOUSE = """
family: house
label: House words
role: legal
rules:
  - id: ORG-001
    severity: review
    pattern: '\\bCheckout\\b'
    why: This name is in dispute.
    fix: Ask counsel.
    bad: ["Checkout fails."]
    good: ["The shop fails."]
"""


@pytest.fixture
def here() -> Story:
    return Story()


def windows(draft: Draft) -> list[Deadline]:
    """Open approval windows."""
    return list(Deadline.objects.filter(draft=draft, satisfied_at=None, cancelled_at=None))


@pytest.mark.capability("4.3", face="ledger")
def test_a_finding_that_calls_for_one_more_role_at_the_last_moment_opens_a_window_for_it(
    here: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Approved by two, then the house got a rule: counsel is told, why, and by when."""
    draft = here.approve(here.draft())
    with_house = lint.load_rules(HOUSE)
    monkeypatch.setattr(findings, "rules", lambda locale="en": with_house)
    make.settle(NOW + MINUTE)
    [window] = windows(draft)
    due = NOW + MINUTE + timedelta(minutes=draft.incident.requirements["approval_window_minutes"])
    assert ("legal", due) == (window.owner_role, window.due_at)
    assert "Legal counsel is missing: “Checkout”: This name is in dispute." in window.reason
    told = last("draft.approval_lapsed").data
    assert ([], ["legal"]) == (told["lapsed"], [each["role"] for each in told["missing"]])
    assert due.isoformat() == told["window_due_at"]
    [(waiting, item)] = drafts.waiting_for(again(here.legal), NOW + MINUTE)
    assert (draft.id, "legal", due) == (waiting.id, item.role, waiting.window_due_at)
    decide(draft, here.legal, "legal", NOW + 2 * MINUTE)
    assert [] == windows(draft)
    make.settle(NOW + 2 * MINUTE)
    assert "published" == again(draft).state


def test_a_window_for_two_is_the_lead_s_and_names_both(here: Story) -> None:
    draft = here.approve(here.draft())
    for person in (here.accuracy, here.clarity):
        pipeline.run(people.deactivate_person, user_id=person.id, actor=SYSTEM, now=NOW)
    make.settle(NOW)
    [window] = windows(draft)
    assert "communications_lead" == window.owner_role
    for role in ("Accuracy reviewer", "Clarity reviewer"):
        assert f"The person who approved as {role} no longer holds that role." in window.reason
        assert f"{role} is missing" in window.reason


def test_the_second_window_warns_and_runs_out_as_the_first(here: Story) -> None:
    draft = here.approve(here.draft())
    told = {"incident_id": draft.incident_id, "changes": {"category": "security"}, "actor": acting(here.lead)}
    pipeline.run(incident.change_incident, now=NOW, **told)
    make.settle(NOW)
    [window] = windows(draft)
    make.settle(window.warn_at)
    assert (window.id, "legal") == (again(window).id, last("deadline.warned").data["owner_role"])
    make.settle(window.due_at)
    assert draft.id == last("deadline.missed").data["draft"]
    assert "in_review" == again(draft).state


def test_a_review_that_ran_out_opens_no_window_and_waits_for_its_writers(here: Story) -> None:
    """The worker slept past the time that the text promises: nobody can approve it any more."""
    draft = here.approve(here.draft())
    late = NOW + HOUR
    make.settle(late)
    assert ("in_review", []) == (again(draft).state, windows(draft))
    assert last("draft.approval_lapsed").data["window_due_at"] is None
    assert [] == drafts.waiting_for(again(here.accuracy), late)
    assert [draft.id] == [each.id for each in screens.drafts_to_finish(late)]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Titles of the texts that lint reads, one for each reading."""
    read: list[str] = []
    check = lint.check

    def counting(text: Any, *rest: Any) -> Any:
        read.append(text.title)
        return check(text, *rest)

    monkeypatch.setattr(lint, "check", counting)
    return read


def test_each_step_reads_each_text_of_a_version_once(here: Story, reads: list[str]) -> None:
    """Asking for review, a word, the last word, publishing; and the board of each person."""
    draft = here.draft()
    newest = draft.versions.get()
    texts = len(newest.texts)
    found = make.prints(newest, "review")

    def count() -> int:
        read = len(reads)
        reads.clear()
        return read

    count()
    told = {"draft_id": draft.id, "version": 1, "now": NOW}
    pipeline.run(review.submit_draft, actor=acting(here.lead), **told)
    assert texts == count()
    word = {"digest": newest.digest, "decision": "approved", "comment": "", "looked_at": found}
    for role, by in here.reviewers.items():
        assert [role] == [item.role for _, item in drafts.waiting_for(by, NOW)]
        assert texts == count()
        pipeline.run(review.decide, role=role, actor=acting(by), **word, **told)
        assert texts == count()
    make.settle(NOW)
    assert "published" == again(draft).state
    assert texts == count()


def test_the_board_of_somebody_who_can_decide_nothing_reads_nothing(here: Story, reads: list[str]) -> None:
    """Whoever has no reviewer's role, whoever wrote it; and nobody can decide what ran out."""
    here.in_review()
    reads.clear()
    assert [] == drafts.waiting_for(here.lead, NOW)
    assert [] == drafts.waiting_for(User.objects.get(id=here.accuracy.id), NOW + 5 * HOUR)
    assert [] == reads


@pytest.mark.django_db(transaction=True)
def test_a_window_that_only_the_draft_knew_of_gets_its_deadline() -> None:
    """An installation from before: the draft went back into review after its deadline was over."""
    before, here = [("store", "0010_policy_documents")], Story()
    draft = here.in_review()
    other = here.in_review()
    Deadline.objects.filter(draft=draft).update(satisfied_at=NOW)
    executor = MigrationExecutor(connection)
    newest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "store"]
    executor.migrate(before)
    try:
        old = executor.loader.project_state(before).apps.get_model("store", "Draft")
        old.objects.all().update(window_due_at=NOW + HOUR)
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert [NOW + HOUR] == [window.due_at for window in windows(draft)]
    assert [NOW + 10 * MINUTE] == [window.due_at for window in windows(other)]
