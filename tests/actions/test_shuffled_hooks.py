"""F13: the reports of tools come shuffled and several times over, and lead to the same state as in order."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from clarion import pipeline
from clarion.actions import intake
from clarion.rules.errors import AlreadyDone
from clarion.store.models import Incident, Signal
from tests import factories as make
from tests.actions.story import NOW, Story

pytestmark = pytest.mark.django_db
GOOD = {"authorization": f"Bearer {make.TOKEN}"}


def reports() -> list[bytes]:
    """Twenty-four alerts of eight services; each fires twice in different bytes, and most end."""
    found = []
    for number in range(24):
        service = f"service-{number % 8}"
        alert = {
            "service": service,
            "fingerprint": f"f{number}",
            "started_at": NOW - timedelta(minutes=60 - number),
            "title": f"alert {number}",
        }
        found += [make.alert(**alert), make.alert(**alert) + b" "]
        if number % 8 > 1:
            found.append(make.alert(**alert, status="resolved", ended_at=NOW))
    return found


def state_after(bodies: list[bytes], every: int) -> dict[str, object]:
    """What must not depend on the order: states of all signals, what is loud, and where it is told."""
    for place, body in enumerate(bodies):
        moment = NOW + timedelta(seconds=place)
        try:
            pipeline.run(intake.receive_hook, slug="alertmanager", headers=GOOD, body=body, now=moment)
        except AlreadyDone:
            continue
        if place % every == 0:
            pipeline.settle(moment)
    pipeline.settle(NOW + timedelta(hours=1))
    return {
        "signals": sorted(Signal.objects.values_list("key", "status")),
        "loud": sorted(
            sorted(i.signals.filter(status="firing").values_list("key", flat=True))
            for i in Incident.objects.filter(quiet_at=None)
            if i.signals.exists()
        ),
        "unanswered": Signal.objects.filter(answered_at=None).count(),
    }


EXPECTED = {
    "signals": sorted((f"f{n}", "resolved" if n % 8 > 1 else "firing") for n in range(24)),
    "loud": sorted(sorted(f"f{n}" for n in range(24) if n % 8 == service) for service in (0, 1)),
    "unanswered": 0,
}


@pytest.mark.parametrize(("seed", "every"), [(0, 1000), (1, 1000), (2, 7), (3, 1)])
def test_order_and_repetition_change_nothing_in_the_end(seed: int, every: int) -> None:
    """In order once; then shuffled and each three times, worked off at the end, in gulps or one by one."""
    Story()
    bodies = reports()
    if seed:
        bodies = bodies * 3
        random.Random(seed).shuffle(bodies)
    assert EXPECTED == state_after(bodies, every)
