"""The same update in two languages: read by somebody else, and never in the way of the original."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import translation
from clarion.rules.errors import Conflict, Forbidden, Invalid, Refusal
from clarion.store.models import Draft, LedgerEntry, Translation, Update
from clarion.store.queries import delivery
from tests import factories as make
from tests.actions.story import MINUTE, NOW, Story, acting, again, edit, explain, last, page, words_of
from tests.actions.test_facts import cause

pytestmark = pytest.mark.django_db
GERMAN = {"title": "Störung im Checkout", "body": "Manche Zahlungen **scheitern**."}


@pytest.fixture(autouse=True)
def two_languages(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CLARION = make.in_languages(settings.CLARION)


def write(of: Draft, by: Any, now: datetime = NOW, **told: Any) -> LedgerEntry:
    newest = of.versions.latest("number")
    texts = make.translated(newest, **GERMAN) if "customers" in newest.texts else {}
    usual = {"draft_id": of.id, "version": newest.number, "language": "de", "texts": texts}
    return pipeline.run(translation.write_translation, actor=acting(by), now=now, **(usual | told))


def approve(by: Any, now: datetime = NOW, **told: Any) -> LedgerEntry:
    row = Translation.objects.exclude(state="superseded").latest("created_at")
    usual = {"translation_id": row.id, "digest": row.digest, "decision": "approved"}
    return pipeline.run(translation.review_translation, actor=acting(by), now=now, **(usual | told))


def german_page(draft: Draft) -> str:
    return (page() / "de" / "incidents" / draft.incident_id / "index.html").read_text()


def test_a_reader_gets_the_update_in_their_language() -> None:
    """Written before it is published, and approved by somebody else: mail and page are in German."""
    here = Story()
    reader = make.person("translation")
    make.subscriber("anna@example.org", language="de")
    draft = here.draft()
    write(draft, here.lead)
    approve(reader)
    update = here.publish(draft)
    told = delivery.message(update.id, "customers", "de")
    assert ("de", "Störung im Checkout", "") == (told.language, told.text.title, told.language_note)
    assert 'lang="de"><p>Manche Zahlungen <strong>scheitern</strong>.' in german_page(draft)
    assert "Störung" not in (page() / "index.html").read_text()
    entry = LedgerEntry.objects.get(kind="update.published")
    assert Translation.objects.get().digest.encode() in bytes(entry.body)


def test_a_reader_whose_language_is_missing_gets_the_original_marked() -> None:
    here = Story()
    update = here.publish(here.draft())
    told = delivery.message(update.id, "customers", "de")
    assert "en" == told.language
    assert "Auf Deutsch gibt es noch keinen Text, deshalb ist dieser auf English." == told.language_note
    assert "Noch nicht übersetzt: English" in german_page(Draft.objects.get())


def test_the_original_does_not_wait_and_a_late_translation_joins_the_page() -> None:
    """The page gains it; mails of that update stay as they were, so that a repeat brings the same words."""
    here = Story()
    draft = here.draft()
    write(draft, here.lead)
    update = here.publish(draft)
    assert "Störung" not in german_page(draft)
    entry = approve(make.person("translation"), NOW + MINUTE)
    make.settle(NOW + MINUTE)
    assert 1 == entry.data["shown"]
    assert "Störung im Checkout" in german_page(draft)
    assert "en" == delivery.message(update.id, "customers", "de").language


def test_nobody_approves_their_own_translation_or_one_they_were_not_shown() -> None:
    here = Story()
    both = make.person("translation", "communications_lead")
    draft = here.draft()
    write(draft, both)
    with pytest.raises(Forbidden, match="You wrote this translation"):
        approve(both)
    with pytest.raises(Conflict, match="differs from the one you were shown"):
        approve(make.person("translation"), digest="0" * 64)
    with pytest.raises(Forbidden, match="Translation reviewer"):
        approve(here.lead)
    assert "in_review" == Translation.objects.get().state


def test_a_new_original_needs_a_new_translation_and_a_new_promise_does_not() -> None:
    here = Story()
    draft = here.draft()
    write(draft, here.lead)
    approve(make.person("translation"))
    edit(draft, here.lead, texts=draft.versions.get().texts, next_update_at=NOW + timedelta(hours=2))
    explain(draft, here.lead)
    update = here.publish(again(draft))
    assert "de" == delivery.message(update.id, "customers", "de").language

    second = here.draft(now=NOW + MINUTE)
    write(second, here.lead, NOW + MINUTE)
    approve(make.person("translation"), NOW + MINUTE)
    texts = second.versions.get().texts
    edit(second, here.lead, now=NOW + MINUTE, texts=texts | {"customers": {"title": "Now", "body": "Other."}})
    told = here.publish(again(second), NOW + MINUTE)
    assert "en" == delivery.message(told.id, "customers", "de").language


def test_a_second_try_replaces_the_first_until_readers_see_it() -> None:
    here = Story()
    draft = here.draft()
    write(draft, here.lead)
    approve(make.person("translation"), decision="changes_requested", comment="„Checkout“ heißt Kasse.")
    better = make.translated(draft.versions.get(), title="Störung an der Kasse")
    assert 1 == write(draft, here.lead, NOW + MINUTE, texts=better).data["replaced"]
    approve(make.person("translation"), NOW + MINUTE)
    here.publish(draft, NOW + MINUTE)
    with pytest.raises(Conflict, match="Readers see this translation already"):
        write(draft, here.lead, NOW + MINUTE)
    assert ["superseded", "approved"] == [row.state for row in Translation.objects.all()]


WRONG: list[tuple[str, dict[str, Any], type[Refusal], str]] = [
    ("a language nobody offers", {"language": "tlh"}, Invalid, "not a language of this installation: de"),
    ("a missing text", {"texts": {}}, Invalid, "The text for customers is missing"),
    (
        "a text for colleagues",
        {"texts": {"customers": GERMAN, "internal": GERMAN}},
        Invalid,
        "not translated",
    ),
    ("an empty title", {"texts": {"customers": {"title": " ", "body": "x"}}}, Invalid, "Write a title"),
    ("an older version", {"version": 0}, Conflict, "Version 1 was written meanwhile"),
    (
        "half a character",
        {"texts": {"customers": {"title": "\ud800", "body": "x"}}},
        Invalid,
        "half of a character",
    ),
]


@pytest.mark.parametrize(("told", "kind", "says"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_cannot_be_kept_is_refused(told: dict[str, Any], kind: type[Refusal], says: str) -> None:
    here = Story()
    with pytest.raises(kind, match=says):
        write(here.draft(), here.lead, **told)
    assert not Translation.objects.exists()


def test_a_private_incident_has_nothing_to_translate() -> None:
    here = Story()
    with pytest.raises(Conflict, match="no text for readers outside"):
        write(here.draft(visibility="private"), here.lead, texts={})


def test_a_draft_that_was_put_aside_is_not_translated() -> None:
    here = Story()
    draft = here.draft()
    make.run(
        make.draft_actions.withdraw_draft, draft_id=draft.id, reason="Not needed.", actor=acting(here.lead)
    )
    with pytest.raises(Conflict, match="nobody will read it"):
        write(draft, here.lead)


def test_a_translation_of_an_incident_that_turned_private_is_not_shown() -> None:
    here = Story()
    draft = here.draft()
    write(draft, here.lead)
    approve(make.person("translation"))
    make.run(
        make.incident_actions.change_incident,
        incident_id=draft.incident_id,
        changes={"visibility": "private"},
        actor=acting(here.lead),
    )
    edit(again(draft), here.lead, texts={"internal": draft.versions.get().texts["internal"]})
    here.publish(again(draft))
    assert 0 == Update.objects.get().translations.count()
    assert not (page() / "de" / "incidents" / draft.incident_id).exists()


def say(draft: Draft, body: str) -> dict[str, Any]:
    """The German text with this sentence in it, beside the times that the original names."""
    return {"texts": make.translated(draft.versions.latest("number"), body=body)}


OTHER_TIMES: list[tuple[str, str, str]] = [
    ("one that is none", "Bis {2026-02-30T10:00Z}.", "is no time"),
    ("another one", "Bis {2026-03-02T10:00Z}.", r"{2026-03-02T10:00Z} is not in the original"),
]


@pytest.mark.parametrize(
    ("body", "says"), [row[1:] for row in OTHER_TIMES], ids=[row[0] for row in OTHER_TIMES]
)
def test_a_translation_promises_no_other_time(body: str, says: str) -> None:
    here = Story()
    draft = here.draft()
    with pytest.raises(Invalid, match=says) as refused:
        write(draft, here.lead, **say(draft, body))
    assert "texts.customers.body" == refused.value.field


def test_a_translation_leaves_out_no_time() -> None:
    here = Story()
    draft = here.draft()
    assert "{" in draft.versions.get().texts["customers"]["body"], "else there is no time to leave out"
    with pytest.raises(Invalid, match="is missing. Name exactly its times"):
        write(draft, here.lead, texts={"customers": GERMAN})


@pytest.mark.parametrize("secret", ["Password: hunter2.", "Der Server 10.9.8.7 antwortet nicht."])
def test_what_gives_something_away_in_any_language_is_not_approved(secret: str) -> None:
    """Lint reads no German, but a secret and an address look the same in it."""
    here = Story()
    draft = here.draft()
    write(draft, here.lead, **say(draft, secret))
    reader = make.person("translation")
    with pytest.raises(Conflict, match="in the translation for"):
        approve(reader)
    assert "in_review" == Translation.objects.get().state
    approve(reader, decision="changes_requested", comment="Take that out.")


def test_a_cause_that_is_not_confirmed_is_not_told_in_another_language_either() -> None:
    here = Story()
    draft = here.draft()
    cause(draft.incident, here.lead, "A full disk")
    write(draft, here.lead, **say(draft, "A full disk."))
    with pytest.raises(Conflict, match="tells a cause that is not confirmed"):
        approve(make.person("translation"))


@pytest.mark.parametrize("lost", ["role", "login"])
def test_a_translation_whose_reviewer_may_no_longer_review_is_read_again(lost: str) -> None:
    """The original goes out without it; another reviewer may approve it, and it joins the page."""
    here = Story()
    draft = here.draft()
    write(draft, here.lead)
    reader = make.person("translation")
    approve(reader)
    by = acting(here.administrator)
    if lost == "role":
        make.run(make.people.revoke_role, user_id=reader.id, role="translation", actor=by)
    else:
        make.run(make.people.deactivate_person, user_id=reader.id, actor=by)
    update = here.publish(draft)
    assert ({}, 0) == (last("update.published").data["translations"], update.translations.count())
    held = last("update.published").data["translations_held"]
    assert ["role_missing"] == [reason["code"] for reason in held["de"]]
    assert 1 == approve(make.person("translation", name="Olga Other"), NOW + MINUTE).data["shown"]


def test_a_cause_found_doubtful_after_the_approval_stays_out_of_every_language() -> None:
    here = Story()
    draft = here.draft()
    write(draft, here.lead, **say(draft, "A full disk."))
    approve(make.person("translation"))
    cause(draft.incident, here.lead, "A full disk")
    update = here.publish(draft)
    held = last("update.published").data["translations_held"]
    assert [{"code": "cause.hypothesis"}] == held["de"]
    assert words_of("update.published")["translations_held.de"]
    assert 0 == update.translations.count()
    write(draft, here.lead, NOW + MINUTE)
    approve(make.person("translation", name="Olga Other"), NOW + MINUTE)
    assert 1 == again(update).translations.count()
