"""Whatever people do, in whatever order, no text is published that two others did not approve.

A machine of random edits, approvals, role changes and clock jumps drives the real actions on the real
database. The oracle is a model of its own: it notes who was shown which words and said yes, and when an
update appears it looks for two fit people in its notes. It asks nothing of ``clarion.rules``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import facts, people
from clarion.rules.access import SYSTEM
from clarion.rules.errors import Refusal
from clarion.rules.facts import Affected
from clarion.store import fact_sheets
from clarion.store.models import Draft, Incident, Update, User
from tests import factories as make
from tests.actions.story import HOUR, NOW, acting, decide, edit, explain, submit

pytestmark = pytest.mark.django_db
ROLES = ("accuracy", "clarity", "communications_lead")
CAST = (
    ("communications_lead", "accuracy"),
    ("accuracy", "communications_lead"),
    ("clarity", "communications_lead"),
    ("accuracy", "clarity"),
)
CHANGES = ("give", "give", "take", "take", "off", "on", "on")
APPROVAL_HOLDS = timedelta(minutes=60)

#: What is written: words that claim nothing, and shares of payments that fail.
WORDS = {"a": "a", "b": "b", "c": "c", "3": "About 3% of payments fail.", "12": "About 12% of payments fail."}
SHARES = {"About 3% of payments fail.": 3, "About 12% of payments fail.": 12}

OVER = ("published", "withdrawn", "superseded")

Words = tuple[Any, ...]


@dataclass
class Yes:
    """Somebody was shown these words and approved them."""

    person: str
    role: str
    words: Words
    at: datetime


@dataclass
class Note:
    """What the oracle knows of one draft."""

    writers: set[str] = field(default_factory=set)
    said: list[Yes] = field(default_factory=list)
    objected: bool = False
    explained: set[tuple[int | None, int | None]] = field(default_factory=set)
    """Shares, in the text and as measured, that its writers have explained."""


def words_in(version: Any) -> Words:
    """Everything that readers will get and where: what an approval is about."""
    texts = tuple(sorted((name, text["title"], text["body"]) for name, text in version.texts.items()))
    parts = tuple(sorted(version.component_statuses.items()))
    return (version.draft_id, version.number, texts, version.incident_state, parts,
            tuple(sorted(version.channels)), version.next_update_at)  # fmt: skip


def share_in(texts: Any) -> int | None:
    """The share of payments that a draft's texts name, if they do."""
    return next((SHARES[text["body"]] for text in texts.values() if text["body"] in SHARES), None)


class Machine(RuleBasedStateMachine):
    """Four people and one incident."""

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.savepoint()
        self.now = NOW
        self.people = [make.person(*roles, name=f"P{place}") for place, roles in enumerate(CAST)]
        self.roles = {p.id: set(roles) for p, roles in zip(self.people, CAST, strict=True)}
        self.active = {p.id: True for p in self.people}
        incident = make.incident(by=self.people[0], severity="SEV-2")
        self.incident = Incident.objects.get(id=incident.id)
        self.notes: dict[str, Note] = {}
        self.published: set[str] = set()
        self.open = True
        self.measured: int | None = None

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    def note(self, draft: Draft) -> Note:
        return self.notes.setdefault(draft.id, Note())

    def newest(self) -> Draft:
        return self.incident.drafts.exclude(state__in=OVER).latest("created_at", "phase")

    def attempt(self, action: Any, *arguments: Any, **told: Any) -> bool:
        """Does it, or is refused; both are fine."""
        try:
            action(*arguments, **told)
        except Refusal:
            return False
        return True

    @precondition(lambda self: self.open)
    @rule(who=st.sampled_from([0, 0, 0, 1, 2, 3]), word=st.sampled_from(list(WORDS)))
    def write(self, who: int, word: str) -> None:
        draft, by = self.newest(), self.people[who]
        last = draft.versions.latest("number")
        texts = {name: {"title": "T", "body": WORDS[word]} for name in last.texts}
        if self.attempt(edit, draft, by, self.now, texts=texts, next_update_at=self.now + 3 * HOUR):
            self.note(draft).writers.add(by.id)

    @precondition(lambda self: self.open)
    @rule(who=st.integers(0, 3))
    def say_why(self, who: int) -> None:
        """Explains what does not agree at this moment, in a new version with the same words."""
        draft, by = self.newest(), self.people[who]
        if self.attempt(explain, draft, by, self.now):
            note = self.note(draft)
            note.writers.add(by.id)
            said = share_in(draft.versions.latest("number").texts)
            # What is explained now is all that is explained.
            note.explained = {(said, self.measured)}

    @rule(percent=st.sampled_from([3, 12, 20]))
    def measure(self, percent: int) -> None:
        """The fact sheet learns how many payments fail."""
        by = acting(self.people[0])
        told = {"base_version": fact_sheets.newest(self.incident).number, "incident_id": self.incident.id}
        learnt = {"affected": Affected(percent=float(percent))}
        if self.attempt(pipeline.run, facts.record_facts, facts=learnt, actor=by, now=self.now, **told):
            self.measured = percent

    @precondition(lambda self: self.open)
    @rule(who=st.integers(0, 3))
    def ask_for_review(self, who: int) -> None:
        draft = self.newest()
        if self.attempt(submit, draft, self.people[who], self.now):
            # Asking again ends what was said before.
            self.note(draft).said.clear()
            self.note(draft).objected = False

    @precondition(lambda self: self.open)
    @rule(who=st.integers(0, 3), role=st.sampled_from(ROLES[:2]), back=st.sampled_from([0, 0, 0, 1]))
    def approve(self, who: int, role: str, back: int) -> None:
        """Mostly the newest words; sometimes those of an older version, under the newest number."""
        self.says_yes(who, role, back)

    def says_yes(self, who: int, role: str, back: int) -> bool:
        draft, by = self.newest(), self.people[who]
        versions = list(draft.versions.order_by("-number"))
        shown = versions[min(back, len(versions) - 1)]
        done = self.attempt(decide, draft, by, role, self.now, digest=shown.digest)
        if done:
            self.note(draft).said.append(Yes(by.id, role, words_in(shown), self.now))
        return done

    @precondition(lambda self: self.open)
    @rule(who=st.integers(0, 3), role=st.sampled_from(ROLES[:2]))
    def ask_for_changes(self, who: int, role: str) -> None:
        draft = self.newest()
        asked = {"decision": "changes_requested", "comment": "Shorter."}
        if self.attempt(decide, draft, self.people[who], role, self.now, **asked):
            self.note(draft).objected = True

    @precondition(lambda self: self.open)
    @rule(
        writer=st.sampled_from([0, 0, None, 1, 2, 3]),
        turn=st.permutations(range(4)),
        back=st.sampled_from([0, 0, 1]),
        then=st.sampled_from(
            ["work", "work", "wait", "take", "off", "edit", "measure", "measure", "nothing"]
        ),
        word=st.sampled_from(["a", "3", "12"]),
    )
    def good_day(self, writer: int | None, turn: list[int], back: int, then: str, word: str = "a") -> None:
        """One writes, everybody is asked in turn, one thing comes between, and the worker finds it.

        Random steps alone seldom agree on anything that could be published.
        """
        if writer is not None:
            self.write(writer, word)
            if word != "a" and self.measured:
                self.say_why(writer)
        for who in turn[:2]:
            self.ask_for_review(who)
        for role in ROLES[:2]:
            # Whoever may not is refused; the first who may is enough.
            any(self.says_yes(who, role, back) for who in turn)
        if then == "wait":
            self.wait(60)
        elif then == "edit":
            self.write(turn[0], "b")
        elif then == "measure":
            self.measure(20)
        elif then in ("take", "off"):
            self.reorganise(turn[0], "accuracy", then)
        if then != "nothing":
            self.work(1)

    @precondition(lambda self: self.open)
    @rule(who=st.integers(0, 3), aside=st.sampled_from([False, False, False, True]))
    def remark_or_put_aside(self, who: int, aside: bool) -> None:
        told = {"draft_id": self.newest().id, "actor": acting(self.people[who]), "now": self.now}
        if aside:
            self.attempt(pipeline.run, drafts.withdraw_draft, reason="No.", **told)
        else:
            self.attempt(pipeline.run, drafts.comment_on_draft, body="Hm.", **told)

    @precondition(lambda self: not self.open)
    @rule()
    def start_anew(self) -> None:
        told = {"incident_id": self.incident.id, "phase": "update", "actor": acting(self.people[0])}
        self.attempt(pipeline.run, drafts.create_draft, now=self.now, **told)

    @rule(who=st.integers(0, 3), role=st.sampled_from(ROLES[:2]), what=st.sampled_from(CHANGES))
    def reorganise(self, who: int, role: str, what: str) -> None:
        person = self.people[who].id
        told = {"user_id": person, "actor": SYSTEM, "now": self.now}
        if what == "give" and self.attempt(pipeline.run, people.grant_role, role=role, **told):
            self.roles[person].add(role)
        elif what == "take" and self.attempt(pipeline.run, people.revoke_role, role=role, **told):
            self.roles[person].discard(role)
        elif what == "off" and self.attempt(pipeline.run, people.deactivate_person, **told):
            self.active[person] = False
        elif what == "on":  # no action does this yet; an operator may, in the database
            User.objects.filter(id=person).update(is_active=True)
            self.active[person] = True

    @rule(minutes=st.sampled_from([1, 1, 20, 59, 60, 250]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(times=st.integers(1, 2))
    def work(self, times: int = 1) -> None:
        """The worker finds what is due, whenever it comes round."""
        pipeline.sweep(self.now)
        for update in Update.objects.exclude(id__in=self.published).select_related("version"):
            self.published.add(update.id)
            self.judge(update)

    def judge(self, update: Update) -> None:
        """Two different active people who wrote none of it were shown exactly this, and said yes in time."""
        draft = update.version.draft
        note = self.note(draft)
        words = words_in(update.version)
        assert words == words_in(draft.versions.latest("number")), "older words were published"
        assert {(t.audience, t.title, t.body) for t in update.texts.all()} == set(words[2])
        assert list(words[5]) == update.channels
        assert not note.objected, "published over an objection"
        assert update.next_update_at is None or update.next_update_at > self.now, "an untrue promise"
        said = share_in(update.version.texts)
        agrees = said is None or self.measured is None or said == self.measured
        assert agrees or (said, self.measured) in note.explained, "published against a fact, without a word"
        fit = [
            yes
            for yes in note.said
            if yes.words == words
            and self.now < yes.at + APPROVAL_HOLDS
            and self.active[yes.person]
            and yes.role in self.roles[yes.person]
            and yes.person not in note.writers
        ]
        assert any(
            (one.role, other.role) == ("accuracy", "clarity") and one.person != other.person
            for one in fit
            for other in fit
        ), f"published without two approvals: {note}"

    @invariant()
    def nothing_is_published_but_by_the_worker_and_once(self) -> None:
        if not hasattr(self, "published"):
            return
        self.open = self.incident.drafts.exclude(state__in=OVER).exists()
        found = list(Update.objects.values_list("id", "version__draft_id"))
        assert {update for update, _ in found} <= self.published
        assert len(found) == len({draft for _, draft in found})


@pytest.fixture
def one_house() -> Iterator[None]:
    make.policy()
    yield


@pytest.mark.timeout(900)
def test_no_sequence_publishes_what_two_others_did_not_approve(one_house: None) -> None:
    """Random walks of up to thirty steps."""
    run_machine(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            # A walk that fails is short enough to read; making it shorter would take minutes.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_does_publish_on_a_good_day(one_house: None) -> None:
    """Otherwise the walks above would show nothing."""
    machine = Machine()
    machine.begin()
    machine.good_day(0, [0, 1, 2, 3], 0, "work")
    assert 1 == len(machine.published)
    machine.teardown()


def test_the_machine_finds_a_fact_that_came_between(one_house: None) -> None:
    """Approved, then measured otherwise: nothing goes out; explained and approved again, it does."""
    machine = Machine()
    machine.begin()
    machine.good_day(0, [0, 1, 2, 3], 0, "measure", "3")
    assert not machine.published
    machine.say_why(0)
    machine.good_day(None, [0, 1, 2, 3], 0, "work")
    assert 1 == len(machine.published)
    machine.teardown()
