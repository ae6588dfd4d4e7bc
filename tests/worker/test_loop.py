"""The worker keeps its beat whatever the wall clock does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from clarion import bell, pipeline
from clarion.worker import loop
from tests.factories import NOW


def test_sweeps_go_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the wall clock is an hour before the last one; due work is looked for all the same."""
    hours, ticks = count(), count(step=10)
    worker = loop.Worker(clock=lambda: NOW - timedelta(hours=next(hours)))
    swept: list[datetime] = []

    class Doorbell:
        rounds: Iterator[int] = count(1)

        def __init__(self, stop: Any) -> None: ...

        def wait(self, seconds: float) -> bool:
            if next(self.rounds) == 5:
                worker.stop.set()
            return False

    monkeypatch.setattr(bell, "Doorbell", Doorbell)
    monkeypatch.setattr(bell, "forget_answered", lambda now: None)
    monkeypatch.setattr(loop.idempotency, "forget_old", lambda now: None)
    monkeypatch.setattr(loop, "close_old_connections", lambda: None)
    monkeypatch.setattr(loop, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(pipeline, "sweep", lambda now, **more: swept.append(now))
    worker._answer_bells()
    assert 5 == len(swept)
