"""Hooks: kept before they are answered, read once, and what cannot be read is kept for a person."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from clarion import pipeline
from clarion.actions import intake
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.intake import Unverified
from clarion.store.models import Hook, Incident, LedgerEntry, Signal, Source
from tests import factories as make
from tests.actions.story import MINUTE, NOW, Story, acting, again, codes, kinds, last, words_of

pytestmark = pytest.mark.django_db
GOOD = {"authorization": f"Bearer {make.TOKEN}"}
OVER = {"status": "resolved", "ended_at": NOW}


@pytest.fixture
def here() -> Story:
    return Story()


def receive(body: bytes, slug: str = "alertmanager", **headers: str) -> LedgerEntry:
    return pipeline.run(intake.receive_hook, slug=slug, headers=GOOD | headers, body=body, now=NOW)


@pytest.mark.capability("5.1", face="ledger")
def test_an_alert_opens_one_incident_and_the_ledger_names_the_hook_and_the_reasons(here: Story) -> None:
    """From the bytes to the incident: each step is an entry that says where it came from."""
    incident = make.incident_by_hook()
    hook = Hook.objects.get()
    assert ["hook.received", "hook.read", "incident.opened", "draft.created"] == kinds()[-4:]
    assert (f"hook:{hook.id}", hook.body_hash) == (
        last("hook.received").subject,
        last("hook.received").data["body_sha256"],
    )
    signal = Signal.objects.get()
    assert [signal.id] == last("hook.read").data["signals"]
    assert (signal.id, incident.id) == (last("incident.opened").data["signal"], signal.incident_id)
    assert ["no_open_incident", "severity.mapped", "category.default"] == codes("incident.opened")[:3]


@pytest.mark.capability("1.1", face="ledger")
def test_whether_an_alert_gets_formal_updates_is_decided_with_reasons(here: Story) -> None:
    """The ledger holds the requirement and the sentences that ask for it."""
    make.incident_by_hook()
    told = last("incident.opened").data
    assert told["requirements"]["formal_updates"] is True
    assert "updates.severe" in codes("incident.opened")
    make.incident_by_hook(make.alert(severity="info", service="other", fingerprint="f2"))
    told = last("incident.opened").data
    assert told["requirements"]["formal_updates"] is False
    assert "too small for a public update" in str(told["reasons"])


def test_the_bytes_are_kept_as_they_came_before_anything_is_read(here: Story) -> None:
    """With a fact about their length and hash in the ledger, and no reading yet."""
    body = make.alert() + b"\n  "
    receive(body)
    hook = Hook.objects.get()
    assert (body, "received") == (bytes(hook.body), hook.state)
    assert len(body) == last("hook.received").data["bytes"]
    assert 0 == Signal.objects.count()


def test_the_same_bytes_again_are_held_already(here: Story) -> None:
    """Alertmanager repeats itself; that is answered and changes nothing."""
    make.incident_by_hook()
    before = kinds()
    with pytest.raises(AlreadyDone, match="already held"):
        receive(make.alert())
    make.settle(NOW)
    assert before == kinds()


def test_the_same_alert_in_other_bytes_changes_nothing_but_when_it_was_seen(here: Story) -> None:
    """A new notification of an alert that still fires: no second signal, incident or draft."""
    make.incident_by_hook()
    receive(make.alert() + b" ")
    later = NOW + MINUTE
    make.settle(later)
    assert (1, 1) == (Signal.objects.count(), Incident.objects.count())
    assert later == Signal.objects.get().last_seen_at
    assert [] == last("hook.read").data["signals"]


def test_an_id_that_was_used_for_other_bytes_is_refused(here: Story) -> None:
    """A sender that numbers its messages may not reuse a number."""
    source = Source.objects.get()
    Hook.objects.create(
        source=source, delivery_id="n1", body=b"a", body_hash="a" * 64, state="read", received_at=NOW
    )
    with pytest.raises(Conflict, match="Use a new id for new content"):
        intake._refuse_repeat(source, "n1", "b" * 64)


@pytest.mark.parametrize("given", ["Bearer wrong", "Basic x", ""])
def test_a_hook_that_proves_nothing_leaves_no_trace(here: Story, given: str) -> None:
    """Not a row, not an entry; and a source that is not there is not found."""
    before = kinds()
    with pytest.raises(Unverified):
        receive(make.alert(), authorization=given)
    with pytest.raises(NotFound):
        receive(make.alert(), slug="nobody")
    assert (0, before) == (Hook.objects.count(), kinds())


def test_a_source_that_is_switched_off_is_not_there(here: Story) -> None:
    """Its secret opens nothing any more."""
    Source.objects.update(enabled=False)
    with pytest.raises(NotFound):
        receive(make.alert())


def quarantined() -> Hook:
    receive(b'{"version": "4", "status": "firing"')
    return Hook.objects.get()


def test_what_cannot_be_read_is_kept_with_the_reason(here: Story) -> None:
    """In quarantine, in the ledger, and out of the pipeline."""
    hook = quarantined()
    assert "quarantined" == hook.state
    assert hook.problem == last("hook.quarantined").data["problem"] != ""
    make.settle(NOW)
    assert ("quarantined", 0) == (again(hook).state, Signal.objects.count())


def test_a_quarantined_hook_is_replayed_once_it_can_be_read(
    here: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before; then its bytes go the way of every other."""
    hook = quarantined()
    by = {"hook_id": hook.id, "actor": acting(here.lead), "now": NOW}
    with pytest.raises(Invalid, match="It still cannot be read"):
        pipeline.run(intake.replay_hook, **by)
    Hook.objects.update(body=make.alert())  # as if a newer Clarion could read what an older one could not
    pipeline.run(intake.replay_hook, **by)
    assert (True, f"user:{here.lead.id}") == (
        last("hook.received").data["replay"],
        last("hook.received").actor,
    )
    make.settle(NOW)
    assert ("read", 1) == (again(hook).state, Incident.objects.count())
    with pytest.raises(AlreadyDone):
        pipeline.run(intake.replay_hook, **by)


def test_a_quarantined_hook_is_put_aside_with_a_reason_and_its_bytes_stay(here: Story) -> None:
    """A person decides, says why, and nothing is thrown away."""
    hook = quarantined()
    by = {"hook_id": hook.id, "actor": acting(here.lead), "now": NOW}
    with pytest.raises(Invalid, match="Say why"):
        pipeline.run(intake.discard_hook, reason=" ", **by)
    pipeline.run(intake.discard_hook, reason="A test of the network team.", **by)
    assert ("discarded", bytes(hook.body)) == (again(hook).state, bytes(again(hook).body))
    assert {"reason": "A test of the network team."} == words_of("hook.discarded")
    for action, more in ((intake.discard_hook, {"reason": "x"}), (intake.replay_hook, {})):
        with pytest.raises(AlreadyDone):
            pipeline.run(action, **by, **more)


def test_only_who_may_write_hooks_touches_the_quarantine(here: Story) -> None:
    """And a hook that does not exist is not found."""
    hook = quarantined()
    with pytest.raises(Forbidden):
        pipeline.run(intake.replay_hook, hook_id=hook.id, actor=acting(here.accuracy), now=NOW)
    with pytest.raises(NotFound):
        pipeline.run(intake.replay_hook, hook_id="nosuchthing1", actor=acting(here.lead), now=NOW)


def test_resolved_before_it_was_seen_firing_calls_nobody(here: Story) -> None:
    """And the firing report that was overtaken on its way does not either."""
    receive(make.alert(**OVER))
    make.settle(NOW)
    assert ["never_firing"] == codes("signal.ignored")
    receive(make.alert())
    make.settle(NOW)
    assert ("resolved", 0) == (Signal.objects.get().status, Incident.objects.count())


def test_an_alert_that_ends_makes_its_incident_quiet_and_proposes_a_resolution(here: Story) -> None:
    """A proposal, once; nothing is published by it, however late it gets."""
    incident = make.incident_by_hook()
    here.publish(incident.drafts.get())
    receive(make.alert(**OVER))
    make.settle(NOW + MINUTE)
    proposed = incident.drafts.get(phase="resolution")
    assert ("draft", "incident.quiet") == (proposed.state, proposed.cause)
    assert ("investigating", 1) == (again(incident).state, incident.updates.count())
    assert NOW == again(incident).quiet_at
    for hours in (1, 24):
        make.settle(NOW + timedelta(hours=hours))
    assert 1 == incident.updates.count()
    assert 1 == incident.drafts.filter(phase="resolution").count()


def test_an_incident_that_is_over_before_anything_was_said_is_proposed_to_end_too(here: Story) -> None:
    """Both drafts wait for people; whichever they publish, the other cannot follow the end."""
    incident = make.incident_by_hook()
    receive(make.alert(**OVER))
    make.settle(NOW)
    first, end = (incident.drafts.get(phase=phase) for phase in ("holding", "resolution"))
    here.publish(end)
    assert ("published", "superseded") == (again(end).state, again(first).state)
    assert [first.id] == last("update.published").data["superseded"]


def test_a_minor_incident_that_ends_asks_for_no_words(here: Story) -> None:
    """Policy asked for no update, so there is none about the end."""
    incident = make.incident_by_hook(make.alert(severity="info"))
    receive(make.alert(severity="info", **OVER))
    make.settle(NOW)
    assert (0, NOW) == (incident.drafts.count(), again(incident).quiet_at)


def test_an_incident_that_grows_loud_again_is_not_quiet(here: Story) -> None:
    """The same alert starts anew, and belongs to the same incident."""
    incident = make.incident_by_hook()
    receive(make.alert(**OVER))
    make.settle(NOW)
    assert again(incident).quiet_at is not None
    receive(make.alert(started_at=NOW + MINUTE))
    make.settle(NOW + MINUTE)
    assert (None, 1) == (again(incident).quiet_at, Incident.objects.count())
    assert ["same_group"] == codes("incident.signal_attached")


def test_one_hook_with_many_alerts_opens_one_incident(here: Story) -> None:
    """They are of one group."""
    one = json.loads(make.alert())
    other = json.loads(make.alert(fingerprint="f2", title="Slow"))["alerts"]
    receive(json.dumps(one | {"alerts": one["alerts"] + other}).encode())
    make.settle(NOW)
    assert (2, 1) == (Signal.objects.count(), Incident.objects.count())
    assert 2 == Incident.objects.get().signals.count()
