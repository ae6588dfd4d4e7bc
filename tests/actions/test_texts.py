"""What people write is kept as it is or refused by name: never cut, and never an error of the database."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import incident
from clarion.rules.errors import Invalid
from clarion.store.models import LedgerEntry
from tests import factories as make
from tests.actions.scenarios import SCENARIOS
from tests.actions.story import NOW, Story, acting, again, words_of
from tests.actions.test_every_action import ACTIONS

pytestmark = pytest.mark.django_db

#: Action → its free texts: what is replaced, by what, and the field that the refusal names.
NUL = "a\x00b"
TEXTS: dict[str, dict[str, Any]] = {
    "close_incident": {"reason": NUL},
    "edit_draft": {
        "texts": dict.fromkeys(
            ("customers", "executives", "support", "internal"), {"title": NUL, "body": NUL}
        ),
        "ruled_out": NUL,
    },
    "comment_on_draft": {"body": NUL},
    "withdraw_draft": {"reason": NUL},
    "open_incident": {"title": NUL},
    "assess_incident": {"facts": {"duties": [NUL]}},
    "change_incident": {"changes": {"title": NUL}},
    "discard_hook": {"reason": NUL},
    "create_person": {"email": NUL, "name": NUL, "password": make.PASSWORD + NUL, "time_zone": NUL},
    "create_api_key": {"label": NUL},
    "create_draft": {"reason": NUL},
    "submit_draft": {"reason": NUL},
    "decide": {"comment": NUL},
    "waive_finding": {"reason": NUL},
    "install_policy": {"document": f"# {NUL}\n", "templates": NUL, "lint_rules": NUL},
    "propose_policy": {"document": f"# {NUL}\n", "templates": NUL, "lint_rules": NUL, "reason": NUL},
    "approve_policy": {"comment": NUL},
    "reject_policy": {"reason": NUL},
    "add_component": {"name": NUL, "description": NUL},
    "add_source": {"config": {"tokens": [make.TOKEN, NUL]}, "component_id": NUL},
    "change_source": {"config": {"tokens": [make.TOKEN, NUL]}},
    "add_site": {"name": NUL, "kind": NUL, "config": {"path": NUL}},
    "add_subscriber": {"address": NUL, "secret": NUL, "language": NUL, "time_zone": NUL},
    "write_translation": {"texts": {"customers": {"title": NUL, "body": "b"}}, "language": NUL},
    "review_translation": {"comment": NUL},
    "add_name": {"name": NUL, "aliases": [NUL], "note": NUL},
    "change_name": {"name": NUL, "aliases": [NUL], "note": NUL},
    "import_names": {"csv": f"customer,{NUL}"},
    "record_facts": {"facts": {"impact": NUL}},
    "record_cause": {"text": NUL},
    "record_determination": {"reason": NUL},
    "record_estimate": {"basis": NUL, "caveat": NUL},
    "withdraw_estimate": {"reason": NUL},
    "decide_disclosure": {"reason": NUL},
    "withdraw_disclosure": {"reason": NUL},
}
NAMED = {"texts": "texts.customers.title", "changes": "title", "facts": "impact"}
#: Other texts that actions take: looked up among known words or rows, made by Clarion itself, or only hashed.
NO_FREE_TEXT = {
    *("key", "worker", "channel", "public_id", "subscriber_id", "user_id", "owner_id", "key_id", "hook_id"),
    *("incident_id", "draft_id", "component_ids", "component_statuses", "incident_state", "state", "phase"),
    *("proposal_id", "name_id", "next_update_for"),
    *("severity", "category", "visibility", "confirmation"),
    *("audience", "role", "roles", "scopes", "decision", "digest"),
    *("slug", "headers", "manifest_sha256", "kind", "secret"),
    *(
        "fingerprint",
        "looked_at",
        "confirmed",
        "translation_id",
        "assessor_id",
        "confidence",
        "audiences",
        "disclosure_id",
        "fact",
        "answer",
    ),
}
CASES = [(action, argument) for action, texts in TEXTS.items() for argument in texts]


def test_every_text_that_an_action_takes_is_among_these() -> None:
    """Found by looking; a new argument belongs into one of the two lists."""
    taken = {
        (name, parameter.name)
        for name, action in ACTIONS.items()
        for parameter in inspect.signature(action).parameters.values()
        if "str" in str(parameter.annotation) and parameter.name not in NO_FREE_TEXT
    }
    assert set() == taken - set(CASES)


@pytest.fixture(autouse=True)
def two_languages(settings: Any) -> None:
    settings.CLARION = make.in_languages(settings.CLARION)


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_a_nul_is_refused_by_the_name_of_its_field(name: str, argument: str) -> None:
    """SQLite would keep it and PostgreSQL fail; both say the same now, and nothing is written."""
    told = {"now": NOW} | SCENARIOS[name](Story())
    before = LedgerEntry.objects.count()
    with pytest.raises(Invalid) as refused:
        pipeline.run(ACTIONS[name], **told | {argument: TEXTS[name][argument]})
    # Facts are named one by one: by the one that is told here.
    named = next(iter(TEXTS[name]["facts"])) if argument == "facts" else NAMED.get(argument, argument)
    assert named == refused.value.field
    assert before == LedgerEntry.objects.count()


@pytest.fixture
def here() -> Story:
    return Story()


@pytest.mark.parametrize("title", ["x" * 301, " ", "\ud83d"])
def test_a_title_that_does_not_fit_is_refused_whether_new_or_changed(here: Story, title: str) -> None:
    """Not cut: a person would believe that it stands there whole."""
    row = here.open()
    told = {"actor": acting(here.lead), "now": NOW}
    new = {"severity": "SEV-2", "category": "data", "component_ids": []}
    for action, more in (
        (incident.change_incident, {"incident_id": row.id, "changes": {"title": title}}),
        (incident.open_incident, new | {"title": title}),
    ):
        with pytest.raises(Invalid) as refused:
            pipeline.run(action, **more, **told)
        assert "title" == refused.value.field
    assert row.title == again(row).title


def test_a_title_of_300_characters_stays_whole_and_loses_the_blanks_around(here: Story) -> None:
    row = here.open()
    told = {"incident_id": row.id, "actor": acting(here.lead), "now": NOW}
    pipeline.run(incident.change_incident, changes={"title": f" {'x' * 300}\n"}, **told)
    assert "x" * 300 == again(row).title == words_of("incident.changed")["title"]
