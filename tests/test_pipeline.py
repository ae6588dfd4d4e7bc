"""The order of things: an entry wakes the next stage, and losing every bell loses nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from clarion import bell, pipeline
from clarion.actions import assess, deadline, facts, incident, intake, reevaluate, translation
from clarion.pipeline import PIPELINE, STAGES
from clarion.rules.errors import AlreadyDone
from clarion.store.models import Deadline, Draft, LedgerEntry, Translation, Update
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, decide, submit

pytestmark = pytest.mark.django_db
Rings = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CLARION = make.in_languages(settings.CLARION)


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> Rings:
    """Every ring as it is rung; nobody answers."""
    heard: Rings = []
    monkeypatch.setattr(bell, "ring", lambda name, key: heard.append((name, key)))
    return heard


def by_bells(rings: Rings, now: Any) -> None:
    """Answers every ring, and what those ring in turn, and never sweeps."""
    while rings:
        name, key = rings.pop(0)
        pipeline.answer(name, key, now)


def one_incident(work: Callable[[Any], None]) -> Counter[str]:
    """A whole incident, with ``work`` doing what is due at each moment; the entries by kind."""
    here = Story()
    make.subscriber()
    work(NOW)
    before = LedgerEntry.objects.count()
    make.hook()
    work(NOW)
    draft = Draft.objects.get()
    submit(draft, here.lead)
    for role, by in here.reviewers.items():
        decide(draft, by, role)
    work(NOW)
    for owed in Deadline.objects.filter(kind="next_update"):
        for later in (0 * MINUTE, 15 * MINUTE):  # missed, and reminded of
            pipeline.run(deadline.tick_deadline, key=owed.id, now=owed.due_at + later)
    work(NOW + HOUR)
    make.hook(make.alert(status="resolved", ended_at=NOW), now=NOW + HOUR)
    work(NOW + HOUR)
    return Counter(LedgerEntry.objects.order_by("id").values_list("kind", flat=True)[before:])


def test_losing_every_bell_loses_nothing(rings: Rings) -> None:
    """Sweeps alone and bells alone lead to the same entries, each as often."""
    with transaction.atomic():
        swept = one_incident(lambda now: (rings.clear(), pipeline.settle(now)))
        transaction.set_rollback(True)
    rings.clear()
    assert {"update.published": 1, "draft.created": 3, "deadline.missed": 1}.items() <= swept.items()
    assert swept == one_incident(lambda now: by_bells(rings, now))


def hook_received(here: Story) -> None:
    make.hook()


def signal_unanswered(here: Story) -> None:
    pipeline.run(intake.read_hook, key=make.hook(), now=NOW)


def incident_opened(here: Story) -> None:
    signal_unanswered(here)
    pipeline.run(STAGES["answer_signal"].do, key=next(iter(STAGES["answer_signal"].due(NOW))), now=NOW)


def incident_changed(here: Story) -> None:
    """One that was too small to be told of grows."""
    minor = here.open(severity="SEV-4")
    told = {"incident_id": minor.id, "changes": {"severity": "SEV-1"}, "actor": acting(here.lead)}
    pipeline.run(incident.change_incident, **told, now=NOW)


def incident_assessed(here: Story) -> None:
    """One that was only suspected is confirmed."""
    told = make.incident_by_hook(make.alert(severity="warning"))
    facts = {"incident_id": told.id, "facts": {"confirmation": "confirmed"}, "actor": acting(here.lead)}
    pipeline.run(assess.assess_incident, **facts, now=NOW)


def incident_reevaluated(here: Story) -> None:
    """One that was too small to be told of, under a policy that tells of everything."""
    minor = here.open(severity="SEV-4")
    limited = "when: {severity: SEV-3}\n    formal_updates: true"
    newer = default_document().replace(limited, limited.replace("SEV-3", "[SEV-3, SEV-4]"))
    make.next_policy(newer, by=here.lead, approved_by=here.administrator)
    told = {"incident_id": minor.id, "actor": acting(here.lead)}
    pipeline.run(reevaluate.reevaluate_incident, **told, now=NOW)


def incident_quiet(here: Story) -> None:
    make.incident_by_hook()
    hook = make.hook(make.alert(status="resolved", ended_at=NOW))
    pipeline.run(intake.read_hook, key=hook, now=NOW)
    pipeline.run(STAGES["answer_signal"].do, key=next(iter(STAGES["answer_signal"].due(NOW))), now=NOW)


def draft_approved(here: Story) -> None:
    here.approve(here.draft())


def update_published(here: Story) -> None:
    draft = here.approve(here.draft())
    pipeline.run(STAGES["publish_draft"].do, key=draft.id, now=NOW)


def component_added(here: Story) -> None:
    make.component("Search")


def translation_approved(here: Story) -> None:
    """One that was read only after the original went out."""
    draft = here.draft()
    texts = make.translated(draft.versions.get())
    told = {"draft_id": draft.id, "version": 1, "language": "de", "texts": texts}
    pipeline.run(translation.write_translation, **told, actor=acting(here.lead), now=NOW)
    here.publish(draft)
    row = Translation.objects.get()
    word = {"translation_id": row.id, "digest": row.digest, "decision": "approved"}
    reader = acting(make.person("translation"))
    pipeline.run(translation.review_translation, **word, actor=reader, now=NOW)


def promise_missed(here: Story) -> None:
    here.publish(here.draft())
    owed = Deadline.objects.get(kind="next_update")
    pipeline.run(deadline.tick_deadline, key=owed.id, now=NOW)


def told_of_and_changed(here: Story) -> None:
    """Readers know of it, and now it is worse."""
    told = here.publish(here.draft()).incident
    changes = {"incident_id": told.id, "changes": {"severity": "SEV-1"}, "actor": acting(here.lead)}
    pipeline.run(incident.change_incident, **changes, now=NOW)


def told_of_and_assessed(here: Story) -> None:
    told = here.publish(here.draft()).incident
    found = {"incident_id": told.id, "facts": {"outage_scope": "full"}, "actor": acting(here.lead)}
    pipeline.run(assess.assess_incident, **found, now=NOW)


def told_of_and_found_out(here: Story) -> None:
    told = here.publish(here.draft()).incident
    recorded = {"incident_id": told.id, "base_version": 0, "facts": {"impact": "cards are declined"}}
    pipeline.run(facts.record_facts, **recorded, actor=acting(here.lead), now=NOW)


MOMENTS = [
    ("hook.received", "read_hook", hook_received),
    ("hook.read", "answer_signal", signal_unanswered),
    ("incident.opened", "write_first_draft", incident_opened),
    ("incident.changed", "write_first_draft", incident_changed),
    ("incident.assessed", "write_first_draft", incident_assessed),
    ("incident.reevaluated", "write_first_draft", incident_reevaluated),
    ("incident.quiet", "propose_resolution", incident_quiet),
    ("draft.approved", "publish_draft", draft_approved),
    ("update.published", "write_site", update_published),
    ("update.published", "fan_out", update_published),
    ("component.added", "write_site", component_added),
    ("translation.approved", "write_site", translation_approved),
    ("deadline.missed", "prepare_update", promise_missed),
    ("incident.changed", "prepare_update", told_of_and_changed),
    ("incident.assessed", "prepare_update", told_of_and_assessed),
    ("facts.recorded", "prepare_update", told_of_and_found_out),
]


def test_every_stage_that_an_entry_wakes_is_shown_here() -> None:
    """A new stage needs a row above."""
    assert sorted((stage.on, stage.do.__name__) for stage in PIPELINE if stage.on) == sorted(
        (on, name) for on, name, _ in MOMENTS
    )


@pytest.mark.parametrize(("on", "name", "reach"), MOMENTS, ids=[f"{on} {name}" for on, name, _ in MOMENTS])
def test_the_rows_know_exactly_what_the_bell_would_do(
    rings: Rings, monkeypatch: pytest.MonkeyPatch, on: str, name: str, reach: Callable[[Story], None]
) -> None:
    """What is rung is due; once it is answered nothing of it is due, and asking again is answered as done."""
    now = NOW
    if name == "prepare_update":  # the promise of a first update runs an hour
        now = NOW + HOUR
        tick = deadline.tick_deadline
        monkeypatch.setattr(deadline, "tick_deadline", lambda *, key, now: tick(key=key, now=NOW + HOUR))
    here = Story()
    rings.clear()
    reach(here)
    stage = STAGES[name]
    rung = sorted(key for heard, key in dict.fromkeys(rings) if heard == name)
    due = sorted(stage.due(now))
    assert due == rung != []
    for key in rung:
        assert pipeline.answer(name, key, now)
    assert [] == list(stage.due(now))
    for key in due:
        with pytest.raises(AlreadyDone):
            stage.do(key=key, now=now)


def test_deadlines_need_no_bell(rings: Rings) -> None:
    """Time wakes them: nothing before the warning, then each once."""
    here = Story()
    here.publish(here.draft())
    owed = Deadline.objects.get(kind="next_update")
    due = STAGES["tick_deadline"].due
    assert [] == list(due(NOW + 49 * MINUTE))
    assert [owed.id] == list(due(NOW + 50 * MINUTE))
    assert pipeline.answer("tick_deadline", owed.id, NOW + 50 * MINUTE)
    assert [] == list(due(NOW + 59 * MINUTE))
    assert [owed.id] == list(due(NOW + HOUR))


def test_what_fails_stays_due_and_holds_up_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One hook that cannot be worked off: the other one is, and the failure is in the log."""
    Story()
    bad, good = make.hook(), make.hook(make.alert(fingerprint="f2", service="search"))
    read = intake.read_hook

    def stumble(*, key: str, now: Any) -> LedgerEntry:
        if key == bad:
            raise RuntimeError("as if a leaf had a bug")
        return read(key=key, now=now)

    stage = STAGES["read_hook"]
    monkeypatch.setitem(STAGES, "read_hook", pipeline.Stage(stage.on, _named(stumble), stage.due))
    pipeline.settle(NOW, rounds=3)
    assert [bad] == list(stage.due(NOW))
    assert good in LedgerEntry.objects.filter(kind="hook.read").values_list("subject", flat=True)[0]
    assert f"read_hook for {bad} failed; it stays due" in caplog.text


def test_nothing_is_published_at_a_time_before_its_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Approved while a sweep is under way, which began earlier: the worker looks at its clock again."""
    here = Story()
    draft = here.draft()
    first = STAGES["read_hook"]

    def meanwhile(now: Any) -> list[str]:
        if draft.versions.get().approvals.count() == 0:
            here.approve(draft, NOW + MINUTE)
        return []

    monkeypatch.setitem(STAGES, "read_hook", pipeline.Stage(first.on, first.do, meanwhile))
    pipeline.sweep(NOW, clock=lambda: NOW + 2 * MINUTE)
    assert NOW + 2 * MINUTE == Update.objects.get().published_at


def _named(function: Any) -> Any:
    function.__name__ = "read_hook"
    return function


def test_a_bell_rings_only_if_the_transaction_holds(rings: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rung inside it: undone with it. Here with the real engine, whose rows are counted."""
    monkeypatch.undo()
    Story()
    waiting = bell.DBTaskResult.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        make.hook()
        raise RuntimeError
    assert waiting == bell.DBTaskResult.objects.count()
    make.hook()
    assert waiting + 1 == bell.DBTaskResult.objects.count()


@pytest.mark.django_db(transaction=True)
def test_the_engine_answers_what_is_rung() -> None:
    """Bells alone, through the real engine, take an alert to its draft."""
    Story()
    make.hook()
    bell.answer_waiting("tests", clock=lambda: NOW + timedelta(seconds=1))
    assert 1 == Draft.objects.count()
    assert not bell.waiting()
