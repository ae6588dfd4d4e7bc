"""A withheld number, region or cause that somebody types stops a draft, or must be looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import assess
from clarion.actions import draft as drafts
from clarion.rules.errors import Conflict, Invalid
from clarion.rules.facts import Affected
from clarion.store import findings
from clarion.store.models import Draft, Incident
from tests.actions.story import NOW, Story, acting, again, decide, submit
from tests.actions.test_facts import cause, record
from tests.actions.test_findings import CLEAN, saying

pytestmark = pytest.mark.django_db
HELD = Affected(number=4213, percent=12.5, regions=("Oslo",))


@pytest.fixture
def here(settings: Any) -> Story:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Story()


def found(draft: Draft) -> list[tuple[str, str, str]]:
    """Audience, words and severity of what STR-016 finds in the newest version."""
    marks = findings.found_in(draft.versions.latest("number"), NOW)
    return [
        (each.audience, each.finding.words, each.finding.severity)
        for each in marks
        if each.finding.rule == "STR-016"
    ]


def say(incident: Incident, topic: str, answer: str) -> None:
    """What policy's decision for this incident says of a topic."""
    others = [item for item in incident.requirements["disclosure"] if item["topic"] != topic]
    told = {**incident.requirements, "disclosure": [*others, {"topic": topic, "disclose": answer}]}
    Incident.objects.filter(id=incident.id).update(requirements=told)


@pytest.mark.capability("1.5", face="ledger")
def test_a_number_that_policy_keeps_inside_stops_the_draft_that_types_it(here: Story) -> None:
    """By default nobody tells a number that nobody has assessed; a confirmed one is told."""
    draft = saying(here, f"{CLEAN} 4,213 customers wait.")
    record(draft.incident, here.lead, affected=replace(HELD, regions=()))
    assert [("customers", "4,213", "block")] == found(draft)
    with pytest.raises(
        Conflict, match="STR-016 first: It says how many are affected. Policy keeps that inside"
    ):
        submit(draft, here.lead)
    facts = {"customers_affected": 4213}
    pipeline.run(
        assess.assess_incident, incident_id=draft.incident_id, facts=facts, actor=acting(here.lead), now=NOW
    )
    assert [("customers", "4,213", "review")] == found(again(draft))
    record(draft.incident, here.lead, affected=replace(HELD, regions=()), confirmed=frozenset({"affected"}))
    assert [] == found(again(draft))


def test_a_region_that_policy_keeps_inside_stops_it_too(here: Story) -> None:
    draft = saying(here, f"{CLEAN} Customers in Oslo wait longest.")
    record(draft.incident, here.lead, affected=HELD)
    assert [] == found(draft)
    say(draft.incident, "regions", "never")
    assert [("customers", "Oslo", "block")] == found(again(draft))


@pytest.mark.capability("3.2", face="ledger")
def test_a_hypothesis_in_other_words_must_be_looked_at_and_in_its_own_it_stops_the_draft(here: Story) -> None:
    draft = saying(here, f"{CLEAN} At the gateway, a certificate has expired.")
    cause(draft.incident, here.accuracy, "An expired certificate of the gateway")
    assert [("customers", "gateway, a certificate has expired", "review")] == found(draft)
    submit(draft, here.lead)
    with pytest.raises(Invalid, match="Look at .* before you approve"):
        decide(again(draft), here.accuracy, "accuracy", looked_at=[])
    own = saying(here, f"{CLEAN} It is an expired certificate of the gateway.")
    cause(own.incident, here.accuracy, "An expired certificate of the gateway")
    assert [("customers", "an expired certificate of the gateway", "block")] == found(own)
    cause(own.incident, here.accuracy, "An expired certificate of the gateway", confirmed=True)
    say(own.incident, "cause", "when_confirmed")
    assert [] == found(again(own))


def test_what_is_not_said_early_of_a_security_incident_must_be_looked_at(here: Story) -> None:
    draft = here.draft(category="security")
    version = draft.versions.latest("number")
    version.texts = {"customers": {"title": "T", "body": f"{CLEAN} We were hacked."}}
    version.save()
    assert [("customers", "hacked", "review")] == found(draft)


def test_colleagues_read_what_is_withheld_and_clarions_own_words_hold_none_of_it(here: Story) -> None:
    draft = here.draft()
    record(draft.incident, here.lead, affected=HELD, impact="declined cards")
    cause(draft.incident, here.accuracy, "An expired certificate of the gateway")
    for topic in ("regions", "customers_affected"):
        say(draft.incident, topic, "never")

    told = {"draft_id": draft.id, "base_version": 1, "actor": acting(here.lead)}
    pipeline.run(drafts.compose_again, **told, now=NOW)
    texts = draft.versions.latest("number").texts
    assert "4213" in texts["executives"]["body"]
    assert [] == found(again(draft))
