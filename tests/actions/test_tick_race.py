"""Two workers that tick at one moment warn once, record one miss and remind once."""

from __future__ import annotations

from functools import partial

import pytest

from clarion import pipeline
from clarion.actions import deadline
from clarion.store.models import Deadline
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, again, kinds
from tests.actions.test_review_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("minutes", "kind"), [(50, "deadline.warned"), (60, "deadline.missed"), (75, "deadline.reminded")]
)
def test_whatever_is_due_is_done_once(minutes: int, kind: str) -> None:
    """Everybody else is told that it is done."""
    here = Story()
    here.publish(here.draft())
    owed = Deadline.objects.get(kind="next_update")
    now = NOW + minutes * MINUTE
    if now > NOW + HOUR:
        make.settle(NOW + HOUR)
    tick = partial(pipeline.run, deadline.tick_deadline, key=owed.id, now=now)
    ends = at_once([tick] * 8)
    assert {"done": 1, "already_done": 7} == dict(ends)
    assert 1 == kinds().count(kind)
    assert (minutes > 60) == again(owed).reminders
