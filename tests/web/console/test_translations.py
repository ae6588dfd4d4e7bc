"""Two people put an update into another language at their desks."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.fixture
def path(house: make.House, settings: Any) -> str:
    settings.CLARION = make.in_languages(settings.CLARION)
    view = make.edited(make.draft(house.incident()), by=house.lead)
    return f"/console/drafts/{view.draft.id}"


def write(desk: Desk, path: str, **typed: str) -> Any:
    from clarion.store.queries import translations

    version = translations.newest_version(path.rsplit("/", 1)[1])
    told = make.translated(version, body="Zahlungen **scheitern**.")["customers"]
    usual = {f"texts__customers__{part}": words for part, words in told.items()}
    return desk.send(f"{path}/translations/de", "", **(usual | typed))


def test_a_translation_is_written_beside_the_original_and_approved_by_another(lead: Desk, path: str) -> None:
    assert "Translations Deutsch Not translated" in lead.read(path)
    assert 302 == write(lead, path).status_code
    assert "Deutsch To be read" in lead.read(path)
    reader = Desk(make.person("translation"))
    assert "Decide as translation reviewer" in reader.read("/console/reviews")
    seen = reader.get(f"{path}/translations/de")
    assert '<div class="prose" lang="de"><p>Zahlungen <strong>scheitern</strong>.' in seen.content.decode()
    assert 302 == reader.send(f"{path}/translations/de", "decide", decision="approved").status_code
    assert "Deutsch Approved" in lead.read(path)
    assert "approved the translation of version 2 into de" in lead.read(f"/console/incidents/{of(path)}")


def of(path: str) -> str:
    from clarion.store.queries import drafts

    return str(drafts.drafts().get(id=path.rsplit("/", 1)[1]).incident_id)


def test_what_was_typed_stays_when_something_is_missing(lead: Desk, path: str) -> None:
    answer = write(lead, path, texts__customers__title=" ")
    assert 422 == answer.status_code
    assert "Write a title for Customers." in words(answer)
    assert "Zahlungen **scheitern**." in words(answer)


def test_its_author_is_told_who_may_approve_it(lead: Desk, path: str) -> None:
    write(lead, path)
    seen = lead.read(f"{path}/translations/de")
    assert "This needs a person with the role Translation reviewer." in seen
    assert "Approve this translation" not in seen


def test_a_new_original_says_that_its_translation_is_of_earlier_words(lead: Desk, path: str) -> None:
    write(lead, path)
    lead.send(f"{path}/edit", "", texts__customers__body="Payments work again for most.")
    assert "Deutsch Of earlier words" in lead.read(path)
    page = lead.get(f"{path}/translations/de")
    assert "The original was written anew" in words(page)
    assert "Zahlungen **scheitern**." in page.content.decode()


def test_a_wish_for_changes_wants_words(lead: Desk, path: str) -> None:
    write(lead, path)
    reader = Desk(make.person("translation"))
    answer = reader.send(f"{path}/translations/de", "decide", decision="changes_requested")
    assert (422, True) == (answer.status_code, "Say what should change." in words(answer))


def test_a_language_that_nobody_offers_is_not_there(lead: Desk, path: str) -> None:
    assert 404 == lead.get(f"{path}/translations/fr").status_code


def test_a_reader_is_added_with_a_language(lead: Desk, path: str) -> None:
    lead.send("/console/subscribers", "add", channel="email", address="anna@example.org", language="de")
    assert "anna@example.org" in lead.read("/console/subscribers")
