"""What holds for every action there is: one ledger entry each, and all or nothing.

The actions are found by looking, so a new one without a scenario here fails the first test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

import clarion.actions
from clarion import pipeline
from clarion.rules.errors import Forbidden, NotFound
from clarion.store import ledger
from clarion.store.models import LedgerEntry
from tests import factories as make
from tests.actions.scenarios import SCENARIOS
from tests.actions.story import NOW, Story, acting

pytestmark = pytest.mark.django_db
#: Steps that decide nothing and so write no entry; each says so itself.
NO_ENTRY = {"claim", "release", "site_config", "source_config", "hash_secret"}


def actions() -> dict[str, Callable[..., Any]]:
    found = {}
    for info in pkgutil.iter_modules(clarion.actions.__path__):
        module = importlib.import_module(f"clarion.actions.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_") and name not in NO_ENTRY:
                found[name] = function
    return found


ACTIONS = actions()


def test_every_action_has_a_scenario_here() -> None:
    """Found by looking at the modules; a new one needs a scenario, a removed one leaves none behind."""
    assert set(ACTIONS) == set(SCENARIOS)


@pytest.fixture(params=sorted(SCENARIOS))
def moment(
    request: pytest.FixtureRequest, settings: Any
) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """An action and the arguments with which it can be done now."""
    settings.CLARION = make.in_languages(settings.CLARION)
    told = SCENARIOS[request.param](Story())
    yield ACTIONS[request.param], {"now": NOW} | told


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, as they are."""
    models = [
        *apps.get_app_config("store").get_models(),
        *apps.get_app_config("django_tasks_database").get_models(),
    ]
    return {
        model.__name__: sorted(model.objects.values_list(), key=lambda row: str(row[0])) for model in models
    }


def test_an_action_writes_exactly_one_entry(moment: tuple[Callable[..., Any], dict[str, Any]]) -> None:
    """Of what it did: neither none nor two, and it gives that entry back."""
    action, told = moment
    before = set(LedgerEntry.objects.values_list("id", flat=True))
    with transaction.atomic():
        entry = action(**told)
    assert [entry.id] == sorted(set(LedgerEntry.objects.values_list("id", flat=True)) - before)
    assert told["now"] == LedgerEntry.objects.get(id=entry.id).at


def test_an_action_that_fails_at_its_last_step_leaves_nothing(
    moment: tuple[Callable[..., Any], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed where it writes its entry, after all else: every table is as it was."""
    action, told = moment
    before = everything()

    def fail(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt("as if the power went")

    monkeypatch.setattr(ledger, "append", fail)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(action, **told)
    assert before == everything()


def test_a_person_without_any_role_can_do_none_of_it(
    moment: tuple[Callable[..., Any], dict[str, Any]],
) -> None:
    """Every action that somebody asks for looks at who it is; a key without the scope is nobody."""
    action, told = moment
    if "actor" not in told:
        return  # nobody asks for it: the pipeline or the operator's shell does
    stranger = acting(make.person())
    key = make.api_key(make.person("administrator", "communications_lead", "accuracy"), "policy:read")
    for nobody in (stranger, make.key_actor(key)):
        before = LedgerEntry.objects.count()
        with pytest.raises((Forbidden, NotFound)):
            pipeline.run(action, **told | {"actor": nobody})
        assert before == LedgerEntry.objects.count()
