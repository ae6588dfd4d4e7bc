"""An incident's states over its whole story: proposed, entered, gone back on, opened again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions.facts import record_cause
from clarion.actions.incident import change_incident
from clarion.rules.errors import Conflict, Invalid
from clarion.rules.statements import Statements, stated
from clarion.store.models import Draft, Incident
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.story import (
    EVERYTHING,
    MINUTE,
    NOW,
    Story,
    acting,
    again,
    codes,
    decide,
    edit,
    last,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def start(here: Story, incident: Incident, phase: str = "update", **more: object) -> Draft:
    by = acting(here.lead)
    told = {"incident_id": incident.id, "phase": phase, "actor": by, "now": NOW} | more
    pipeline.run(drafts.create_draft, **told)
    return incident.drafts.get(state="draft")


def tell(here: Story, incident: Incident, state: str) -> Incident:
    """One more published update that announces this state."""
    draft = start(here, incident)
    edit(draft, here.lead, incident_state=state, statements=EVERYTHING)
    here.publish(draft)
    return again(incident)  # type: ignore[no-any-return]


def over(here: Story) -> Incident:
    """An incident of which readers were told the beginning and the end."""
    draft = here.draft()
    here.publish(draft)
    return tell(here, draft.incident, "resolved")


def test_a_prepared_update_leaves_the_state_as_it_is(here: Story) -> None:
    """A missed promise must not take an incident back to where it was an hour ago."""
    draft = here.draft()
    here.publish(draft)
    incident = tell(here, draft.incident, "mitigated")
    assert "mitigated" == start(here, incident).versions.get().incident_state


def test_a_proposed_end_says_why_by_itself(here: Story) -> None:
    """Alerts are quiet: Clarion's own reason is there to be approved, and it claims nothing about data."""
    incident = make.incident_by_hook()
    quiet = make.alert(status="resolved", started_at=NOW - MINUTE, ended_at=NOW + 5 * MINUTE)
    make.hook(quiet, now=NOW + 6 * MINUTE)
    make.settle(NOW + 6 * MINUTE)
    proposed = incident.drafts.get(phase="resolution")
    assert {"reason": "Every alert of this incident has been quiet since {2026-03-01T14:10Z}."} == (
        proposed.versions.get().statements
    )
    submit(proposed, here.lead, NOW + 6 * MINUTE)
    missing = [reason["code"] for reason in last("draft.submitted").data["entered_although"]]
    assert ["data_not_mentioned", "not_watched"] == missing
    assert "quiet since {2026-03-01T14:10Z}" in (words_of("draft.submitted")["statements.reason"] or "")


def test_where_data_is_concerned_a_person_writes_of_it_first(here: Story) -> None:
    """No reason of Clarion's gets around that sentence."""
    incident = here.open(category="data")
    Incident.objects.filter(id=incident.id).update(quiet_at=NOW)
    draft = incident.drafts.get()
    edit(draft, here.lead, incident_state="resolved", statements=Statements(reason="All quiet."))
    with pytest.raises(Invalid, match="what became of stored data") as refused:
        submit(draft, here.lead)
    assert "incident_state" == refused.value.field
    edit(draft, here.lead, statements=Statements(reason="All quiet.", data_integrity="All records are back."))
    submit(draft, here.lead)


def test_the_fact_sheet_counts_as_stated(here: Story) -> None:
    """What engineering recorded need not be ticked again on each draft."""
    draft = here.draft()
    told = {"incident_id": draft.incident_id, "base_version": 0}
    by_engineer = acting(here.accuracy)
    make.run(record_cause, **told, text="A full disk.", confirmed=True, actor=by_engineer)
    edit(draft, here.lead, incident_state="identified")
    submit(draft, here.lead)


@pytest.mark.capability("3.1", face="ledger")
def test_an_incident_that_came_back_is_opened_again_in_so_many_words(here: Story) -> None:
    """With a reason; the publication says that it reopened, and the end before it was a false one."""
    incident = over(here)
    assert "resolved" == incident.state
    with pytest.raises(Conflict, match="Say why it is opened again"):
        start(here, incident)
    with pytest.raises(Conflict, match="nothing more is written"):
        start(here, incident, "resolution", reason="It came back.")
    draft = start(here, incident, reason="Errors are back since {2026-03-01T14:00Z}.")
    here.publish(draft)
    assert ("investigating", None) == (again(incident).state, again(incident).resolved_at)
    assert "reopened" == last("update.published").data["move"]
    assert "Errors are back since {2026-03-01T14:00Z}." == words_of("update.published")["statements.reason"]


@pytest.fixture
def asking_little(here: Story) -> Story:
    """A house that asks for accuracy at SEV-1 alone; otherwise clarity and counsel approve."""
    text = default_document().replace("    role: accuracy", "    when: {severity: SEV-1}\n    role: accuracy")
    counsel = "  - {name: counsel, role: legal, why: Counsel sees everything.}\n"
    text = text.replace("  - name: tone\n", counsel + "  - name: tone\n")
    make.next_policy(text, by=here.lead, approved_by=here.administrator)
    return here


def the_end_in_review(here: Story) -> Draft:
    """“Resolved”, which nobody has confirmed but whoever will approve it for accuracy."""
    draft = here.draft(severity="SEV-1")
    edit(draft, here.lead, incident_state="resolved", statements=EVERYTHING)
    submit(draft, here.lead)
    decide(draft, here.clarity, "clarity")
    decide(draft, here.legal, "legal")
    return draft


def milder(here: Story, draft: Draft) -> None:
    changes = {"incident_id": draft.incident_id, "changes": {"severity": "SEV-2"}}
    pipeline.run(change_incident, **changes, actor=acting(here.lead), now=NOW)


def test_an_end_that_nobody_is_asked_to_confirm_any_more_goes_back(asking_little: Story) -> None:
    """The two who have spoken did not confirm it, and the one who would have is not needed now."""
    here, draft = asking_little, the_end_in_review(asking_little)
    milder(here, draft)
    assert ([draft.id], []) == (
        last("incident.changed").data["drafts_returned"],
        last("incident.changed").data["drafts_approved"],
    )
    make.settle(NOW)
    assert ("draft", "detected") == (again(draft).state, again(draft.incident).state)


def test_an_end_that_was_confirmed_by_approval_stays_confirmed(asking_little: Story) -> None:
    """Whoever knows has approved it; that this is required no longer takes nothing away."""
    here, draft = asking_little, the_end_in_review(asking_little)
    decide(draft, here.accuracy, "accuracy")
    milder(here, draft)
    make.settle(NOW)
    assert ("published", "resolved") == (again(draft).state, again(draft.incident).state)


def test_publishing_looks_for_itself_whether_the_state_may_be_entered(here: Story) -> None:
    """The cause that made it identified was taken back after the approvals."""
    draft = here.draft()
    told = {"incident_id": draft.incident_id, "actor": acting(here.accuracy)}
    make.run(record_cause, **told, base_version=0, text="A full disk.", confirmed=True)
    edit(draft, here.lead, incident_state="identified")
    here.approve(draft)
    make.run(record_cause, **told, base_version=1, text="A full disk.", confirmed=False)
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, draft.incident.updates.count())
    assert ["cause_not_confirmed"] == codes("draft.approval_lapsed", "lapsed")


def test_advice_that_was_answered_stops_no_publication(here: Story) -> None:
    """Only law is asked again: for advice, the reason that was approved stands."""
    draft = here.draft()
    edit(draft, here.lead, incident_state="resolved", statements=EVERYTHING)
    here.publish(draft)
    assert "resolved" == again(draft.incident).state


def test_going_back_needs_a_word(here: Story) -> None:
    draft = here.draft()
    here.publish(draft)
    incident = tell(here, draft.incident, "monitoring")
    draft = start(here, incident)
    edit(draft, here.lead, NOW, incident_state="mitigated", statements=Statements())
    with pytest.raises(Invalid, match="This goes back from monitoring to mitigated. Say why."):
        submit(draft, here.lead)
    edit(draft, here.lead, NOW, statements=Statements(reason="The fix was taken out again."))
    here.publish(draft)
    assert "backward" == last("update.published").data["move"]


@pytest.mark.parametrize(
    ("until", "fits"),
    [
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (NOW + timedelta(days=367), False),
        (NOW + timedelta(days=366), True),
        (NOW - timedelta(days=366), True),
    ],
)
def test_a_fix_is_watched_until_a_time_that_is_no_slip_of_the_pen(
    here: Story, until: datetime, fits: bool
) -> None:
    """Some moments cannot be said in every zone, so that nobody there could open the draft again."""
    draft = here.draft()
    said = Statements(watch_until=until)
    if fits:
        edit(draft, here.lead, statements=said)
        return
    with pytest.raises(Invalid, match="more than a year away") as refused:
        edit(draft, here.lead, statements=said)
    assert "statements.watch_until" == refused.value.field


@pytest.mark.parametrize(
    ("reason", "says"),
    [("x" * 2001, "At most 2000 characters"), ("Back since {2026-02-30T10:00Z}.", "is no time")],
)
def test_a_reason_for_a_draft_is_held_to_what_an_edit_is(here: Story, reason: str, says: str) -> None:
    """Else every later edit would be refused for a sentence that its author did not send."""
    incident = over(here)
    with pytest.raises(Invalid, match=says) as refused:
        start(here, incident, reason=reason)
    assert "reason" == refused.value.field
    assert not incident.drafts.filter(state="draft").exists()


@pytest.mark.parametrize("stated_again", [False, True], ids=["left out", "sent as the form showed it"])
def test_a_reason_for_one_state_is_none_for_another(here: Story, stated_again: bool) -> None:
    """That every alert is quiet says why it is over, and not why it was a false alarm."""
    draft = here.draft()
    here.publish(draft)
    Incident.objects.filter(id=draft.incident_id).update(quiet_at=NOW)
    ending = start(here, draft.incident, "resolution")
    inherited = stated(ending.versions.get().statements)
    assert inherited.reason.startswith("Every alert")
    as_shown = {"statements": inherited} if stated_again else {}
    edit(ending, here.lead, incident_state="false_alarm", next_update_at=None, **as_shown)
    with pytest.raises(Invalid, match="Say why the incident is"):
        submit(ending, here.lead)
    edit(ending, here.lead, next_update_at=None, statements=inherited)
    assert inherited == stated(ending.versions.latest("number").statements), "given anew, for this state"


def test_a_reason_stays_while_the_state_does(here: Story) -> None:
    draft = here.draft()
    edit(draft, here.lead, statements=Statements(reason="The vendor said so."))
    edit(draft, here.lead)
    assert "The vendor said so." == stated(draft.versions.latest("number").statements).reason
    edit(draft, here.lead, incident_state="identified", statements=Statements(reason="We saw it ourselves."))
    assert "We saw it ourselves." == stated(draft.versions.latest("number").statements).reason
