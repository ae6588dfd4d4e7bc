"""Promises and windows: warned of, missed, kept; and nothing is ever published because of a timer."""

from __future__ import annotations

import pytest

from clarion import pipeline
from clarion.actions import deadline as deadlines
from clarion.actions import draft as drafts
from clarion.actions import preparing, publish
from clarion.rules.errors import AlreadyDone
from clarion.store.models import Deadline, Draft, Incident, LedgerEntry, Update
from clarion.store.queries import drafts as queries
from clarion.store.queries.ledger import read
from tests import factories as make
from tests.actions.story import EVERYTHING, HOUR, MINUTE, NOW, Story, acting, again, edit, kinds, last
from tests.rules.policy_documents import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def promise(here: Story) -> Deadline:
    """Made by a first update at NOW, due an hour later, warned of ten minutes before."""
    here.publish(here.draft())
    return Deadline.objects.get(kind="next_update")


@pytest.mark.capability("1.2", face="ledger")
def test_a_promise_is_warned_of_then_missed_and_the_ledger_has_both(here: Story) -> None:
    """Once each, with kind, owner and time."""
    owed = promise(here)
    for minutes, expected in ((49, []), (50, ["deadline.warned"]), (55, ["deadline.warned"])):
        make.settle(NOW + minutes * MINUTE)
        assert expected == [kind for kind in kinds() if kind.startswith("deadline.")]
    for minutes in (60, 61):
        make.settle(NOW + minutes * MINUTE)
        assert ["deadline.warned", "deadline.missed"] == [k for k in kinds() if k.startswith("deadline.")]
    told = last("deadline.missed")
    assert ("next_update", "communications_lead", f"deadline:{owed.id}") == (
        told.data["kind"],
        told.data["owner_role"],
        told.subject,
    )


def test_a_missed_promise_drafts_and_never_publishes(here: Story) -> None:
    """There is something to finish for its owner; readers see nothing until two people approved."""
    owed = promise(here)
    for hours in (1, 2, 5, 30):
        make.settle(NOW + hours * HOUR)
    assert 1 == Update.objects.count()
    waiting = Draft.objects.get(state="draft")
    assert ("update", "deadline.missed") == (waiting.phase, waiting.cause)
    assert None is again(owed).satisfied_at


def test_a_draft_for_a_missed_promise_that_was_put_aside_does_not_come_back(here: Story) -> None:
    """Whoever withdrew it had a reason; a sweep a second later does not know better."""
    promise(here)
    make.settle(NOW + HOUR)
    draft = Draft.objects.get(state="draft")
    aside = {"draft_id": draft.id, "reason": "Resolution follows.", "actor": acting(here.lead)}
    pipeline.run(drafts.withdraw_draft, now=NOW + HOUR, **aside)
    make.settle(NOW + HOUR + MINUTE)
    assert 0 == Draft.objects.exclude(state__in=("published", "withdrawn")).count()


def test_a_promise_kept_late_is_kept_late(here: Story) -> None:
    """Whether or not a tick came in between."""
    owed = promise(here)
    late = NOW + HOUR + MINUTE
    start = {"incident_id": owed.incident_id, "phase": "update", "actor": acting(here.lead)}
    pipeline.run(drafts.create_draft, now=NOW + 40 * MINUTE, **start)
    draft = Draft.objects.get(state="draft")
    here.approve(draft, late)
    pipeline.run(publish.publish_draft, key=draft.id, now=late)
    assert 1 == last("update.published").data["promise"]["kept_late"]


def test_a_promise_kept_in_time_is_never_missed(here: Story) -> None:
    """Satisfied, so no tick finds it again."""
    owed = promise(here)
    start = {"incident_id": owed.incident_id, "phase": "resolution", "actor": acting(here.lead)}
    pipeline.run(drafts.create_draft, now=NOW + 20 * MINUTE, **start)
    ending = Draft.objects.get(state="draft")
    edit(ending, here.lead, NOW + 20 * MINUTE, statements=EVERYTHING)
    here.publish(ending, NOW + 20 * MINUTE)
    make.settle(NOW + 2 * HOUR)
    assert not [kind for kind in kinds() if kind.startswith("deadline.")]
    assert (NOW + 20 * MINUTE, None) == (again(owed).satisfied_at, again(owed).missed_at)


def test_a_bell_that_comes_after_the_promise_was_kept_drafts_nothing(here: Story) -> None:
    """Rung at the miss, answered after the update: nobody owes anything."""
    owed = promise(here)
    late = NOW + HOUR
    pipeline.run(deadlines.tick_deadline, key=owed.id, now=late)
    start = {"incident_id": owed.incident_id, "phase": "update", "actor": acting(here.lead)}
    pipeline.run(drafts.create_draft, now=late, **start)
    here.approve(Draft.objects.get(state="draft"), late)
    pipeline.run(
        publish.publish_draft,
        key=Draft.objects.get(state="approved").id, now=late,
    )  # fmt: skip
    with pytest.raises(AlreadyDone, match="No update is owed"):
        pipeline.run(preparing.prepare_update, key=owed.id, now=late)


def test_nothing_is_drafted_where_a_draft_is_open(here: Story) -> None:
    """The lead is at it already."""
    owed = promise(here)
    start = {"incident_id": owed.incident_id, "phase": "update", "actor": acting(here.lead)}
    pipeline.run(drafts.create_draft, now=NOW + 40 * MINUTE, **start)
    make.settle(NOW + 2 * HOUR)
    assert 1 == Draft.objects.filter(state="draft").count()


@pytest.mark.capability("4.3", face="ledger")
def test_an_approval_window_warns_and_runs_out_by_itself(here: Story) -> None:
    """Ten minutes for SEV-2; the ledger names the draft and whose matter it is. The draft stays in review."""
    draft = here.in_review()
    window = Deadline.objects.get(kind="approval_window")
    assert NOW + 10 * MINUTE == window.due_at == queries.drafts().get(id=draft.id).window_due_at
    make.settle(NOW + 7 * MINUTE)
    assert draft.id == last("deadline.warned").data["draft"]
    make.settle(NOW + 10 * MINUTE)
    missed = last("deadline.missed")
    assert ("approval_window", draft.id, "communications_lead") == (
        missed.data["kind"],
        missed.data["draft"],
        missed.data["owner_role"],
    )
    assert ("in_review", 0) == (again(draft).state, Update.objects.count())


def test_an_approval_ends_its_window(here: Story) -> None:
    """By the approval that completed it; nobody is warned later."""
    here.approve(here.draft())
    window = Deadline.objects.get(kind="approval_window")
    assert window.satisfied_by.startswith("approval:")
    assert [window.id] == last("draft.approved").data["deadlines_closed"]


def test_a_tick_that_comes_too_early_or_twice_changes_nothing(here: Story) -> None:
    """It is answered as done."""
    owed = promise(here)
    for moment in (NOW, NOW + 49 * MINUTE):
        with pytest.raises(AlreadyDone):
            pipeline.run(deadlines.tick_deadline, key=owed.id, now=moment)
    pipeline.run(deadlines.tick_deadline, key=owed.id, now=NOW + 50 * MINUTE)
    with pytest.raises(AlreadyDone):
        pipeline.run(deadlines.tick_deadline, key=owed.id, now=NOW + 50 * MINUTE)


def reminders() -> list[tuple[int, str]]:
    """Of each reminder in the ledger, its number and when it was given."""
    found = LedgerEntry.objects.filter(kind="deadline.reminded").order_by("id")
    return [(read(row).data["reminder"], f"{row.at:%H:%M}") for row in found]


@pytest.mark.capability("1.2", face="ledger")
@pytest.mark.capability("4.3", face="ledger")
def test_what_was_missed_reminds_its_owner_again_and_again_until_it_is_kept(here: Story) -> None:
    """After a quarter, half and a whole hour, then every hour; the ledger and the row count them."""
    owed = promise(here)
    for minutes in range(60, 301, 5):
        make.settle(NOW + minutes * MINUTE)
    assert [(1, "15:20"), (2, "15:50"), (3, "16:50"), (4, "17:50"), (5, "18:50")] == reminders()
    told = last("deadline.reminded").data
    assert ("next_update", "communications_lead", owed.audiences) == (
        told["kind"],
        told["owner_role"],
        told["audiences"],
    )
    assert (NOW + HOUR).isoformat() == told["missed_at"]
    assert (5, NOW + 285 * MINUTE) == (again(owed).reminders, again(owed).reminded_at)
    assert 1 == Update.objects.count(), "no timer publishes anything"
    late = NOW + 5 * HOUR
    draft = Draft.objects.get(state="draft")
    edit(draft, here.lead, late)
    here.publish(draft, late)
    for minutes in range(300, 359, 15):
        make.settle(NOW + minutes * MINUTE)
    assert 5 == len(reminders()), "kept, so nobody is reminded"


def test_policy_says_when_reminders_come(here: Story) -> None:
    often = document(remind_minutes=[5, 7])
    make.next_policy(often, by=here.lead, approved_by=here.administrator)
    promise(here)
    for minutes in range(60, 80):
        make.settle(NOW + minutes * MINUTE)
    assert [(1, "15:10"), (2, "15:17"), (3, "15:24")] == reminders()


def test_after_the_end_nobody_is_reminded(here: Story) -> None:
    """Also of what nothing has satisfied."""
    owed = promise(here)
    make.settle(NOW + HOUR)
    Incident.objects.filter(id=owed.incident_id).update(state="resolved")
    make.settle(NOW + 3 * HOUR)
    assert [] == reminders()
    with pytest.raises(AlreadyDone):
        pipeline.run(deadlines.tick_deadline, key=owed.id, now=NOW + 3 * HOUR)


def test_a_worker_that_slept_reminds_once(here: Story) -> None:
    """Not once for each reminder that it is late for."""
    promise(here)
    make.settle(NOW + HOUR)
    make.settle(NOW + 9 * HOUR)
    assert 1 == len(reminders())


@pytest.mark.capability("4.3", face="ledger")
def test_an_approval_window_that_ran_out_reminds_until_the_draft_is_decided(here: Story) -> None:
    draft = here.in_review()
    for minutes in (10, 25, 55):
        make.settle(NOW + minutes * MINUTE)
    assert [(1, "14:30"), (2, "15:00")] == reminders()
    aside = {"draft_id": draft.id, "reason": "Another is written.", "actor": acting(here.lead)}
    pipeline.run(drafts.withdraw_draft, now=NOW + 56 * MINUTE, **aside)
    make.settle(NOW + 3 * HOUR)
    assert 2 == len(reminders())
