"""What people find out about an incident, and what policy makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import assess
from clarion.actions.facts import record_estimate
from clarion.actions.incident import change_incident
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store.models import Draft, Incident, PolicyVersion
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.scenarios import SCENARIOS
from tests.actions.story import HOUR, NOW, Story, acting, again, codes, last, submit, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def found_out(here: Story, incident: Incident, by: Any = None, **facts: Any) -> Any:
    actor = acting(by or here.lead)
    return pipeline.run(
        assess.assess_incident, incident_id=incident.id, facts=facts, actor=actor, now=NOW + HOUR
    )


def suspected(severity: str = "warning") -> Incident:
    """An incident that monitoring alone knows of: a limited one unless asked otherwise."""
    return Incident.objects.get(id=make.incident_by_hook(make.alert(severity=severity)).id)


@pytest.mark.capability("1.4", face="ledger")
def test_a_limited_incident_is_told_once_a_person_has_confirmed_it(here: Story) -> None:
    """Until then no draft is begun; the ledger says who confirmed it, when, and which rule waited for it."""
    incident = suspected()
    opened = last("incident.opened").data
    assert ("suspected", False) == (opened["confirmation"], opened["requirements"]["may_start"])
    assert ["start.suspected.others"] == [
        reason["code"] for reason in opened["requirements"]["because"]["start"]
    ]
    make.settle(NOW)
    assert 0 == incident.drafts.count()
    found_out(here, incident, confirmation="confirmed")
    told = last("incident.assessed")
    assert ({"confirmation": "suspected"}, {"confirmation": "confirmed"}) == (
        told.data["before"],
        told.data["after"],
    )
    assert f"user:{here.lead.id}" == told.actor
    assert (here.lead.id, NOW + HOUR) == (again(incident).confirmed_by_id, again(incident).confirmed_at)
    make.settle(NOW + HOUR)
    assert ["holding"] == [draft.phase for draft in incident.drafts.all()]


def test_a_severe_incident_is_told_while_it_is_only_suspected(here: Story) -> None:
    assert 1 == suspected("critical").drafts.count()


def test_a_draft_begun_by_hand_waits_for_the_confirmation_too(here: Story) -> None:
    """Nobody submits what may not be said yet; with the rule and what to do."""
    incident = suspected()
    entry = make.run(
        make.draft_actions.create_draft, incident_id=incident.id, phase="holding", actor=acting(here.lead)
    )
    draft = incident.drafts.get(id=make.id_in(entry))
    with pytest.raises(Conflict, match=r"may not start yet. suspected: a limited incident .* Confirm"):
        submit(draft, here.lead)
    found_out(here, incident, confirmation="confirmed")
    submit(draft, here.lead)


def test_a_draft_in_review_goes_back_when_policy_lets_it_start_no_longer(here: Story) -> None:
    """A suspected disruption may be told at once, a suspected loss of data may not."""
    draft = suspected("critical").drafts.get()
    submit(draft, here.lead)
    become(here, draft.incident, category="data")
    assert [draft.id] == last("incident.changed").data["drafts_returned"]
    assert "draft" == again(draft).state
    with pytest.raises(Conflict, match="may not start yet"):
        submit(draft, here.lead)


def test_publishing_looks_for_itself_whether_communication_may_start(here: Story) -> None:
    """Even if nobody looked at the drafts when policy decided anew."""
    draft = suspected("critical").drafts.get()
    here.approve(draft)
    stops = {**draft.incident.requirements, "may_start": False}
    Incident.objects.filter(id=draft.incident_id).update(requirements=stops)
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, draft.incident.updates.count())
    assert ["too_early"] == codes("draft.approval_lapsed", "lapsed")


def told_inside(here: Story) -> Incident:
    """A suspected incident, limited, of which colleagues alone were told before it became public."""
    incident = suspected()
    become(here, incident, visibility="private")
    make.settle(NOW)
    here.publish(incident.drafts.get())
    become(here, incident, visibility="public")
    assert not again(incident).requirements["may_start"]
    return again(incident)  # type: ignore[no-any-return]


def test_what_colleagues_were_told_is_no_beginning_for_those_outside(here: Story) -> None:
    incident = told_inside(here)
    withdrawn(here, incident)
    entry = make.run(
        make.draft_actions.create_draft, incident_id=incident.id, phase="update", actor=acting(here.lead)
    )
    draft = incident.drafts.get(id=make.id_in(entry))
    with pytest.raises(Conflict, match="may not start yet"):
        submit(draft, here.lead)


def test_of_what_colleagues_alone_were_told_no_resolution_is_proposed(here: Story) -> None:
    incident = told_inside(here)
    withdrawn(here, incident)
    make.hook(make.alert(severity="warning", status="resolved", ended_at=NOW))
    make.settle(NOW + HOUR)
    assert again(incident).quiet_at is not None
    assert not incident.drafts.filter(phase="resolution").exists()
    found_out(here, incident, confirmation="confirmed")
    withdrawn(here, incident)
    make.settle(NOW + HOUR)
    assert incident.drafts.filter(phase="resolution").exists()


def test_what_has_begun_outside_goes_on(here: Story) -> None:
    """Readers who were told once are told the rest, though it would not begin today."""
    draft = suspected("critical").drafts.get()
    here.publish(draft)
    become(here, draft.incident, category="data")
    withdrawn(here, draft.incident)
    entry = make.run(
        make.draft_actions.create_draft,
        incident_id=draft.incident_id,
        phase="update",
        actor=acting(here.lead),
    )
    submit(Draft.objects.get(id=make.id_in(entry)), here.lead)


def become(here: Story, incident: Incident, **changes: str) -> None:
    actor = acting(here.lead)
    pipeline.run(change_incident, incident_id=incident.id, changes=changes, actor=actor, now=NOW)


def withdrawn(here: Story, incident: Incident) -> None:
    """What Clarion prepared meanwhile is put aside."""
    for draft in incident.drafts.filter(state="draft"):
        make.run(
            make.draft_actions.withdraw_draft, draft_id=draft.id, reason="Not now.", actor=acting(here.lead)
        )


def test_what_was_suspected_and_went_away_by_itself_gets_no_resolution(here: Story) -> None:
    """Readers never heard of it."""
    incident = suspected()
    make.hook(make.alert(severity="warning", status="resolved", ended_at=NOW))
    make.settle(NOW + HOUR)
    assert (0, True) == (incident.drafts.count(), again(incident).quiet_at is not None)


@pytest.mark.capability("1.3", face="ledger")
@pytest.mark.parametrize(
    ("scope", "formal", "code"),
    [
        ("full", True, "scope.full"),
        ("partial", True, "scope.partial"),
        ("customer_facing", True, "scope.customer-facing"),
        ("none", False, "scope.no-outage"),
    ],
)
def test_the_scope_of_the_outage_decides_about_updates(
    here: Story, scope: str, formal: bool, code: str
) -> None:
    """And the ledger names the rule."""
    found_out(here, here.open(), outage_scope=scope)
    told = last("incident.assessed").data["requirements"]
    assert (formal, code) == (told["formal_updates"], told["because"]["formal_updates"][1]["code"])


@pytest.mark.capability("1.5", face="ledger")
def test_a_duty_adds_counsel_and_limits_what_may_be_said(here: Story) -> None:
    """A review that was about to end waits for one more person."""
    draft = here.in_review()
    found_out(here, draft.incident, duties=["personal_data", "payments"], regions=["EU"])
    told = last("incident.assessed").data
    assert ["accuracy", "clarity", "legal"] == [r["role"] for r in told["requirements"]["reviews"]]
    assert {"topic": "personal_data", "disclose": "with_legal"}.items() <= told["requirements"]["disclosure"][
        1
    ].items()
    assert {"reviews", "because", "disclosure"} <= set(told["requirements_changed"])


def test_what_nobody_knows_any_more_is_unknown_again(here: Story) -> None:
    """And whoever confirmed it no longer stands behind it."""
    incident = here.open()
    assert here.lead.id == incident.confirmed_by_id
    found_out(here, incident, duties=[], customers_affected=1200)
    found_out(here, incident, duties=None, customers_affected="unknown", confirmation="suspected")
    now = again(incident)
    assert (None, None, "suspected", None, None) == (
        now.duties,
        now.customers_affected,
        now.confirmation,
        now.confirmed_by_id,
        now.confirmed_at,
    )


BAD = [
    ("confirmation", "guessed", "'guessed' is not one of suspected, confirmed."),
    ("outage_scope", "huge", "'huge' is not one of none, partial, full, customer_facing, unknown."),
    ("business_impact", "", "'' is not one of none, minor, major, critical, unknown."),
    ("stakeholder_visibility", "press", "'press' is not one of none, internal, customers, public, unknown."),
    ("duties", "payments", "Write a list of at most 50 tags, or unknown."),
    ("duties", ["Personal Data"], "'Personal Data' is no tag here. Use lower-case letters"),
    ("duties", ["payments", "unknown"], "Unknown stands alone"),
    ("duties", [f"t{number}" for number in range(51)], "Write a list of at most 50 tags"),
    ("regions", ["eu"], "'eu' is no tag here. Use capitals"),
    ("customers_affected", -1, "write a whole number from 0, or unknown."),
    ("customers_affected", True, "write a whole number from 0, or unknown."),
    ("customers_affected", "many", "write a whole number from 0, or unknown."),
    ("customers_affected", 10**11, "write a whole number from 0, or unknown."),
    ("weather", "fine", "There is no such fact. There are: confirmation,"),
]


@pytest.mark.parametrize(("field", "value", "sentence"), BAD)
def test_a_fact_that_is_none_is_refused_by_name(here: Story, field: str, value: Any, sentence: str) -> None:
    """With what to write instead; and nothing is recorded."""
    incident = here.open()
    with pytest.raises(Invalid) as refusal:
        found_out(here, incident, **{field: value})
    assert (field, True) == (refusal.value.field, sentence in refusal.value.message), refusal.value.message


def test_nothing_new_a_closed_incident_and_a_stranger_are_answered(here: Story) -> None:
    incident = here.open()
    with pytest.raises(AlreadyDone):
        found_out(here, incident, confirmation="confirmed")
    with pytest.raises(NotFound):
        found_out(here, Incident(id="nosuchthing1"), confirmation="confirmed")
    with pytest.raises(Forbidden):
        found_out(here, incident, by=here.accuracy, confirmation="confirmed")
    Incident.objects.update(state="resolved")
    with pytest.raises(Conflict, match="closed"):
        found_out(here, incident, outage_scope="full")


@pytest.mark.capability("1.6", face="ledger")
def test_policy_maps_a_category_to_the_words_of_another(here: Story) -> None:
    """So that updates of two categories read alike; the ledger has the words and the rule."""
    document = default_document().replace("  network: network\n", "  network: third_party\n")
    PolicyVersion.objects.update(document=document)
    here.open(category="network")
    assert "another company" in str(words_of("draft.created")["customers.body"])
    assert "Category network uses the words for third party." in str(
        last("incident.opened").data["requirements"]
    )


@pytest.mark.capability("1.5", face="ledger")
def test_a_policy_that_gives_no_estimates_takes_none(here: Story) -> None:
    """Whoever stands behind it; and the incident says why."""
    document = default_document().replace("etr: engineering_only", "etr: never")
    PolicyVersion.objects.update(document=document)
    told = SCENARIOS["record_estimate"](here)
    with pytest.raises(Invalid, match="estimates"):
        pipeline.run(record_estimate, now=NOW, **told)
    wants = last("incident.opened").data["requirements"]
    assert ("never", "etr.never") == (wants["etr"], wants["because"]["etr"][0]["code"])
