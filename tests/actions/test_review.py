"""Review as people live it: two approvals of exactly these words, then out; an edit, and all is open."""

from __future__ import annotations

import pytest
import yaml

from clarion import pipeline
from clarion.actions import assess, people
from clarion.actions import draft as drafts
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store.models import Approval, Deadline, Incident, PolicyVersion, Update
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.story import (
    HOUR,
    MINUTE,
    NOW,
    Story,
    acting,
    again,
    codes,
    decide,
    edit,
    kinds,
    last,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


@pytest.mark.capability("4.1", face="ledger")
def test_two_people_approve_and_the_ledger_says_who_what_and_which_words(here: Story) -> None:
    """Each approval is one entry with role, person and digest; the second one approves the draft."""
    draft = here.in_review()
    version = draft.versions.get()
    decide(draft, here.accuracy, "accuracy", comment="Checked against the graphs.")
    first = last("draft.approval_given")
    assert ["clarity"] == first.data["still_missing"]
    assert {"comment": "Checked against the graphs."} == words_of("draft.approval_given")
    decide(draft, here.clarity, "clarity")
    second = last("draft.approved")
    for entry, role, person in ((first, "accuracy", here.accuracy), (second, "clarity", here.clarity)):
        assert (role, person.id, version.digest) == (
            entry.data["role"],
            entry.data["person"],
            entry.data["digest"],
        )
        assert f"user:{person.id}" == entry.actor
    assert "approved" == again(draft).state
    make.settle(NOW)
    told = last("update.published").data
    assert version.digest == told["digest"]
    assert {"accuracy": here.accuracy.id, "clarity": here.clarity.id} == {
        item["role"]: item["person"] for item in told["approvals"]
    }


def test_nothing_is_published_before_the_second_approval(here: Story) -> None:
    """However often the pipeline is settled, however late it gets."""
    draft = here.in_review()
    decide(draft, here.accuracy, "accuracy")
    for hours in (0, 1, 30):
        make.settle(NOW + hours * HOUR)
    assert 0 == Update.objects.count()
    assert "in_review" == again(draft).state


@pytest.mark.parametrize("kept", [[], ["accuracy"]], ids=["nobody", "one role"])
def test_a_kind_without_formal_updates_is_published_by_two_people_too(here: Story, kept: list[str]) -> None:
    """Under a policy of before that asks too few of it, and by the decision that was kept from then."""
    document = yaml.safe_load(default_document())
    telling = {"formal_updates": False, "audiences": ["customers"], "channels": ["email"], "why": "so."}
    document["updates"] = [{"name": "all", **telling}]
    asked = [rule for rule in document["reviews"] if rule["role"] in kept]
    document["reviews"] = asked or [{**document["reviews"][0], "when": {"severity": "SEV-1"}}]
    PolicyVersion.objects.create(number=2, document=yaml.safe_dump(document), at=NOW)
    incident = here.open(severity="SEV-4")
    told = [item for item in incident.requirements["reviews"] if item["role"] in kept]
    Incident.objects.filter(id=incident.id).update(requirements={**incident.requirements, "reviews": told})
    actor = acting(here.lead)
    pipeline.run(drafts.create_draft, incident_id=incident.id, phase="update", actor=actor, now=NOW)
    draft = incident.drafts.get()
    shown = dict.fromkeys(draft.versions.get().component_statuses, "partial_outage")
    edit(draft, here.lead, component_statuses=shown)
    submit(draft, here.lead)
    decide(draft, here.accuracy, "accuracy")
    pipeline.run(
        assess.assess_incident, incident_id=incident.id, facts={"regions": ["EU"]}, actor=actor, now=NOW
    )
    make.settle(NOW)
    assert ("in_review", 0) == (again(draft).state, Update.objects.count())
    decide(draft, here.clarity, "clarity")
    make.settle(NOW)
    assert "published" == again(draft).state


def test_an_edit_voids_every_approval_and_says_how_many(here: Story) -> None:
    """Approved already, not yet published: the new words start from nothing."""
    draft = here.approve(here.draft())
    edit(draft, here.lead)
    assert 2 == last("draft.edited").data["approvals_voided"]
    assert ["version 2 was written"] * 2 == [a.void_reason for a in Approval.objects.all()]
    assert "draft" == again(draft).state
    make.settle(NOW)
    assert 0 == Update.objects.count()


def test_an_approval_binds_to_the_words_that_were_shown(here: Story) -> None:
    """An old version or another digest is refused, and the refusal says to read again."""
    draft = here.in_review()
    with pytest.raises(Conflict, match="Read it again before you decide"):
        decide(draft, here.accuracy, "accuracy", digest="0" * 64)
    shown = draft.versions.get()
    edit(draft, here.lead)
    submit(draft, here.lead)
    with pytest.raises(Conflict, match="Version 2 was written meanwhile"):
        decide(draft, here.accuracy, "accuracy", version=1, digest=shown.digest)
    with pytest.raises(Conflict, match="differs from the one you were shown"):
        decide(draft, here.accuracy, "accuracy", digest=shown.digest)
    assert 0 == Approval.objects.count()


def test_asking_for_changes_needs_words_and_stops_the_window(here: Story) -> None:
    """Somebody must know what to change; nobody is nagged for an approval meanwhile."""
    draft = here.in_review()
    with pytest.raises(Invalid, match="Say what should change"):
        decide(draft, here.clarity, "clarity", decision="changes_requested")
    decide(draft, here.clarity, "clarity", decision="changes_requested", comment="Say since when.")
    assert "changes_requested" == again(draft).state
    assert {"comment": "Say since when."} == words_of("draft.changes_requested")
    assert NOW == Deadline.objects.get(kind="approval_window").cancelled_at


def test_after_changes_were_asked_for_a_resubmission_starts_from_nothing(here: Story) -> None:
    """What was said before is void, so the same two people speak again."""
    draft = here.in_review()
    decide(draft, here.accuracy, "accuracy")
    decide(draft, here.clarity, "clarity", decision="changes_requested", comment="Shorter.")
    submit(draft, here.lead, NOW + MINUTE)
    assert 2 == last("draft.submitted").data["approvals_voided"]
    decide(draft, here.accuracy, "accuracy", NOW + MINUTE)
    assert "in_review" == again(draft).state
    decide(draft, here.clarity, "clarity", NOW + MINUTE)
    assert "approved" == again(draft).state


def test_an_approval_that_ran_out_before_the_second_can_be_given_again(here: Story) -> None:
    """Approvals hold an hour; a first one that is older counts for nothing and blocks nobody."""
    draft = here.draft()
    edit(draft, here.lead, next_update_at=NOW + 3 * HOUR)
    submit(draft, here.lead)
    decide(draft, here.accuracy, "accuracy")
    later = NOW + 60 * MINUTE
    decide(draft, here.clarity, "clarity", later)
    told = last("draft.approval_given").data
    assert (["accuracy"], ["expired"]) == (told["still_missing"], [r["code"] for r in told["lapsed"]])
    decide(draft, here.accuracy, "accuracy", later + MINUTE)
    assert "approved" == again(draft).state
    assert 1 == Approval.objects.filter(void_reason__contains="ran out").count()


def test_an_approved_draft_whose_approval_lapsed_goes_back_to_review(here: Story) -> None:
    """The worker slept through the hour: nothing goes out, and the ledger says why."""
    draft = here.approve(here.draft())
    late = NOW + 61 * MINUTE
    make.settle(late)
    assert (0, "in_review") == (Update.objects.count(), again(draft).state)
    assert ["expired", "expired"] == codes("draft.approval_lapsed", "lapsed")


@pytest.mark.parametrize("loss", ["role revoked", "switched off"])
def test_an_approver_who_is_no_longer_one_does_not_count(here: Story, loss: str) -> None:
    """Between approval and publication; and another reviewer can take the place at once."""
    draft = here.approve(here.draft())
    gone = {"user_id": here.accuracy.id, "actor": SYSTEM, "now": NOW}
    if loss == "role revoked":
        pipeline.run(people.revoke_role, role="accuracy", **gone)
    else:
        pipeline.run(people.deactivate_person, **gone)
    make.settle(NOW)
    assert (0, "in_review") == (Update.objects.count(), again(draft).state)
    assert ["role_lost"] == codes("draft.approval_lapsed", "lapsed")
    decide(draft, make.person("accuracy", name="Agnes"), "accuracy", NOW + MINUTE)
    make.settle(NOW + MINUTE)
    assert 1 == Update.objects.count()


def test_a_review_that_ran_out_must_be_submitted_again(here: Story) -> None:
    """Four hours later the words may no longer be true, so nobody can approve them by then."""
    draft = here.draft()
    edit(draft, here.lead, next_update_at=NOW + 9 * HOUR)
    submit(draft, here.lead)
    late = NOW + 4 * HOUR
    with pytest.raises(Conflict, match="Submit the draft again"):
        decide(draft, here.accuracy, "accuracy", late)
    submit(draft, here.lead, late)
    decide(draft, here.accuracy, "accuracy", late)


def test_nothing_is_approved_or_published_after_the_time_its_own_text_promises(here: Story) -> None:
    """``Next update by 13:00`` is no longer true at 13:00; the draft must be edited first."""
    draft = here.in_review()
    promised = draft.versions.get().next_update_at
    assert NOW + HOUR == promised
    decide(draft, here.accuracy, "accuracy", promised - MINUTE)
    with pytest.raises(Conflict, match="ran out of time"):
        decide(draft, here.clarity, "clarity", promised)
    with pytest.raises(Invalid, match="promised for a time that has passed"):
        submit(draft, here.lead, promised)
    again_ready = again(draft)
    edit(again_ready, here.lead, promised)
    submit(again_ready, here.lead, promised)


def test_an_approved_text_is_not_published_after_the_time_it_promises(here: Story) -> None:
    """Approved a minute before, found by the worker a minute after: it goes back."""
    draft = here.draft()
    promised = draft.versions.get().next_update_at
    here.approve(draft, promised - MINUTE)
    make.settle(promised)
    assert (0, "in_review") == (Update.objects.count(), again(draft).state)


def test_submitting_twice_is_answered_as_done_and_opens_one_window(here: Story) -> None:
    """A doubled click changes nothing."""
    draft = here.in_review()
    with pytest.raises(AlreadyDone):
        submit(draft, here.lead)
    assert 1 == Deadline.objects.filter(kind="approval_window").count()


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("accuracy", "This needs a person with the role Clarity reviewer"),
        ("lead", "This needs the role Accuracy reviewer or Clarity reviewer or Legal counsel"),
        ("administrator", "This needs the role Accuracy reviewer or Clarity reviewer or Legal counsel"),
    ],
)
def test_only_the_role_that_is_asked_for_counts(here: Story, who: str, refusal: str) -> None:
    """Rank replaces no role."""
    with pytest.raises(Forbidden, match=refusal):
        decide(here.in_review(), getattr(here, who), "clarity")


def test_a_draft_that_does_not_exist_is_not_found(here: Story) -> None:
    """Before anything is written."""
    draft = here.in_review()
    before = kinds()
    with pytest.raises(NotFound):
        decide(draft, here.accuracy, "accuracy", draft_id="nosuchdraft1")
    assert before == kinds()
