"""Incidents: opened with reasons, changed under the policy they began with, closed with a word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import closing
from clarion.actions import incident as incidents
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store.models import Deadline, Incident
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.story import NOW, Story, acting, again, codes, kinds, last, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def change(here: Story, incident: Incident, **changes: str) -> Any:
    told = {"incident_id": incident.id, "changes": changes, "actor": acting(here.lead)}
    return pipeline.run(incidents.change_incident, now=NOW, **told)


@pytest.mark.capability("1.1", face="ledger")
def test_an_incident_opened_by_hand_says_what_it_requires_and_why(here: Story) -> None:
    """Who opened it, and the named rules that ask for updates, audiences and reviews."""
    here.open(category="security")
    told = last("incident.opened")
    assert f"user:{here.lead.id}" == told.actor
    assert {"updates.severe", "cadence.sev-2", "start.confirmed.any"} <= set(codes("incident.opened"))
    assert ["reviews.facts", "reviews.tone", "reviews.security-counsel"] == [
        item["reason"]["code"] for item in told.data["requirements"]["reviews"]
    ]
    assert {"title": "Checkout fails"} == words_of("incident.opened")


def test_the_title_stands_beside_the_chain_and_not_in_it(here: Story) -> None:
    """It may name people or customers, and can be erased without breaking a proof."""
    incident = here.open(title="Ann Doe cannot pay")
    assert all(b"Ann Doe" not in bytes(entry.body) for entry in incident.entries.all())


BAD = [
    ("title", {"title": " "}, "Give the incident a title."),
    ("severity", {"severity": "SEV-0"}, "'SEV-0' is not one of SEV-1, SEV-2, SEV-3, SEV-4, SEV-5."),
    ("category", {"category": "weather"}, "'weather' is not one of network, application, security,"),
    ("visibility", {"visibility": "secret"}, "'secret' is not one of public, private."),
    ("detected_at", {"detected_at": NOW + timedelta(seconds=1)}, "The time of detection lies in the future."),
    (
        "detected_at",
        {"detected_at": NOW - timedelta(days=366)},
        "The time of detection lies more than a year back.",
    ),
    ("components", {"component_ids": ["nosuchthing1"]}, "There is no component 'nosuchthing1'."),
]


@pytest.mark.parametrize(("field", "told", "sentence"), BAD, ids=[row[0] for row in BAD])
def test_a_wrong_value_is_named(here: Story, field: str, told: dict[str, Any], sentence: str) -> None:
    """One sentence with the words that would do; nothing is opened."""
    good = {"title": "T", "severity": "SEV-1", "category": "data", "component_ids": []}
    with pytest.raises(Invalid) as refusal:
        pipeline.run(incidents.open_incident, actor=acting(here.lead), now=NOW, **good | told)
    assert (field, True) == (refusal.value.field, refusal.value.message.startswith(sentence))
    assert 0 == Incident.objects.count()


def test_a_change_of_severity_changes_what_is_required(here: Story) -> None:
    """Policy decides anew, and the ledger has before and after."""
    incident = here.open(severity="SEV-4")
    assert 0 == incident.drafts.count()
    change(here, incident, severity="SEV-1")
    told = last("incident.changed").data
    assert ({"severity": "SEV-4"}, {"severity": "SEV-1"}) == (told["before"], told["after"])
    make.settle(NOW)
    assert 1 == incident.drafts.count()
    assert 30 == again(incident).requirements["update_every_minutes"]


def test_a_running_incident_keeps_the_policy_it_began_under(here: Story) -> None:
    """A new policy is for what begins after it; a change of severity is judged by the old one."""
    incident = here.open()
    newer = default_document().replace("every_minutes: 30,", "every_minutes: 15,")
    make.next_policy(newer, by=here.lead, approved_by=here.administrator)
    change(here, incident, severity="SEV-1")
    assert (1, 30) == (
        again(incident).policy_version,
        again(incident).requirements["update_every_minutes"],
    )
    assert 15 == here.open(severity="SEV-1").requirements["update_every_minutes"]


def test_a_change_that_changes_nothing_or_something_else_is_answered(here: Story) -> None:
    """The same value is done already; other fields are nobody's to change here."""
    incident = here.open()
    with pytest.raises(AlreadyDone):
        change(here, incident, severity="SEV-2")
    for field, value in (("state", "resolved"), ("policy_version", "9"), ("title", " ")):
        with pytest.raises(Invalid):
            change(here, incident, **{field: value})
    with pytest.raises(NotFound):
        change(here, Incident(id="nosuchthing1"), severity="SEV-1")


def close(here: Story, incident: Incident, by: Any = None, **told: str) -> Any:
    usual = {"incident_id": incident.id, "state": "false_alarm", "reason": "A drill."}
    actor = acting(by or here.lead)
    return pipeline.run(closing.close_incident, actor=actor, now=NOW, **usual | told)


def test_an_incident_of_which_readers_never_heard_is_closed_with_a_reason(here: Story) -> None:
    """Its drafts are over, and nobody is nagged for approvals any more."""
    draft = here.in_review()
    incident = draft.incident
    with pytest.raises(Invalid, match="Say why"):
        close(here, incident, reason=" ")
    with pytest.raises(Invalid, match="resolved or false_alarm"):
        close(here, incident, state="monitoring")
    close(here, incident)
    assert ("false_alarm", "superseded") == (again(incident).state, again(draft).state)
    assert [draft.id] == last("incident.closed").data["superseded"]
    assert 0 == Deadline.objects.filter(satisfied_at=None, cancelled_at=None).count()
    with pytest.raises(AlreadyDone):
        close(here, incident)
    before = kinds()
    make.settle(NOW + timedelta(days=1))
    assert before == kinds()


def test_an_incident_that_readers_know_of_is_ended_by_telling_them(here: Story) -> None:
    """Not by a click inside."""
    draft = here.draft()
    here.publish(draft)
    with pytest.raises(Conflict, match="Publish a resolution to close it"):
        close(here, draft.incident)


@pytest.mark.parametrize("who", ["accuracy", "clarity", "legal", "auditor"])
def test_reviewers_and_auditors_open_change_and_close_nothing(here: Story, who: str) -> None:
    """That is for those who lead and those who administer."""
    incident, by = here.open(), getattr(here, who)
    told = {"title": "T", "severity": "SEV-1", "category": "data", "component_ids": []}
    with pytest.raises(Forbidden):
        pipeline.run(incidents.open_incident, actor=acting(by), now=NOW, **told)
    with pytest.raises(Forbidden):
        pipeline.run(
            incidents.change_incident,
            incident_id=incident.id, changes={"severity": "SEV-1"}, actor=acting(by), now=NOW,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        close(here, incident, by)
