"""Drafts: first words by themselves, later ones by people, and every version kept."""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import closing, preparing
from clarion.actions import draft as drafts
from clarion.actions import incident as incidents
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store.models import Comment, Draft, DraftVersion
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, again, edit, last, longer, submit, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


@pytest.mark.capability("5.4", face="ledger")
@pytest.mark.capability("1.6", face="ledger")
def test_the_category_chooses_the_template_and_the_ledger_keeps_its_words(here: Story) -> None:
    """A network incident and one with data: each reads like its kind, and the entry holds the texts."""
    here.draft(category="network")
    network = words_of("draft.created")
    assert "moving traffic to a healthy route" in str(network["customers.body"])
    here.draft(category="data")
    assert "some records may be missing, late or wrong" in str(words_of("draft.created")["customers.body"])
    assert {f"{name}.{part}" for name in TEXTS for part in ("title", "body")} == set(network)


def test_a_first_draft_promises_the_next_update_by_the_full_minute(here: Story) -> None:
    """An hour for SEV-2, rounded up: nobody promises 14:05:37."""
    draft = here.draft(now=NOW.replace(second=37, microsecond=5))
    version = draft.versions.get()
    assert NOW + HOUR + MINUTE == version.next_update_at
    assert "Next update by {2026-03-01T15:06Z}." in version.texts["customers"]["body"]
    assert None is version.author


def test_a_minor_incident_gets_no_draft_by_itself(here: Story) -> None:
    """Policy asks for no formal update, so nothing is written however often it is asked."""
    incident = here.open(severity="SEV-4")
    assert 0 == incident.drafts.count()
    with pytest.raises(AlreadyDone):
        pipeline.run(preparing.write_first_draft, key=incident.id, now=NOW)


def test_the_public_text_of_a_first_draft_holds_no_word_of_the_incident(here: Story) -> None:
    """The title that people gave the incident stays inside."""
    version = here.draft(title="db-07 out of memory").versions.get()
    outside = "".join(version.texts["customers"].values())
    assert "db-07" not in outside
    assert "db-07 out of memory" in version.texts["internal"]["body"]


@pytest.mark.capability("4.4", face="ledger")
def test_every_version_is_kept_with_its_author_and_words(here: Story) -> None:
    """An edit adds; what was there before can still be read, in the rows and in the ledger."""
    draft = here.draft()
    first = draft.versions.get()
    edit(draft, here.lead, texts=longer(first.texts, "Also by phone."))
    edit(draft, here.accuracy, texts=longer(first.texts, "Not by phone."))
    assert [(1, None), (2, here.lead.id), (3, here.accuracy.id)] == list(
        DraftVersion.objects.order_by("number").values_list("number", "author_id")
    )
    assert first.texts == again(first).texts
    assert f"user:{here.accuracy.id}" == last("draft.edited").actor
    assert str(words_of("draft.edited")["customers.body"]).endswith("Not by phone.")
    assert last("draft.edited").data["digest"] == draft.versions.get(number=3).digest


def test_two_people_who_write_at_once_do_not_overwrite_each_other(here: Story) -> None:
    """The second is told that there is a newer version."""
    draft = here.draft()
    edit(draft, here.lead, base_version=1)
    with pytest.raises(Conflict, match="Version 2 was written meanwhile"):
        edit(draft, here.accuracy, base_version=1)
    assert 2 == draft.versions.count()


CUSTOMERS, INTERNAL = {"title": "T", "body": "B"}, {"title": "IT", "body": "IB"}
TEXTS = {"customers": CUSTOMERS, "executives": INTERNAL, "support": INTERNAL, "internal": INTERNAL}
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "a text for no audience",
        {"texts": {}},
        "texts",
        "Write for at least one audience.",
    ),
    (
        "a text for nobody",
        {"texts": TEXTS | {"press": CUSTOMERS}},
        "texts.press",
        "press is not among the audiences policy names here.",
    ),
    (
        "blanks for a title",
        {"texts": TEXTS | {"customers": {"title": " ", "body": "B"}}},
        "texts.customers.title",
        "Write a title for Customers.",
    ),
    (
        "no body",
        {"texts": TEXTS | {"internal": {"title": "T"}}},
        "texts.internal.body",
        "Write a body for Internal teams.",
    ),
    (
        "a title of a book's length",
        {"texts": TEXTS | {"customers": {"title": "t" * 301, "body": "B"}}},
        "texts.customers.title",
        "At most 300 characters fit here.",
    ),
    (
        "a character that no database takes",
        {"texts": TEXTS | {"customers": {"title": "T", "body": "a\x00b"}}},
        "texts.customers.body",
        "This holds a NUL or half of a character. Take it out.",
    ),
    (
        "a component that does not exist",
        {"component_statuses": {"nosuchthing1": "degraded"}},
        "component_statuses",
        "There is no component 'nosuchthing1'.",
    ),
    (
        "no promise",
        {"next_update_at": None},
        "next_update_at",
        "Say by when readers will hear from you again.",
    ),
    (
        "a promise for the past",
        {"next_update_at": NOW},
        "next_update_at",
        "The next update is promised for a time that has passed.",
    ),
    (
        "a promise for another century",
        {"next_update_at": NOW.replace(year=9999)},
        "next_update_at",
        "Promise the next update within 30 days.",
    ),
]


@pytest.mark.parametrize(("told", "field", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_edit_names_the_field_and_changes_nothing(
    here: Story, told: dict[str, Any], field: str, sentence: str
) -> None:
    """One sentence that says what to do; the draft is as it was."""
    draft = here.draft()
    with pytest.raises(Invalid) as refusal:
        edit(draft, here.lead, **told)
    assert (field, sentence) == (refusal.value.field, refusal.value.message)
    assert 1 == draft.versions.count()


def test_words_that_do_not_exist_are_answered_with_those_that_do(here: Story) -> None:
    """For the incident's state and for a component's status."""
    draft = here.draft()
    with pytest.raises(Invalid, match="'broken' is not one of detected, investigating"):
        edit(draft, here.lead, incident_state="broken")
    with pytest.raises(Invalid, match="'broken' is not one of operational, maintenance"):
        edit(draft, here.lead, component_statuses={here.component.id: "broken"})


def test_a_draft_edited_after_policy_decided_anew_goes_where_policy_says_now(here: Story) -> None:
    """A private incident made public: its next version names the public channels that reviewers approve."""
    draft = here.draft(visibility="private")
    assert [] == draft.versions.get().channels
    changes = {"visibility": "public"}
    pipeline.run(
        incidents.change_incident,
        incident_id=draft.incident_id, changes=changes, actor=acting(here.lead), now=NOW,
    )  # fmt: skip
    edit(draft, here.lead, texts=TEXTS)
    assert ["email", "status_page", "webhook"] == draft.versions.get(number=2).channels


@pytest.mark.capability("4.4", face="ledger")
def test_a_comment_is_kept_with_the_version_it_speaks_of_and_voids_nothing(here: Story) -> None:
    """Approvals stand; the ledger has the words."""
    draft = here.approve(here.draft())
    say = {"draft_id": draft.id, "actor": acting(here.clarity), "now": NOW}
    pipeline.run(drafts.comment_on_draft, body="Reads well. ", **say)
    with pytest.raises(Invalid):
        pipeline.run(drafts.comment_on_draft, body=" ", **say)
    assert ("Reads well.", "approved") == (Comment.objects.get().body, again(draft).state)
    assert {"comment": "Reads well."} == words_of("draft.commented")
    assert 1 == last("draft.commented").data["version"]


def test_a_withdrawn_draft_is_over_and_says_why(here: Story) -> None:
    """It cannot be edited, submitted or withdrawn again; its versions stay."""
    draft = here.in_review()
    aside = {"draft_id": draft.id, "actor": acting(here.lead), "now": NOW}
    with pytest.raises(Invalid, match="Say why"):
        pipeline.run(drafts.withdraw_draft, reason=" ", **aside)
    pipeline.run(drafts.withdraw_draft, reason="It was a false alarm.", **aside)
    assert {"reason": "It was a false alarm."} == words_of("draft.withdrawn")
    for refused in (lambda: edit(draft, here.lead), lambda: submit(draft, here.lead)):
        with pytest.raises(Conflict, match="withdrawn"):
            refused()
    with pytest.raises(AlreadyDone):
        pipeline.run(drafts.withdraw_draft, reason="again", **aside)
    assert 1 == draft.versions.count()
    make.settle(NOW + HOUR)
    assert 1 == Draft.objects.count()


def test_a_person_starts_a_draft_when_none_is_open(here: Story) -> None:
    """One at a time; of a phase that exists; for an incident that exists."""
    incident = here.open()
    start = {"actor": acting(here.lead), "now": NOW}
    with pytest.raises(Conflict, match="has an open draft already"):
        pipeline.run(drafts.create_draft, incident_id=incident.id, phase="update", **start)
    here.publish(incident.drafts.get())
    with pytest.raises(Invalid, match="'apology' is not one of holding, update, "):
        pipeline.run(drafts.create_draft, incident_id=incident.id, phase="apology", **start)
    with pytest.raises(NotFound):
        pipeline.run(drafts.create_draft, incident_id="nosuchthing1", phase="update", **start)
    pipeline.run(drafts.create_draft, incident_id=incident.id, phase="update", **start)
    assert f"user:{here.lead.id}" == last("draft.created").actor
    assert "is still not working normally" in str(words_of("draft.created")["customers.body"])


@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_reading_along_and_administering_give_no_right_to_write(here: Story, who: str) -> None:
    """Every way to change a draft is closed to them."""
    draft = here.draft()
    by = acting(getattr(here, who))
    for action, told in (
        (drafts.create_draft, {"incident_id": draft.incident_id, "phase": "update"}),
        (drafts.comment_on_draft, {"draft_id": draft.id, "body": "x"}),
        (drafts.withdraw_draft, {"draft_id": draft.id, "reason": "x"}),
    ):
        with pytest.raises(Forbidden, match="This needs the role"):
            pipeline.run(action, actor=by, now=NOW, **told)
    with pytest.raises(Forbidden):
        edit(draft, here.lead, actor=by)


def test_nothing_is_written_about_an_incident_that_is_closed(here: Story) -> None:
    """A bell that rings late finds it closed, and so does a person."""
    entry = incidents.open_incident(
        title="A test", severity="SEV-2", category="data", component_ids=[], actor=acting(here.lead), now=NOW
    )
    by = {"incident_id": make.id_in(entry), "actor": acting(here.lead), "now": NOW}
    pipeline.run(closing.close_incident, state="false_alarm", reason="A test.", **by)
    with pytest.raises(AlreadyDone):
        pipeline.run(preparing.write_first_draft, key=make.id_in(entry), now=NOW)
    with pytest.raises(Conflict, match="This incident is closed"):
        pipeline.run(drafts.create_draft, phase="update", **by)
    make.settle(NOW)
    assert 0 == Draft.objects.count()
