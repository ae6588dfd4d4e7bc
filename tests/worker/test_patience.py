"""What fails again and again is tried ever more rarely, and said now and then, not every two seconds."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from clarion import pipeline

START = datetime.fromisoformat("2026-03-01T14:05:00+00:00")


class Stage:
    """One stage with two pieces of work due: ``bad`` fails while ``broken`` is set, ``good`` never does."""

    def __init__(self) -> None:
        self.broken = "as if a leaf had a bug"
        self.tried: list[float] = []
        self.good = 0
        self.keys = ["bad", "good"]

    def do(self, *, key: str, now: datetime) -> Any:
        if key == "good":
            self.good += 1
            raise pipeline.AlreadyDone("it is")
        self.tried.append((now - START).total_seconds())
        if self.broken:
            raise RuntimeError(self.broken)
        raise pipeline.AlreadyDone("it is")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    found = Stage()
    name = "do"
    monkeypatch.setattr(
        pipeline, "STAGES", {name: pipeline.Stage("", found.do, lambda now: found.keys, atomic=False)}
    )
    yield found


def sweep_for(patience: pipeline.Patience, seconds: int, since: int = 0) -> None:
    for second in range(since, since + seconds, 2):
        pipeline.sweep(START + timedelta(seconds=second), patience=patience)


def test_a_poisoned_row_is_tried_ever_more_rarely(stage: Stage) -> None:
    sweep_for(pipeline.Patience(), 300)
    assert [0, 2, 6, 14, 30, 62, 122, 182, 242] == stage.tried
    assert 150 == stage.good


def test_its_log_is_one_traceback_and_then_a_line_every_few_minutes(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    sweep_for(pipeline.Patience(), 900)
    said = [(record.levelno, bool(record.exc_info)) for record in caplog.records]
    assert [(logging.ERROR, True), (logging.ERROR, False), (logging.ERROR, False)] == said
    assert "do for bad failed; it stays due" in caplog.text
    assert "do for bad still fails" in caplog.text


def test_another_failure_is_told_in_full(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    patience = pipeline.Patience()
    sweep_for(patience, 20)
    stage.broken = "something else"
    sweep_for(patience, 20, since=20)
    assert [True, True] == [bool(record.exc_info) for record in caplog.records]


def test_what_is_mended_starts_afresh(stage: Stage) -> None:
    """Once it worked, or somebody else did it, the next failure is a first one again."""
    patience = pipeline.Patience()
    sweep_for(patience, 20)
    stage.keys = ["good"]
    sweep_for(patience, 2, since=20)
    stage.keys, stage.tried = ["bad", "good"], []
    sweep_for(patience, 8, since=22)
    assert [22, 24, 28] == stage.tried


def test_a_clock_that_is_set_back_does_not_put_it_off(stage: Stage) -> None:
    patience = pipeline.Patience()
    pipeline.sweep(START, patience=patience)
    pipeline.sweep(START - timedelta(hours=1), patience=patience)
    assert [0, -3600] == stage.tried


def test_without_patience_every_sweep_tries(stage: Stage) -> None:
    """A drill or a test that mends something sees it done at the same instant."""
    pipeline.sweep(START)
    pipeline.sweep(START)
    assert [0, 0] == stage.tried
