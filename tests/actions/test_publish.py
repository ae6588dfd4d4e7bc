"""Publishing: the approved words, once, before everybody they are meant for and nobody else."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import incident as incidents
from clarion.actions import publish
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Invalid
from clarion.store import reviews
from clarion.store.models import Component, Deadline, Delivery, Draft, LedgerEntry, Update, UpdateText
from clarion.store.queries import ledger
from tests import factories as make
from tests.actions.story import (
    EVERYTHING,
    HOUR,
    MINUTE,
    NOW,
    Story,
    acting,
    again,
    codes,
    decide,
    edit,
    last,
    page,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def summary() -> dict[str, object]:
    return dict(json.loads((page() / "api/v2/summary.json").read_bytes()))


@pytest.mark.capability("5.1", face="ledger")
def test_the_main_line_from_alert_to_reader_is_in_the_ledger_step_by_step(here: Story) -> None:
    """An alert opens the incident and writes its draft; two people approve; page and reader get it."""
    make.subscriber()
    incident = make.incident_by_hook()
    draft = incident.drafts.get()
    here.publish(draft)
    assert [
        "incident.opened",
        "draft.created",
        "draft.submitted",
        "draft.approval_given",
        "draft.approved",
        "update.published",
        "deliveries.created",
    ] == [entry.kind for entry in incident.entries.order_by("incident_seq")]
    assert list(range(1, 8)) == [e.incident_seq for e in incident.entries.order_by("incident_seq")]
    assert (1, "system") == (Delivery.objects.count(), last("incident.opened").actor)


def test_what_is_on_the_page_is_what_was_approved(here: Story) -> None:
    """Word for word, in the file that programs read."""
    draft = here.draft()
    text = draft.versions.get().texts["customers"]
    here.publish(draft)
    shown = summary()["incidents"][0]  # type: ignore[index]
    assert (text["title"], "investigating") == (shown["name"], shown["status"])
    assert 1 == len(shown["incident_updates"])
    assert "partial_outage" == again(here.component).status


def test_a_draft_is_published_once_however_often_it_is_asked_for(here: Story) -> None:
    """A bell that rings twice, a sweep after it: one update."""
    draft = here.approve(here.draft())
    pipeline.run(publish.publish_draft, key=draft.id, now=NOW)
    for _ in range(2):
        with pytest.raises(AlreadyDone):
            pipeline.run(publish.publish_draft, key=draft.id, now=NOW)
    make.settle(NOW)
    assert 1 == Update.objects.count()


PRIVATE_WORDS = ("secret-project", "Breach of the vault")


def everything_on_the_page() -> bytes:
    return b"\n".join(
        path.name.encode() + path.read_bytes() for path in sorted(page().rglob("*")) if path.is_file()
    )


def test_a_private_incident_reaches_neither_page_nor_subscribers(here: Story) -> None:
    """It is published inside; outside nothing is written, sent or changed, not even a component's status."""
    make.subscriber()
    draft = here.draft(visibility="private", title=" ".join(PRIVATE_WORDS))
    update = here.publish(draft)
    assert ([], ["internal"]) == (update.channels, [text.audience for text in update.texts.all()])
    assert 0 == Delivery.objects.count()
    here.publish(here.draft())  # a public one, so that every file is written anew
    everything = everything_on_the_page()
    for word in (*PRIVATE_WORDS, draft.incident_id, update.id):
        assert word.encode() not in everything


def test_a_private_incident_does_not_change_how_components_look(here: Story) -> None:
    """A sudden ``Partial outage`` without an incident would tell readers that something is kept from them."""
    here.publish(here.draft(visibility="private"))
    assert "operational" == again(here.component).status


def change(here: Story, incident_id: str, now: datetime = NOW, **changes: str) -> None:
    by = acting(here.lead)
    pipeline.run(incidents.change_incident, incident_id=incident_id, changes=changes, actor=by, now=now)


def test_an_incident_made_private_after_approval_stays_inside(here: Story) -> None:
    """Its approved customers' text is not released, and a later opening does not release it either."""
    make.subscriber()
    draft = here.approve(here.draft())
    change(here, draft.incident_id, visibility="private")
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, UpdateText.objects.count())
    assert [draft.id] == last("incident.changed").data["drafts_returned"]
    change(here, draft.incident_id, visibility="public")
    make.settle(NOW)
    here.publish(here.draft())
    assert ("draft", 1) == (again(draft).state, Delivery.objects.count())
    assert draft.incident_id.encode() not in everything_on_the_page()


def test_the_inside_words_of_an_incident_made_private_are_approved_anew(here: Story) -> None:
    """Then they are published inside, and only there."""
    make.subscriber()
    draft = here.approve(here.draft())
    change(here, draft.incident_id, visibility="private")
    words = draft.versions.get().texts
    edit(draft, here.lead, texts={"internal": words["internal"]})
    here.publish(draft)
    assert ["internal"] == [text.audience for text in UpdateText.objects.all()]
    assert ["internal"] == last("update.published").data["audiences"]
    assert 0 == Delivery.objects.count()
    change(here, draft.incident_id, title="Otherwise")
    assert "operational" == again(here.component).status


BECOMES = [
    ("a private incident made public", {"visibility": "private"}, {"visibility": "public"}),
    ("a small incident that grew", {"severity": "SEV-4"}, {"severity": "SEV-1"}),
    ("a severe incident that shrank", {"severity": "SEV-2"}, {"severity": "SEV-4"}),
]


def approved(here: Story, begins: dict[str, str]) -> Draft:
    incident = here.open(**begins)
    if not incident.drafts.exists():
        told = {"incident_id": incident.id, "phase": "holding", "actor": acting(here.lead)}
        pipeline.run(drafts.create_draft, now=NOW, **told)
    return here.approve(incident.drafts.get())


@pytest.mark.parametrize(("begins", "becomes"), [row[1:] for row in BECOMES], ids=[row[0] for row in BECOMES])
def test_words_approved_for_some_readers_are_not_published_to_others(
    here: Story, begins: dict[str, str], becomes: dict[str, str]
) -> None:
    """The draft waits for words that fit, and nobody's approval counts for them."""
    draft = approved(here, begins)
    change(here, draft.incident_id, **becomes)
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, Update.objects.count())
    assert "operational" == again(here.component).status
    assert 0 == draft.versions.get().approvals.filter(voided_at=None).count()
    with pytest.raises(Conflict, match="Edit it, then submit it"):
        submit(draft, here.lead)


@pytest.mark.parametrize(("begins", "becomes"), [row[1:] for row in BECOMES], ids=[row[0] for row in BECOMES])
def test_publishing_looks_for_itself_whom_the_words_were_approved_for(
    here: Story, begins: dict[str, str], becomes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the change left the approved draft as it was, publication sends it back and says why."""
    draft = approved(here, begins)
    monkeypatch.setattr(reviews, "reconsider", lambda incident, now: ([], []))
    change(here, draft.incident_id, **becomes)
    make.settle(NOW)
    assert ("draft", 0) == (again(draft).state, Update.objects.count())
    assert codes("draft.approval_lapsed", "lapsed")
    assert "operational" == again(here.component).status


def test_a_review_that_waited_only_for_a_role_no_longer_asked_for_is_complete(here: Story) -> None:
    """Thought to be a security matter, approved by two, then known to be none: counsel is not waited for."""
    draft = here.in_review(category="security")
    for role, by in here.reviewers.items():
        decide(draft, by, role)
    assert "in_review" == again(draft).state
    change(here, draft.incident_id, category="application")
    assert ("approved", [draft.id]) == (again(draft).state, last("incident.changed").data["drafts_approved"])
    assert 0 == Deadline.objects.filter(kind="approval_window", satisfied_at=None).count()
    make.settle(NOW)
    assert ("published", 1) == (again(draft).state, Update.objects.count())


@pytest.mark.parametrize("later", [0 * MINUTE, HOUR])
def test_a_review_that_still_lacks_somebody_is_not_complete(here: Story, later: timedelta) -> None:
    """One approval of two, or two of which the time ran out."""
    draft = here.in_review(category="security")
    for role, by in list(here.reviewers.items())[: 2 if later else 1]:
        decide(draft, by, role)
    change(here, draft.incident_id, now=NOW + later, category="application")
    make.settle(NOW + later)
    assert ("in_review", 0) == (again(draft).state, Update.objects.count())


def test_a_change_that_leaves_the_readers_alone_leaves_the_review_alone(here: Story) -> None:
    """SEV-2 to SEV-1: the same audiences and channels."""
    draft = here.approve(here.draft())
    change(here, draft.incident_id, severity="SEV-1")
    assert ("approved", []) == (again(draft).state, last("incident.changed").data["drafts_returned"])
    make.settle(NOW)
    assert "published" == again(draft).state


def test_what_was_published_cannot_be_made_private(here: Story) -> None:
    """Readers have seen it; pretending otherwise would be a lie."""
    draft = here.draft()
    here.publish(draft)
    with pytest.raises(Invalid, match="has been published already"):
        change(here, draft.incident_id, visibility="private")


def test_a_review_that_policy_asks_for_since_is_waited_for(here: Story) -> None:
    """Approved by two, then known to be a security matter: counsel first."""
    draft = here.approve(here.draft())
    change(here, draft.incident_id, category="security")
    make.settle(NOW)
    assert (0, "in_review") == (Update.objects.count(), again(draft).state)
    decide(draft, here.legal, "legal")
    make.settle(NOW)
    assert 1 == Update.objects.count()


def test_a_private_component_is_not_named_outside(here: Story) -> None:
    """The update names those that readers know."""
    vault = make.component("Vault", public=False)
    draft = here.draft()
    version = draft.versions.get()
    edit(draft, here.lead, component_statuses=version.component_statuses | {vault.id: "major_outage"})
    update = here.publish(draft)
    assert ["Checkout"] == [item["name"] for item in update.affected]
    assert b"Vault" not in everything_on_the_page()


@pytest.mark.capability("1.2", face="ledger")
def test_each_update_keeps_the_promise_of_the_last_and_makes_its_own(here: Story) -> None:
    """The ledger shows which promise was kept, when, and until when the next one runs."""
    incident = here.open()
    here.publish(incident.drafts.get())
    first = Deadline.objects.get(kind="next_update")
    assert NOW + HOUR == first.due_at
    later = NOW + 30 * MINUTE
    by = acting(here.lead)
    pipeline.run(drafts.create_draft, incident_id=incident.id, phase="update", actor=by, now=later)
    here.publish(incident.drafts.get(state="draft"), later)
    promise = last("update.published").data["promise"]
    assert ([first.id], 0) == (promise["kept"], promise["kept_late"])
    second = Deadline.objects.get(id__in=promise["opened"])
    assert (later + HOUR, None) == (second.due_at, second.satisfied_at)
    assert again(first).satisfied_by.startswith("update:")


def test_a_resolution_ends_the_promises_and_the_outage(here: Story) -> None:
    """Nothing more is owed, and the component works."""
    incident = here.open()
    here.publish(incident.drafts.get())
    by = acting(here.lead)
    pipeline.run(drafts.create_draft, incident_id=incident.id, phase="resolution", actor=by, now=NOW)
    draft = incident.drafts.get(state="draft")
    edit(draft, here.lead, statements=EVERYTHING)
    here.publish(draft)
    assert 0 == Deadline.objects.filter(satisfied_at=None, cancelled_at=None).count()
    assert ("resolved", NOW) == (again(incident).state, again(incident).resolved_at)
    assert "operational" == Component.objects.get(id=here.component.id).status
    assert [] == summary()["incidents"]


@pytest.mark.capability("3.3", face="ledger")
def test_the_ledger_keeps_the_instant_that_was_approved_and_readers_are_told_it(here: Story) -> None:
    """The reference is what the digest covers and what stands in the record; the page says it in words."""
    draft = here.draft()
    here.publish(draft)
    assert draft.versions.latest("number").digest == last("update.published").data["digest"]
    row = LedgerEntry.objects.get(kind="update.published")
    assert "Next update by {2026-03-01T15:05Z}." in (ledger.texts_of(row, SYSTEM)["customers.body"] or "")
    assert "Next update by 1 Mar 2026, 15:05 UTC." in str(summary())
