"""When readers hear from us: at once after a change, later in quiet hours, never twice with nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import assess, incident
from clarion.actions import draft as drafts
from clarion.rules.errors import Invalid
from clarion.store.models import Deadline, Draft, Incident, Update
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, again, edit, kinds, last, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def worse(here: Story, of: Incident, now: datetime = NOW, **changes: str) -> None:
    told = {"incident_id": of.id, "changes": changes or {"severity": "SEV-1"}, "actor": acting(here.lead)}
    pipeline.run(incident.change_incident, **told, now=now)


def assessed(here: Story, of: Incident, now: datetime = NOW, **facts: Any) -> None:
    told = {"incident_id": of.id, "facts": facts, "actor": acting(here.lead)}
    pipeline.run(assess.assess_incident, **told, now=now)


def begin(here: Story, of: Incident, now: datetime) -> None:
    """The lead starts an update from the template."""
    told = {"incident_id": of.id, "phase": "update", "actor": acting(here.lead)}
    pipeline.run(drafts.create_draft, **told, now=now)


def called_for() -> Deadline:
    return Deadline.objects.get(kind="update_due")


@pytest.mark.capability("1.2", face="ledger")
def test_a_change_of_severity_calls_for_an_update_at_once(here: Story) -> None:
    """Warned of at once, due in a quarter of an hour, with its reason; a draft is prepared, no more."""
    told = here.publish(here.draft()).incident
    worse(here, told, NOW + MINUTE)
    make.settle(NOW + MINUTE)
    due = called_for()
    assert ("Severity changed from SEV-2 to SEV-1.", "communications_lead") == (due.reason, due.owner_role)
    assert (NOW + MINUTE, NOW + 16 * MINUTE) == (due.warned_at, due.due_at)
    assert due.id == last("incident.changed").data["update_due"]
    draft = told.drafts.get(phase="update")
    assert ("update_due", "draft") == (draft.cause, draft.state)
    make.settle(NOW + 16 * MINUTE)
    assert "deadline.missed" in kinds()
    assert 1 == Update.objects.count(), "no timer publishes anything"
    here.publish(edit_of(here, draft, NOW + 17 * MINUTE), NOW + 17 * MINUTE)
    assert f"update:{Update.objects.latest('number').id}" == again(due).satisfied_by


def edit_of(here: Story, draft: Draft, now: datetime) -> Draft:
    edit(draft, here.lead, now)
    found: Draft = again(draft)
    return found


def test_what_is_found_out_calls_for_an_update_too_and_reasons_gather(here: Story) -> None:
    """One deadline, which keeps its time; nobody is called twice."""
    told = here.publish(here.draft()).incident
    assessed(here, told, outage_scope="partial")
    first = called_for()
    assessed(here, told, NOW + MINUTE, customers_affected=300)
    due = called_for()
    assert first.due_at == due.due_at
    assert due.reason == (
        "Outage scope changed from outage scope unknown to partial outage. "
        "Customers affected changed from unknown to 300 customers affected."
    )


def test_a_reason_said_before_is_said_once_and_stands_last(here: Story) -> None:
    """However often a fact goes back and forth, the deadline says each once and ends with the newest."""
    told = here.publish(here.draft()).incident
    for step, severity in enumerate(("SEV-1", "SEV-3", "SEV-2", "SEV-1"), start=1):
        worse(here, told, NOW + step * MINUTE, severity=severity)
    assert called_for().reason == (
        "Severity changed from SEV-1 to SEV-3. Severity changed from SEV-3 to SEV-2. "
        "Severity changed from SEV-2 to SEV-1."
    )


def test_reasons_without_end_do_not_make_a_text_without_end(here: Story) -> None:
    """The ledger has every one of them; the board says that there were more."""
    told = here.publish(here.draft()).incident
    for count in range(1, 40):
        assessed(here, told, customers_affected=count * 1000)
    reason = called_for().reason
    assert reason.startswith("Customers affected changed from unknown to 1,000 customers affected.")
    assert reason.endswith("More has changed since; the ledger says what.")
    assert (1, True) == (reason.count("More has changed"), len(reason) < 1100)


def test_readers_who_were_told_nothing_are_owed_nothing(here: Story) -> None:
    """And neither is anybody where policy asks for no updates, or where only colleagues' words changed."""
    untold = here.draft().incident
    worse(here, untold)
    told = here.publish(here.draft()).incident
    worse(here, told, title="Another title")
    assessed(here, told, outage_scope="none")
    assert 0 == Deadline.objects.filter(kind="update_due").count()
    assert None is last("incident.assessed").data["update_due"]


def test_a_draft_that_is_open_is_enough(here: Story) -> None:
    """Whoever writes it sees the deadline beside it."""
    told = here.publish(here.draft()).incident
    begin(here, told, NOW)
    worse(here, told)
    make.settle(NOW)
    assert 1 == told.drafts.filter(phase="update").count()


def test_a_draft_put_aside_is_not_written_again_by_itself(here: Story) -> None:
    told = here.publish(here.draft()).incident
    worse(here, told)
    make.settle(NOW)
    Draft.objects.filter(phase="update").update(state="withdrawn")
    make.settle(NOW + HOUR / 2)
    assert 1 == told.drafts.filter(phase="update").count()


@pytest.mark.parametrize(
    ("severity", "due", "told"),
    [("SEV-3", "2026-03-02T07:00:00+00:00", True), ("SEV-2", "2026-03-01T22:30:00+00:00", False)],
)
def test_in_quiet_hours_the_first_draft_promises_the_morning_where_policy_says_so(
    severity: str, due: str, told: bool
) -> None:
    """And the ledger says why it is so late."""
    night = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
    here = Story(now=night)
    here.open(night, severity=severity)
    created = last("draft.created").data
    assert due == created["next_update_at"]
    assert told is any("quiet hours" in reason["text"] for reason in created["promise_reasons"])


def test_the_interval_grows_with_the_hours(here: Story) -> None:
    """Asked anew for every draft, and not once for all when the incident opened."""
    told = here.publish(here.draft()).incident
    later = NOW + timedelta(hours=5)
    begin(here, told, later)
    assert (later + 2 * HOUR).isoformat() == last("draft.created").data["next_update_at"]


def silent(here: Story, of: Incident, now: datetime, **more: Any) -> Draft:
    """A draft by a person that tells nothing new, ready to submit."""
    begin(here, of, now)
    draft = of.drafts.latest("created_at")
    edit(draft, here.lead, now, no_change=True, **more)
    return draft


def test_no_change_is_said_once_and_then_something_is_ruled_out(here: Story) -> None:
    """The submission is refused with the field that helps; the ledger keeps that it was said."""
    told = here.publish(here.draft()).incident
    here.publish(silent(here, told, NOW + HOUR), NOW + HOUR)
    assert last("draft.edited").data["no_change"] is True
    draft = silent(here, told, NOW + 2 * HOUR)
    with pytest.raises(Invalid, match="say what has been ruled out since") as refusal:
        submit(draft, here.lead, NOW + 2 * HOUR)
    assert "ruled_out" == refusal.value.field
    edit(draft, here.lead, NOW + 2 * HOUR, no_change=True, ruled_out="The network is not it.")
    submit(draft, here.lead, NOW + 2 * HOUR)


def test_or_the_next_update_is_promised_after_a_longer_time(here: Story) -> None:
    told = here.publish(here.draft()).incident
    here.publish(silent(here, told, NOW + HOUR), NOW + HOUR)
    now = NOW + 2 * HOUR
    submit(silent(here, told, now, next_update_at=now + 3 * HOUR), here.lead, now)
