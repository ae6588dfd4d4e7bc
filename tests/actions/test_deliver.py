"""Every reader of an update gets it once; an update without readers is done as well."""

from __future__ import annotations

import pytest

from clarion import pipeline
from clarion.store.models import Delivery
from tests import factories as make
from tests.actions.story import NOW, Story, last

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


@pytest.mark.parametrize("more", [{"visibility": "private"}, {"visibility": "private", "severity": "SEV-1"}])
def test_an_update_for_nobody_outside_is_done_and_not_due_for_ever(here: Story, more: dict[str, str]) -> None:
    """No channels, no deliveries: that is written down once, and the sweep finds nothing more to do."""
    make.subscriber()
    update = here.publish(here.draft(**more))
    assert [] == update.channels
    assert 0 == pipeline.sweep(NOW)
    assert (f"update:{update.id}", {}) == (
        last("deliveries.created").subject,
        last("deliveries.created").data["counts"],
    )
    assert 0 == Delivery.objects.count()
    assert [] == list(pipeline.STAGES["fan_out"].due(NOW))
