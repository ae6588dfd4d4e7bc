"""A program writes a translation, another person's program approves it, and readers get it."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from tests.web.api.conftest import Program, problem


@pytest.fixture
def draft(house: make.House, settings: Any) -> Any:
    settings.CLARION = make.in_languages(settings.CLARION)
    return make.edited(make.draft(house.incident()), by=house.lead)


def test_a_translation_is_written_read_and_approved(lead: Program, draft: Any) -> None:
    path = f"/drafts/{draft.draft.id}/translations"
    written = lead.post(path, {"version": 2, "language": "de", "texts": make.translated(draft.version)})
    assert ("in_review", False) == (written["state"], written["you_may"])
    assert "This needs a person with the role Translation reviewer." == written["because"]
    reader = Program(make.api_key(make.person("translation")))
    assert reader.get(f"/translations/{written['id']}")["you_may"]
    word = {"digest": written["digest"], "decision": "approved"}
    assert "approved" == reader.post(f"/translations/{written['id']}/reviews", word)["state"]
    assert [written["id"]] == [row["id"] for row in lead.get(path)["items"]]


def test_what_was_published_shows_its_translations(lead: Program, draft: Any, house: make.House) -> None:
    written = lead.post(
        f"/drafts/{draft.draft.id}/translations",
        {"version": 2, "language": "de", "texts": make.translated(draft.version)},
    )
    reader = Program(make.api_key(make.person("translation")))
    reader.post(
        f"/translations/{written['id']}/reviews", {"digest": written["digest"], "decision": "approved"}
    )
    make.published(draft, author=house.lead, reviewers=house.reviewers)
    (update,) = lead.get(f"/incidents/{draft.draft.incident_id}/updates")["items"]
    assert {"de": make.translated(draft.version)} == update["translations"]


def test_a_reader_chooses_a_language(lead: Program, draft: Any) -> None:
    told = {"channel": "email", "address": "anna@example.org", "language": "de"}
    assert "de" == lead.post("/subscribers", told)["language"]
    refused = lead.call("POST", "/subscribers", told | {"address": "b@example.org", "language": "fr"})
    (error,) = problem(refused, 422, "invalid")["errors"]
    assert ("language", "'fr' is not one of en, de.") == (error["field"], error["detail"])


def test_what_is_missing_is_named(lead: Program, draft: Any) -> None:
    path = f"/drafts/{draft.draft.id}/translations"
    refused = lead.call("POST", path, {"version": 2, "language": "de", "texts": {}})
    assert ["texts.customers"] == [each["field"] for each in problem(refused, 422, "invalid")["errors"]]
    problem(lead.call("GET", "/translations/nowhere"), 404, "not_found")
    problem(lead.call("GET", "/drafts/nowhere/translations"), 404, "not_found")
