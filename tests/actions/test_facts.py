"""The fact sheet on record: versions with their authors, who stands behind what, and what stays inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import disclosure, facts
from clarion.actions.closing import close_incident
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.facts import Affected, state_of
from clarion.store import fact_sheets
from clarion.store.models import Deadline, Disclosure, Incident
from clarion.store.queries import facts as queries
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, last, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def record(of: Incident, by: Any, now: Any = NOW, base: int = -1, **told: Any) -> Any:
    number = fact_sheets.newest(of).number if base < 0 else base
    arguments = {"incident_id": of.id, "base_version": number, "facts": told, "actor": acting(by)}
    return pipeline.run(facts.record_facts, **arguments, now=now)


def cause(of: Incident, by: Any, text: str = "A full disk.", confirmed: bool = False, now: Any = NOW) -> Any:
    number = fact_sheets.newest(of).number
    told = {"base_version": number, "text": text, "confirmed": confirmed, "actor": acting(by)}
    return pipeline.run(facts.record_cause, incident_id=of.id, **told, now=now)


def estimate(of: Incident, by: Any, assessor: Any, now: Any = NOW, **changes: Any) -> Any:
    told = {
        "at": now + 2 * HOUR,
        "basis": "The restore is half done.",
        "assessor_id": assessor.id if assessor else "",
        "confidence": "medium",
        "as_of": None,
        "expires_at": None,
        "caveat": "This is an estimate and could change.",
    }
    return pipeline.run(
        facts.record_estimate, incident_id=of.id, actor=acting(by), now=now, **(told | changes)
    )


def sheet(of: Incident) -> Any:
    return fact_sheets.newest(of).sheet


@pytest.mark.capability("3.4", face="ledger")
def test_each_change_is_a_version_with_its_author_and_its_words_beside_the_chain(here: Story) -> None:
    incident = here.open()
    record(incident, here.lead, impact="declined cards", detected_at=NOW, affected=Affected(regions=("EU",)))
    record(incident, here.accuracy, NOW + MINUTE, impact="no cards at all", detected_at=NOW)
    entry = last("facts.recorded")
    assert f"user:{here.accuracy.id}" == entry.actor
    assert (2, "facts") == (entry.data["version"], entry.data["part"])
    assert entry.data["changes"] == [
        {"fact": "impact", "what": "changed"},
        {"fact": "affected", "what": "removed"},
    ]
    assert "no cards at all" not in str(entry.data), "words stand beside the chain"
    assert {"impact": "no cards at all"} == words_of("facts.recorded")
    assert [row.number for row in queries.versions_of(incident)] == [2, 1]


def test_a_sheet_begins_with_what_the_incident_says(here: Story) -> None:
    incident = here.open()
    found = fact_sheets.newest(incident)
    assert (0, incident.detected_at) == (found.number, found.sheet.detected_at)


def test_who_comes_second_looks_at_what_was_recorded_meanwhile(here: Story) -> None:
    incident = here.open()
    record(incident, here.lead, impact="declined cards")
    with pytest.raises(Conflict, match="Version 1"):
        record(incident, here.accuracy, base=0, impact="slow pages")
    with pytest.raises(AlreadyDone):
        record(incident, here.lead, impact="declined cards")
    assert "declined cards" == sheet(incident).impact


def test_a_problem_is_named_by_its_field_and_nothing_is_written(here: Story) -> None:
    incident = here.open()
    for field, told in (
        ("started_at", {"started_at": NOW + HOUR}),
        ("affected.percent", {"affected": Affected(percent=101)}),
        ("affected.regions", {"affected": Affected(regions=("a\x00",))}),
        ("cause", {"cause": "A full disk."}),
        ("weather", {"weather": "rain"}),
    ):
        with pytest.raises(Invalid) as refused:
            record(incident, here.lead, **told)
        assert field == refused.value.field
    assert 0 == fact_sheets.newest(incident).number


@pytest.mark.parametrize("role", ["clarity", "legal", "auditor", "administrator"])
def test_facts_are_recorded_by_the_lead_and_by_engineers(here: Story, role: str) -> None:
    with pytest.raises(Forbidden):
        record(here.open(), getattr(here, role), impact="slow pages")


def test_there_are_no_facts_of_an_incident_that_does_not_exist(here: Story) -> None:
    with pytest.raises(NotFound):
        pipeline.run(
            facts.record_facts,
            incident_id="nowhere",
            base_version=0,
            facts={},
            actor=acting(here.lead),
            now=NOW,
        )


@pytest.mark.capability("3.2", face="ledger")
def test_a_cause_is_confirmed_by_an_engineer_who_is_named_with_the_time(here: Story) -> None:
    incident = here.open()
    cause(incident, here.lead)
    assert "hypothesis" == sheet(incident).cause.state
    with pytest.raises(Forbidden, match="Accuracy"):
        cause(incident, here.lead, confirmed=True)
    cause(incident, here.accuracy, confirmed=True, now=NOW + MINUTE)
    found = sheet(incident).cause
    assert ("confirmed", here.accuracy.id, NOW + MINUTE) == (
        found.state,
        found.confirmed_by,
        found.confirmed_at,
    )
    entry = last("facts.recorded")
    assert [{"fact": "cause", "what": "confirmed"}] == entry.data["changes"]
    assert "A full disk." == words_of("facts.recorded")["cause"]
    with pytest.raises(AlreadyDone):
        cause(incident, here.accuracy, confirmed=True)


def test_confirming_makes_nobody_the_author_of_the_words(here: Story) -> None:
    incident = here.open()
    cause(incident, here.lead)
    cause(incident, here.accuracy, confirmed=True)
    assert {"cause": here.lead.id} == fact_sheets.newest(incident).wrote


def test_other_words_of_a_cause_are_a_hypothesis_again_and_none_take_it_back(here: Story) -> None:
    incident = here.open()
    cause(incident, here.accuracy, confirmed=True)
    cause(incident, here.lead, "A broken cable.")
    assert "hypothesis" == sheet(incident).cause.state
    cause(incident, here.lead, " ")
    assert sheet(incident).cause is None
    with pytest.raises(Invalid):
        cause(incident, here.accuracy, "", confirmed=True)


def test_recording_facts_leaves_cause_and_estimate_alone(here: Story) -> None:
    incident = here.open()
    cause(incident, here.lead)
    estimate(incident, here.lead, here.accuracy)
    record(incident, here.lead, impact="slow pages")
    assert sheet(incident).cause and sheet(incident).estimate


@pytest.mark.capability("3.6", face="ledger")
def test_an_estimate_has_an_assessment_behind_it_and_is_due_to_be_renewed(here: Story) -> None:
    incident = here.open()
    with pytest.raises(Invalid) as refused:
        estimate(incident, here.lead, None)
    assert "assessor" == refused.value.field, "the lead is no engineer"
    estimate(incident, here.lead, here.accuracy)
    told = last("facts.recorded").data["facts"]["estimate"]
    assert (here.accuracy.id, "medium") == (told["assessor"], told["confidence"])
    deadline = Deadline.objects.get(kind="etr")
    assert (NOW + 2 * HOUR, incident.id) == (deadline.due_at, deadline.incident_id)
    estimate(incident, here.accuracy, None, NOW + HOUR)
    assert [True, False] == [
        d.satisfied_at is not None for d in Deadline.objects.filter(kind="etr").order_by("due_at")
    ]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("assessor", {"assessor_id": "nobody"}),
        ("basis", {"basis": " "}),
        ("caveat", {"caveat": " "}),
        ("confidence", {"confidence": "certain"}),
        ("at", {"at": NOW}),
        ("as_of", {"as_of": NOW + HOUR}),
        ("expires_at", {"expires_at": NOW + 3 * HOUR}),
    ],
)
def test_an_estimate_that_lacks_something_is_refused_by_the_name_of_its_field(
    here: Story, field: str, change: dict[str, Any]
) -> None:
    incident = here.open()
    with pytest.raises(Invalid) as refused:
        estimate(incident, here.lead, here.accuracy, **change)
    assert field == refused.value.field
    assert not Deadline.objects.filter(kind="etr").exists()


def test_whoever_was_an_engineer_assesses_no_more(here: Story) -> None:
    incident = here.open()
    here.accuracy.grants.update(revoked_at=NOW)
    with pytest.raises(Invalid, match="Accuracy reviewer"):
        estimate(incident, here.lead, here.accuracy)


def test_a_withdrawn_estimate_is_over_with_its_deadline(here: Story) -> None:
    incident = here.open()
    estimate(incident, here.lead, here.accuracy)
    told = {"incident_id": incident.id, "actor": acting(here.lead), "now": NOW + MINUTE}
    with pytest.raises(Invalid):
        pipeline.run(facts.withdraw_estimate, reason=" ", **told)
    pipeline.run(facts.withdraw_estimate, reason="The restore failed.", **told)
    assert sheet(incident).estimate is None
    assert Deadline.objects.get(kind="etr").satisfied_at == NOW + MINUTE
    assert "The restore failed." == words_of("facts.recorded")["reason"]
    with pytest.raises(AlreadyDone):
        pipeline.run(facts.withdraw_estimate, reason="Again.", **told)


def test_the_end_of_an_incident_ends_its_estimate(here: Story) -> None:
    incident = here.open()
    estimate(incident, here.lead, here.accuracy)
    told = {"state": "false_alarm", "reason": "A test.", "actor": acting(here.lead)}
    pipeline.run(close_incident, incident_id=incident.id, **told, now=NOW)
    assert Deadline.objects.get(kind="etr").satisfied_at
    with pytest.raises(Conflict, match="closed"):
        estimate(incident, here.lead, here.accuracy)


def decide(of: Incident, by: Any, role: str = "communications_lead", now: Any = NOW, **changes: Any) -> Any:
    told = {"audiences": ["customers"], "reason": "It is in the news.", "expires_at": now + HOUR}
    arguments = told | changes | {"incident_id": of.id, "role": role, "actor": acting(by), "now": now}
    return pipeline.run(disclosure.decide_disclosure, **arguments)


def told_to(of: Incident, audience: str = "customers", now: Any = NOW) -> bool:
    return queries.facts_view(of, now).cause_verdicts[audience].allowed


@pytest.mark.capability("3.2", face="ledger")
def test_a_decision_lets_named_audiences_read_of_one_hypothesis_for_a_time(here: Story) -> None:
    incident = here.open()
    cause(incident, here.lead)
    assert (False, True) == (told_to(incident), told_to(incident, "internal"))
    decide(incident, here.lead)
    entry = last("disclosure.decided")
    assert ("communications_lead", ["customers"]) == (entry.data["role"], entry.data["audiences"])
    assert {"reason": "It is in the news.", "cause": "A full disk."} == words_of("disclosure.decided")
    assert told_to(incident)
    assert not told_to(incident, now=NOW + HOUR), "it has ended by itself"
    cause(incident, here.lead, "A broken cable.")
    assert not told_to(incident), "nobody decided on this hypothesis"


def test_a_decision_is_withdrawn_with_a_reason(here: Story) -> None:
    incident = here.open()
    cause(incident, here.lead)
    decide(incident, here.legal, "legal")
    told = {"disclosure_id": Disclosure.objects.get().id, "actor": acting(here.lead), "now": NOW}
    with pytest.raises(Invalid):
        pipeline.run(disclosure.withdraw_disclosure, reason="", **told)
    pipeline.run(disclosure.withdraw_disclosure, reason="It was wrong.", **told)
    assert not told_to(incident)
    assert {"reason": "It was wrong."} == words_of("disclosure.withdrawn")
    with pytest.raises(AlreadyDone):
        pipeline.run(disclosure.withdraw_disclosure, reason="Again.", **told)
    with pytest.raises(NotFound):
        pipeline.run(
            disclosure.withdraw_disclosure, **told | {"disclosure_id": "none"}, reason="It was wrong."
        )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("audiences", {"audiences": []}),
        ("audiences", {"audiences": ["internal"]}),
        ("audiences", {"audiences": ["press"]}),
        ("reason", {"reason": " "}),
        ("role", {"role": "accuracy"}),
        ("role", {"role": "legal"}),
        ("expires_at", {"expires_at": NOW}),
        ("expires_at", {"expires_at": NOW + timedelta(days=31)}),
    ],
)
def test_a_decision_names_whom_why_in_which_role_and_until_when(
    here: Story, field: str, changes: dict[str, Any]
) -> None:
    incident = here.open()
    cause(incident, here.lead)
    with pytest.raises(Invalid) as refused:
        decide(incident, here.lead, **changes)
    assert field == refused.value.field
    assert not Disclosure.objects.exists()


def test_nothing_is_decided_where_there_is_no_hypothesis(here: Story) -> None:
    incident = here.open()
    with pytest.raises(Conflict, match="No cause"):
        decide(incident, here.lead)
    cause(incident, here.accuracy, confirmed=True)
    with pytest.raises(AlreadyDone):
        decide(incident, here.lead)
    with pytest.raises(NotFound):
        pipeline.run(
            disclosure.decide_disclosure,
            incident_id="none",
            audiences=["customers"],
            role="legal",
            reason="x",
            expires_at=NOW + HOUR,
            actor=acting(here.legal),
            now=NOW,
        )


def determine(of: Incident, by: Any, fact: str, answer: str, reason: str = "The logs say so.") -> Any:
    number = fact_sheets.newest(of).number
    told = {"base_version": number, "fact": fact, "answer": answer, "reason": reason, "actor": acting(by)}
    return pipeline.run(facts.record_determination, incident_id=of.id, **told, now=NOW)


@pytest.mark.capability("1.5", face="ledger")
def test_one_person_in_the_role_for_it_answers_a_question_and_says_why(here: Story) -> None:
    """Yes, no, open again: each a version, its reason beside the chain. Nobody becomes an author by it."""
    incident = here.open()
    counsel = here.legal.id
    for answer, state, person in (("yes", "yes", counsel), ("no", "no", counsel), ("open", "missing", "")):
        determine(incident, here.legal, "breach_determined", answer)
        said = sheet(incident).breach_determined
        assert (state, person) == (
            state_of(sheet(incident), "breach_determined", NOW),
            said.by if said else "",
        )
        assert {"reason": "The logs say so."} == words_of("facts.recorded")
    told = last("facts.recorded").data
    assert ([{"fact": "breach_determined", "what": "open again"}], 3) == (told["changes"], told["version"])
    assert {} == fact_sheets.newest(incident).wrote


@pytest.mark.parametrize(
    ("fact", "by"),
    [
        ("breach_determined", "accuracy"),
        ("breach_determined", "lead"),
        ("access_confirmed", "legal"),
        ("security_confirmed", "legal"),
        ("security_confirmed", "lead"),
    ],
)
def test_nobody_answers_in_another_role(here: Story, fact: str, by: str) -> None:
    incident = here.open()
    with pytest.raises(Forbidden, match="role"):
        determine(incident, getattr(here, by), fact, "yes")
    assert 0 == fact_sheets.newest(incident).number


def test_an_answer_is_one_of_three_with_a_reason_and_counts_once(here: Story) -> None:
    incident = here.open()
    for field, wrong in (("answer", {"answer": "perhaps"}), ("reason", {"answer": "yes", "reason": " "})):
        with pytest.raises(Invalid) as refused:
            determine(incident, here.accuracy, "access_confirmed", **wrong)
        assert field == refused.value.field
    determine(incident, here.accuracy, "access_confirmed", "no")
    for fact, answer in (("access_confirmed", "no"), ("security_confirmed", "open")):
        with pytest.raises(AlreadyDone):
            determine(incident, here.accuracy, fact, answer)
    with pytest.raises(NotFound, match="There are: access_confirmed"):
        determine(incident, here.accuracy, "cause", "yes")


def test_an_answer_stays_when_the_rest_of_the_sheet_is_recorded_anew(here: Story) -> None:
    incident = here.open()
    determine(incident, here.accuracy, "access_confirmed", "yes")
    record(incident, here.lead, impact="declined cards")
    assert sheet(incident).access_confirmed.yes
    with pytest.raises(Invalid, match="no such fact here"):
        record(incident, here.lead, access_confirmed=None)
