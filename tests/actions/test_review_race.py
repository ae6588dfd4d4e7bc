"""G15: fifty approvals at once, by three people, lead to one publication with two distinct approvers.

Real threads with a connection each: on PostgreSQL they run side by side, on SQLite one after another.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from clarion import pipeline
from clarion.actions import intake
from clarion.rules import terms
from clarion.rules.errors import Refusal
from clarion.store.models import Approval, Delivery, Draft, Incident, LedgerEntry, Signal, Update
from tests import factories as make
from tests.actions.story import NOW, Story, again, decide, edit, submit

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(works: list[Callable[[], Any]]) -> Counter[str]:
    """Does all of it from one moment on, a thread each; how each ended. Raises what nobody expects."""
    start, ends = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        start.wait(60)
        try:
            work()
            ends.append("done")
        except Refusal as refusal:
            ends.append(refusal.code)
        except Exception as error:
            ends.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(ends) == len(works), "somebody still waits"
    odd = [end for end in ends if end not in ("done", "conflict", "forbidden", "already_done")]
    assert [] == odd
    return Counter(ends)


def test_fifty_approvals_at_once_publish_once_with_two_distinct_approvers() -> None:
    """While publication is asked for over and over in between."""
    here = Story()
    both = make.person("accuracy", "clarity")
    make.subscriber()
    draft = here.in_review()
    three = [(here.accuracy, "accuracy"), (here.clarity, "clarity"), (both, "accuracy"), (both, "clarity")]
    voices = [three[place % 4] for place in range(50)]
    works: list[Callable[[], Any]] = [lambda by=by, role=role: decide(draft, by, role) for by, role in voices]
    works += [lambda: pipeline.answer("publish_draft", draft.id, NOW)] * 10
    ends = at_once(works)
    pipeline.settle(NOW)
    given = list(Approval.objects.filter(voided_at=None))
    assert 2 == len(given) == len({a.person_id for a in given}) == len({a.role for a in given})
    assert (1, 1) == (Update.objects.count(), Delivery.objects.count())
    assert "published" == again(draft).state
    assert 2 + 10 == ends["done"]  # two approvals; asking for what is done already is no failure
    entries = LedgerEntry.objects.filter(incident=draft.incident).order_by("incident_seq")
    kinds = Counter(entry.kind for entry in entries)
    assert (1, 1, 1) == (kinds["draft.approval_given"], kinds["draft.approved"], kinds["update.published"])
    assert list(range(1, len(entries) + 1)) == [entry.incident_seq for entry in entries]


@pytest.mark.parametrize("turn", range(5))
def test_an_edit_that_races_the_last_approval_and_the_publication(turn: int) -> None:
    """Either the approved words are out and the edit came too late, or nothing is out."""
    here = Story()
    draft = here.in_review()
    shown = draft.versions.get()
    decide(draft, here.accuracy, "accuracy")
    told = {"version": shown.number, "digest": shown.digest}
    at_once(
        [
            lambda: decide(draft, here.clarity, "clarity", **told),
            lambda: edit(draft, here.lead, base_version=1),
            lambda: pipeline.answer("publish_draft", draft.id, NOW),
            lambda: edit(draft, here.accuracy, base_version=1),
        ]
    )
    pipeline.settle(NOW)
    assert draft.versions.count() <= 2
    if Update.objects.exists():
        assert shown.id == Update.objects.get().version_id
        assert ("published", 1) == (again(draft).state, draft.versions.count())
    else:
        assert 0 == Approval.objects.filter(voided_at=None, version__number=2).count()
        assert Draft.objects.get().state in ("draft", "in_review")


def test_ends_and_approvals_of_two_drafts_of_one_incident_do_not_wait_for_each_other() -> None:
    """A resolution is published while the first draft is approved, edited and its deadline ticks."""
    here = Story()
    incident = make.incident_by_hook()
    make.hook(make.alert(status="resolved", ended_at=NOW))
    pipeline.settle(NOW)
    first, end = (incident.drafts.get(phase=phase) for phase in ("holding", "resolution"))
    here.approve(end)
    submit(first, here.lead)
    window = first.deadlines.get()
    at_once(
        [
            lambda: pipeline.answer("publish_draft", end.id, NOW),
            lambda: decide(first, here.accuracy, "accuracy"),
            lambda: decide(first, here.clarity, "clarity"),
            lambda: pipeline.answer("tick_deadline", window.id, window.due_at),
            lambda: pipeline.answer("publish_draft", first.id, NOW),
            lambda: edit(first, here.lead, base_version=1),
        ]
    )
    pipeline.settle(NOW)
    assert "published" == again(end).state
    assert again(first).state in ("superseded", "published")
    assert "resolved" == again(incident).state


@pytest.mark.parametrize("turn", range(5))
def test_two_tools_that_report_one_component_at_once_open_one_incident(turn: int) -> None:
    """Whichever comes first opens it; the other's alert belongs to it."""
    Story()
    make.source("second")
    for slug, name in (("alertmanager", "a"), ("second", "b")):
        pipeline.run(intake.read_hook, key=make.hook(make.alert(fingerprint=name), slug=slug), now=NOW)
    works: list[Callable[[], Any]] = [
        lambda key=key: pipeline.answer("answer_signal", key, NOW)
        for key in Signal.objects.values_list("id", flat=True)
    ]
    at_once(works)
    assert (1, 2) == (Incident.objects.count(), Incident.objects.get().signals.count())


@pytest.mark.parametrize("turn", range(5))
def test_an_alert_that_fires_again_while_the_end_is_published(turn: int) -> None:
    """Neither waits for the other for ever: both take drafts, deadlines and incident in one order."""
    here = Story()
    incident = make.incident_by_hook()
    here.publish(incident.drafts.get())
    make.hook(make.alert(status="resolved", ended_at=NOW))
    pipeline.settle(NOW)
    end = here.approve(incident.drafts.get(phase="resolution"))
    pipeline.run(intake.read_hook, key=make.hook(make.alert(started_at=NOW)), now=NOW)
    signal = Signal.objects.get(answered_at=None)
    at_once(
        [
            lambda: pipeline.answer("answer_signal", signal.id, NOW),
            lambda: pipeline.answer("publish_draft", end.id, NOW),
        ]
    )
    pipeline.settle(NOW)
    told = again(signal).incident
    assert told.state in terms.OPEN_STATES, "an alert fires and no open incident holds it"
    assert again(end).state in ("published", "superseded")
