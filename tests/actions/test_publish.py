"""Publishing: the approved words, once, before everybody they are meant for and nobody else."""

from __future__ import annotations

import json

import pytest

from clarion import pipeline
from clarion.actions import draft as drafts
from clarion.actions import incident as incidents
from clarion.actions import publish
from clarion.rules.errors import AlreadyDone, Invalid
from clarion.store.models import Component, Deadline, Delivery, Update, UpdateText
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, again, decide, edit, last, page

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


def change(here: Story, incident_id: str, **changes: str) -> None:
    by = acting(here.lead)
    pipeline.run(incidents.change_incident, incident_id=incident_id, changes=changes, actor=by, now=NOW)


def test_an_incident_made_private_after_approval_stays_inside(here: Story) -> None:
    """Its approved customers' text is not released, and a later opening does not release it either."""
    make.subscriber()
    draft = here.approve(here.draft())
    change(here, draft.incident_id, visibility="private")
    make.settle(NOW)
    assert ["internal"] == [text.audience for text in UpdateText.objects.all()]
    assert ["internal"] == last("update.published").data["audiences"]
    change(here, draft.incident_id, visibility="public")
    here.publish(here.draft())
    assert draft.incident_id.encode() not in everything_on_the_page()


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
    second = Deadline.objects.get(id=promise["opened"])
    assert (later + HOUR, None) == (second.due_at, second.satisfied_at)
    assert again(first).satisfied_by.startswith("update:")


def test_a_resolution_ends_the_promises_and_the_outage(here: Story) -> None:
    """Nothing more is owed, and the component works."""
    incident = here.open()
    here.publish(incident.drafts.get())
    by = acting(here.lead)
    pipeline.run(drafts.create_draft, incident_id=incident.id, phase="resolution", actor=by, now=NOW)
    draft = incident.drafts.get(state="draft")
    here.publish(draft)
    assert 0 == Deadline.objects.filter(satisfied_at=None, cancelled_at=None).count()
    assert ("resolved", NOW) == (again(incident).state, again(incident).resolved_at)
    assert "operational" == Component.objects.get(id=here.component.id).status
    assert [] == summary()["incidents"]
