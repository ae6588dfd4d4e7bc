"""What an installation is made of fits together."""

from __future__ import annotations

import json

import pytest

from clarion import pipeline
from clarion.actions import setup
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Invalid, NotFound
from clarion.store.models import Component, LedgerEntry, Source
from tests import factories as make
from tests.actions.story import NOW, Story

pytestmark = pytest.mark.django_db


def test_a_source_names_a_component_that_is_there() -> None:
    """And no group, which no incident can affect."""
    here = Story()
    told = {"kind": "alertmanager", "config": {"tokens": [make.TOKEN]}, "actor": SYSTEM, "now": NOW}
    group = make.component("Europe")
    Component.objects.filter(id=group.id).update(is_group=True)
    for nowhere in ("nosuchthing1", "", group.id):
        with pytest.raises(Invalid) as refused:
            pipeline.run(setup.add_source, slug="two", component_id=nowhere, **told)
        assert "component_id" == refused.value.field
    pipeline.run(setup.add_source, slug="two", component_id=here.component.id, **told)
    assert here.component.id == Source.objects.get(slug="two").default_component_id


def test_a_secret_is_exchanged_and_no_secret_is_on_record() -> None:
    """Old and new side by side, then the new alone; a list of none would lock the tool out unsaid."""
    Story()
    told = {"slug": "alertmanager", "actor": SYSTEM, "now": NOW}
    new = "another-long-bearer-token"
    for tokens in ([make.TOKEN, new], [new]):
        entry = pipeline.run(setup.change_source, config={"tokens": tokens}, **told)
        assert tokens == Source.objects.get(slug="alertmanager").config["tokens"]
        assert {"settings_replaced": True, "enabled": True} == json.loads(entry.body)["data"]
        assert all(new.encode() not in bytes(body) for (body,) in LedgerEntry.objects.values_list("body"))
    for wrong in ({"tokens": []}, {"secrets": [new]}):
        with pytest.raises(Invalid) as refused:
            pipeline.run(setup.change_source, config=wrong, **told)
        assert "config" == refused.value.field


def test_a_source_is_switched_off_and_on() -> None:
    Story()
    told = {"slug": "alertmanager", "actor": SYSTEM, "now": NOW}
    for enabled in (False, True):
        pipeline.run(setup.change_source, enabled=enabled, **told)
        assert enabled is Source.objects.get(slug="alertmanager").enabled
        with pytest.raises(AlreadyDone):
            pipeline.run(setup.change_source, enabled=enabled, **told)
    with pytest.raises(NotFound):
        pipeline.run(setup.change_source, **told | {"slug": "nosuch"}, enabled=False)
