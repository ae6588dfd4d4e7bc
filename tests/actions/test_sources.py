"""What an installation is made of fits together."""

from __future__ import annotations

import pytest

from clarion import pipeline
from clarion.actions import setup
from clarion.rules.access import SYSTEM
from clarion.rules.errors import Invalid
from clarion.store.models import Component, Source
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
