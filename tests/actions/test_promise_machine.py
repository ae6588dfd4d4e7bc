"""Whatever is published to whom, in whatever order, only a text for an audience keeps its promise.

A machine publishes to random subsets, lets time pass, changes severity and puts drafts aside on the real
database. The oracle notes for each audience by when it was promised to hear again, and reads nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import incident as incidents
from clarion.store.models import Deadline, Draft, Update
from tests import factories as make
from tests.actions.audiences import house, tell
from tests.actions.story import NOW, acting

pytestmark = pytest.mark.django_db
NAMES = ("customers", "executives", "support", "internal")


class _Promises(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = NOW
        self.promised: dict[str, datetime] = {}
        self.news: dict[str, datetime] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def open(self) -> None:
        """An incident of which everybody was told."""
        self.here = house()
        draft = self.here.draft()
        self.incident = draft.incident
        self.note(self.here.publish(draft))

    def note(self, update: Update) -> None:
        """Whoever this update carried was told, and is promised what its own text says."""
        for text in update.texts.all():
            at = update.promised_to(text.audience)
            assert at is not None
            self.promised[text.audience] = at
            self.news.pop(text.audience, None)

    @rule(carried=st.sets(st.sampled_from(NAMES), min_size=1))
    def publish(self, carried: set[str]) -> None:
        for draft in Draft.objects.filter(state="draft"):
            self.aside(draft)
        self.note(tell(self.here, self.incident, carried, self.now))

    def aside(self, draft: Draft) -> None:
        told = {"draft_id": draft.id, "reason": "Another is written.", "actor": acting(self.here.lead)}
        pipeline.run(drafts.withdraw_draft, **told, now=self.now)

    @rule(minutes=st.sampled_from((1, 10, 29, 31, 59, 241)))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        make.settle(self.now)

    @rule(severity=st.sampled_from(("SEV-1", "SEV-2")))
    def change(self, severity: str) -> None:
        self.incident.refresh_from_db()
        if self.incident.severity == severity:
            return
        told = {"incident_id": self.incident.id, "changes": {"severity": severity}}
        pipeline.run(incidents.change_incident, **told, actor=acting(self.here.lead), now=self.now)
        for name in NAMES:
            self.news.setdefault(name, self.now + timedelta(minutes=15))

    def open_for(self, kind: str) -> dict[str, datetime]:
        """What the rows say is owed, each audience once."""
        found: dict[str, datetime] = {}
        for each in Deadline.objects.filter(kind=kind, satisfied_at=None, cancelled_at=None):
            for name in each.audiences:
                assert name not in found, "owed twice"
                found[name] = each.due_at
        return found

    @invariant()
    def each_audience_is_owed_what_it_was_told(self) -> None:
        if self.promised:
            assert self.promised == self.open_for("next_update")
            assert self.news == self.open_for("update_due")

    @invariant()
    def what_is_kept_was_kept_by_an_update_that_carried_it(self) -> None:
        for each in Deadline.objects.exclude(satisfied_at=None).exclude(kind="approval_window"):
            update = Update.objects.get(id=each.satisfied_by.removeprefix("update:"))
            assert each.audiences, "a part that was nobody's"
            assert set(each.audiences) <= set(update.texts.values_list("audience", flat=True))

    @invariant()
    def no_timer_publishes(self) -> None:
        assert not Update.objects.filter(version__author=None).exclude(number=1).exists()


@pytest.mark.capability("1.2", face="ledger")
def test_only_a_text_for_an_audience_keeps_its_promise() -> None:
    """See the module."""
    run_machine(
        _Promises,
        settings=settings(
            max_examples=12,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        ),
    )
