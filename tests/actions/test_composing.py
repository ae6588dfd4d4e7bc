"""From facts to words: composed again, judged again when they go out, never by their own writers."""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import assess, facts
from clarion.actions import draft as drafts
from clarion.actions.closing import close_incident
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden
from clarion.rules.facts import Affected
from clarion.rules.instants import reference
from clarion.store import reviews
from clarion.store.models import Deadline, Disclosure, Draft, Incident, Update
from tests import factories as make
from tests.actions.story import (
    EVERYTHING,
    HOUR,
    MINUTE,
    NOW,
    Story,
    acting,
    again,
    decide,
    edit,
    last,
    longer,
    submit,
)
from tests.actions.test_facts import cause, estimate, record
from tests.actions.test_facts import decide as disclose
from tests.rules.policy_documents import UPDATE, document

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def compose(draft: Draft, by: Any, now: Any = NOW) -> Any:
    number = draft.versions.latest("number").number
    told = {"draft_id": draft.id, "base_version": number, "actor": acting(by), "now": now}
    return pipeline.run(drafts.compose_again, **told)


def text(draft: Draft, audience: str = "customers") -> str:
    return str(draft.versions.latest("number").texts[audience]["body"])


@pytest.mark.capability("3.4", face="ledger")
@pytest.mark.capability("1.6", face="ledger")
def test_a_draft_is_composed_again_from_the_facts_and_says_from_which(here: Story) -> None:
    draft = here.draft()
    told = {"impact": "card payments are declined", "affected": Affected(percent=4, regions=("Europe",))}
    record(draft.incident, here.lead, **told)
    compose(draft, here.lead)
    assert "card payments are declined. It affects customers in Europe." in text(draft)
    assert "about 4 % of customers" in text(draft, "internal")
    entry = last("draft.composed")
    assert (2, 1) == (entry.data["version"], entry.data["facts_version"])
    assert 1 == draft.versions.latest("number").facts["sheet"]
    with pytest.raises(AlreadyDone):
        compose(draft, here.lead)


@pytest.mark.capability("1.5", face="ledger")
def test_a_number_goes_out_once_it_was_counted_and_confirmed(here: Story) -> None:
    """The shipped policy: never while nobody has assessed how many, then when it is confirmed."""
    draft = here.draft()
    count = {"affected": Affected(number=51234)}
    record(draft.incident, here.lead, **count)
    compose(draft, here.lead)
    assert ("51234" in text(draft), "51234" in text(draft, "internal")) == (False, True)
    counted = {"facts": {"customers_affected": 51234}, "actor": acting(here.lead), "now": NOW}
    pipeline.run(assess.assess_incident, incident_id=draft.incident_id, **counted)
    record(draft.incident, here.lead, **count, confirmed=frozenset({"affected"}))
    compose(draft, here.lead)
    assert "It affects 51234 customers." in text(draft)


def test_composing_again_voids_what_was_approved_and_keeps_the_promise(here: Story) -> None:
    draft = here.in_review()
    promised = draft.versions.get().next_update_at
    decide(draft, here.clarity, "clarity")
    record(draft.incident, here.lead, impact="card payments are declined")
    compose(draft, here.lead, NOW + MINUTE)
    assert ("draft", 1) == (again(draft).state, last("draft.composed").data["approvals_voided"])
    assert promised == draft.versions.latest("number").next_update_at
    with pytest.raises(Conflict, match="Version 2"):
        pipeline.run(
            drafts.compose_again, draft_id=draft.id, base_version=1, actor=acting(here.lead), now=NOW
        )


def test_composing_again_keeps_what_the_author_says_beside_the_texts(here: Story) -> None:
    """New are Clarion's words; the state and what stands behind it stay what the author decided."""
    draft = here.draft()
    by_author = {
        "incident_state": "monitoring",
        "component_statuses": {make.component("Search").id: "degraded"},
        "no_change": True,
        "ruled_out": "The network.",
        "statements": EVERYTHING,
    }
    edit(draft, here.lead, **by_author)
    record(draft.incident, here.lead, impact="card payments are declined")
    compose(draft, here.lead)
    version = draft.versions.latest("number")
    assert by_author == {name: getattr(version, name) for name in by_author} | {"statements": EVERYTHING}
    assert EVERYTHING.as_json() == version.statements
    record(draft.incident, here.lead, impact="card payments are declined in shops")
    compose(draft, here.lead)
    assert "monitoring" == draft.versions.latest("number").incident_state, "also the second time"


def test_an_end_that_its_author_made_a_monitoring_keeps_its_promise(here: Story) -> None:
    draft = here.draft()
    here.publish(draft)
    told = {"incident_id": draft.incident_id, "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told, phase="resolution")
    ending = Draft.objects.get(phase="resolution")
    edit(ending, here.lead, incident_state="monitoring", next_update_at=NOW + HOUR, statements=EVERYTHING)
    record(draft.incident, here.lead, impact="card payments are declined")
    compose(ending, here.lead)
    version = ending.versions.latest("number")
    assert ("monitoring", NOW + HOUR) == (version.incident_state, version.next_update_at)


def test_composing_again_what_nobody_edited_follows_the_incident(here: Story) -> None:
    draft = here.draft()
    Incident.objects.filter(id=draft.incident_id).update(state="identified")
    record(draft.incident, here.lead, impact="card payments are declined")
    compose(draft, here.lead)
    assert "identified" == draft.versions.latest("number").incident_state


def test_whoever_wrote_a_fact_wrote_part_of_the_text_and_cannot_approve_it(here: Story) -> None:
    """Else an accuracy reviewer could put words into a text by way of the facts, and approve them."""
    draft = here.draft()
    record(draft.incident, here.accuracy, impact="card payments are declined")
    compose(draft, here.lead)
    submit(draft, here.lead)
    with pytest.raises(Forbidden, match="You wrote part of this text"):
        decide(draft, here.accuracy, "accuracy")
    other = make.person("accuracy", name="Olga Other")
    decide(draft, other, "accuracy")


def test_an_edit_of_another_keeps_the_writer_of_the_facts_an_author(here: Story) -> None:
    draft = here.draft()
    record(draft.incident, here.accuracy, impact="card payments are declined")
    compose(draft, here.lead)
    edit(draft, here.lead)
    submit(draft, here.lead)
    with pytest.raises(Forbidden):
        decide(draft, here.accuracy, "accuracy")


@pytest.mark.capability("3.2", face="ledger")
def test_a_hypothesis_typed_into_a_public_text_is_not_submitted(here: Story) -> None:
    draft = here.draft()
    cause(draft.incident, here.lead, "A full disk")
    texts = longer(draft.versions.get().texts, "The reason is a full disk.")
    edit(draft, here.lead, texts=texts)
    with pytest.raises(Conflict, match="tells a cause that is not confirmed"):
        submit(draft, here.lead)
    disclose(draft.incident, here.lead)
    submit(draft, here.lead)


@pytest.mark.capability("3.2", face="ledger")
def test_what_was_approved_under_a_decision_that_ended_goes_back(here: Story) -> None:
    """Judged at the moment of publishing: approvals do not outlive the decision."""
    draft = here.draft()
    cause(draft.incident, here.lead, "A full disk")
    disclose(draft.incident, here.lead)
    edit(draft, here.lead, texts=longer(draft.versions.get().texts, "The reason is a full disk."))
    here.approve(draft)
    Disclosure.objects.update(withdrawn_at=NOW)
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, Update.objects.count())
    assert ["cause.hypothesis"] == [reason["code"] for reason in last("draft.approval_lapsed").data["lapsed"]]


@pytest.mark.capability("3.6", face="ledger")
def test_an_estimate_goes_out_with_its_caveat_and_not_once_it_is_withdrawn(here: Story) -> None:
    draft = here.draft()
    here.publish(draft)
    estimate(draft.incident, here.lead, here.accuracy)
    told = {"incident_id": draft.incident_id, "phase": "update", "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told)
    second = Draft.objects.get(phase="update")
    assert "estimate normal service by {2026-03-01T16:05Z}. This is an estimate and could" in text(second)
    here.approve(second)
    estimate(draft.incident, here.lead, here.accuracy, NOW + MINUTE)
    make.settle(NOW + MINUTE)
    assert "draft" == again(second).state, "it gave a time that engineering has taken back"
    assert ["estimate.overtaken"] == [
        reason["code"] for reason in last("draft.approval_lapsed").data["lapsed"]
    ]


def test_a_text_whose_estimate_was_cut_out_depends_on_it_no_more(here: Story) -> None:
    draft = here.draft()
    first = draft.versions.get().texts
    estimate(draft.incident, here.lead, here.accuracy)
    compose(draft, here.lead)
    assert draft.versions.latest("number").facts["estimate_at"]
    edit(draft, here.lead, texts=longer(first))
    assert draft.versions.latest("number").facts["estimate_at"] is None


@pytest.mark.capability("3.6", face="ledger")
def test_an_estimate_that_was_cut_out_and_typed_in_again_is_known_as_one(here: Story) -> None:
    draft = here.draft()
    first = draft.versions.get().texts
    estimate(draft.incident, here.lead, here.accuracy)
    compose(draft, here.lead)
    given = draft.versions.latest("number").texts
    edit(draft, here.lead, texts=longer(first))
    edit(draft, here.lead, texts=given)
    found = draft.versions.latest("number").facts
    assert (NOW + 2 * HOUR).isoformat() == found["estimate_at"] and "customers" in found["estimate_to"]
    withdraw(draft.incident, here.lead)
    assert ["estimate.overtaken"] == overtaken(draft)


def test_a_time_typed_before_it_was_recorded_as_an_estimate_falls_with_it(here: Story) -> None:
    draft = here.draft()
    typed = f"Service will be restored by {reference(NOW + 2 * HOUR)}."
    edit(draft, here.lead, texts=longer(draft.versions.get().texts, typed))
    assert [] == overtaken(draft)
    estimate(draft.incident, here.lead, here.accuracy)
    withdraw(draft.incident, here.lead)
    assert ["estimate.overtaken"] == overtaken(draft)


#: what a text may say with the time of an estimate that was taken back
NO_ESTIMATES = ["Next update by {}.", "We had estimated normal service by {}. That estimate no longer holds."]


@pytest.mark.parametrize("said", NO_ESTIMATES)
def test_the_same_minute_may_be_said_where_it_is_no_estimate(here: Story, said: str) -> None:
    draft = here.draft()
    estimate(draft.incident, here.lead, here.accuracy)
    withdraw(draft.incident, here.lead)
    words = said.format(reference(NOW + 2 * HOUR))
    edit(draft, here.lead, texts=longer(draft.versions.get().texts, words))
    assert [] == overtaken(draft)


def withdraw(of: Any, by: Any) -> None:
    told = {"incident_id": of.id, "reason": "It takes longer.", "actor": acting(by)}
    pipeline.run(facts.withdraw_estimate, **told, now=NOW + MINUTE)


def overtaken(draft: Draft) -> list[str]:
    reasons = reviews.overtaken(again(draft), draft.versions.latest("number"), NOW + MINUTE)
    return [reason.code for reason in reasons]


def test_a_review_ends_when_the_estimate_in_the_text_does(here: Story) -> None:
    draft = here.draft()
    here.publish(draft)
    estimate(draft.incident, here.lead, here.accuracy, expires_at=NOW + 10 * MINUTE)
    told = {"incident_id": draft.incident_id, "phase": "update", "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told)
    second = Draft.objects.get(phase="update")
    submit(second, here.lead)
    assert NOW + 10 * MINUTE == again(second).review_until


@pytest.mark.capability("3.6", face="ledger")
def test_an_estimate_that_ran_out_prepares_a_draft_and_publishes_nothing(here: Story) -> None:
    draft = here.draft()
    here.publish(draft)
    estimate(draft.incident, here.lead, here.accuracy, expires_at=NOW + 10 * MINUTE)
    make.settle(NOW + 11 * MINUTE)
    assert Deadline.objects.get(kind="etr").missed_at
    prepared = Draft.objects.get(phase="update")
    assert ("draft", 1) == (prepared.state, Update.objects.count())
    assert "estimate" not in text(prepared)


def test_readers_who_were_given_an_estimate_hear_that_it_no_longer_holds(here: Story) -> None:
    draft = here.draft()
    estimate(draft.incident, here.lead, here.accuracy, expires_at=NOW + 10 * MINUTE)
    cause(draft.incident, here.lead)
    here.publish(draft)  # the first statement was composed before the estimate
    told = {"incident_id": draft.incident_id, "phase": "update", "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told)
    here.publish(Draft.objects.get(phase="update"))
    make.settle(NOW + 11 * MINUTE)
    prepared = Draft.objects.filter(phase="update").latest("created_at")
    assert "That estimate no longer holds" in text(prepared)


def test_readers_are_told_afterwards_what_happened(here: Story) -> None:
    """Also when the incident is over; the state is then the postmortem's."""
    draft = here.draft()
    here.publish(draft)
    told = {"incident_id": draft.incident_id, "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told, phase="resolution")
    ending = Draft.objects.get(phase="resolution")
    edit(ending, here.lead, statements=EVERYTHING)
    here.publish(ending)
    with pytest.raises(Conflict):
        pipeline.run(drafts.create_draft, **told, phase="update")
    pipeline.run(drafts.create_draft, **told, phase="follow_up")
    after = Draft.objects.get(phase="follow_up")
    assert ("postmortem", None) == (
        after.versions.get().incident_state,
        after.versions.get().next_update_at,
    )
    here.publish(after)
    assert 3 == Update.objects.count()


def test_nobody_is_told_afterwards_of_what_they_never_heard(here: Story) -> None:
    incident = here.open()
    told = {"incident_id": incident.id, "actor": acting(here.lead), "now": NOW}
    pipeline.run(close_incident, **told, state="false_alarm", reason="A probe was wrong.")
    with pytest.raises(Conflict):
        pipeline.run(drafts.create_draft, **told, phase="follow_up")


def test_an_update_goes_on_from_where_the_incident_is(here: Story) -> None:
    draft = here.draft()
    cause(draft.incident, here.accuracy, "A full disk", confirmed=True)
    edit(draft, here.lead, incident_state="identified")
    here.publish(draft)
    told = {"incident_id": draft.incident_id, "actor": acting(here.lead), "now": NOW + HOUR}
    pipeline.run(drafts.create_draft, **told, phase="update")
    assert "identified" == Draft.objects.get(phase="update").versions.get().incident_state


def test_the_published_end_ends_the_estimate(here: Story) -> None:
    draft = here.draft()
    here.publish(draft)
    estimate(draft.incident, here.lead, here.accuracy)
    told = {"incident_id": draft.incident_id, "actor": acting(here.lead), "now": NOW}
    pipeline.run(drafts.create_draft, **told, phase="resolution")
    ending = Draft.objects.get(phase="resolution")
    edit(ending, here.lead, statements=EVERYTHING)
    here.publish(ending)
    assert Deadline.objects.get(kind="etr").satisfied_at


def test_of_a_private_incident_named_people_outside_read_nothing_either(here: Story) -> None:
    """Policy may name regulators; what is private is published inside alone."""
    audiences = {name: {"owner": "Somebody", "channels": ["email"]} for name in ("customers", "regulators")}
    rule = {**UPDATE, "audiences": ["customers", "regulators", "internal"]}
    audiences["internal"] = {"owner": "IT", "channels": ["console"]}
    text = document(updates=[rule], audiences=audiences)
    make.next_policy(text, by=here.administrator, approved_by=here.legal)
    draft = here.draft(visibility="private")
    here.publish(draft)
    assert ["internal"] == [text.audience for text in Update.objects.get().texts.all()]
    assert ["internal"] == last("update.published").data["audiences"]
