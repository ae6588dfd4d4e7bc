"""Keys for programs: who may make one."""

from __future__ import annotations

import pytest

from clarion import pipeline
from clarion.actions import people
from clarion.rules.access import SYSTEM
from clarion.rules.errors import Forbidden
from clarion.store.models import ApiKey
from tests import factories as make
from tests.actions.story import NOW, Story, acting, last

pytestmark = pytest.mark.django_db


def test_a_key_that_may_make_no_keys_makes_none() -> None:
    """Whichever face asks; Clarion's own shell is asked nothing."""
    here = Story()
    told = {"owner_id": here.lead.id, "label": "robot", "scopes": ["drafts:read"], "now": NOW}
    program = make.key_actor(make.api_key(here.lead, "drafts:read"))
    with pytest.raises(Forbidden, match="keys:write"):
        pipeline.run(people.create_api_key, secret="clarion_one", actor=program, **told)
    allowed = make.key_actor(make.api_key(here.lead, "drafts:read", "keys:write"))
    for number, actor in enumerate((allowed, acting(here.lead), SYSTEM)):
        pipeline.run(people.create_api_key, secret=f"clarion_{number}", actor=actor, **told)
        assert (actor.name, ["drafts:read"]) == (
            last("api_key.created").actor,
            last("api_key.created").data["scopes"],
        )
    assert 5 == ApiKey.objects.count()
