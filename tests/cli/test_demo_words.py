"""What the demo prints, and the messages that it posts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from clarion.cli.demo import words
from clarion.cli.demo.home import Demo
from clarion.sources import alertmanager

BEGAN, ENDED = "2027-01-02T10:00:00Z", "2027-01-02T10:05:00Z"


def test_the_captured_alert_happens_now() -> None:
    """One occurrence in both messages, and nothing else than its times is changed."""
    (firing,) = alertmanager.parse(words.message("alertmanager_firing.json", began=BEGAN, ended=ENDED))
    (over,) = alertmanager.parse(words.message("alertmanager_resolved.json", began=BEGAN, ended=ENDED))
    began = datetime(2027, 1, 2, 10, 0, tzinfo=UTC)
    assert (began, None) == (firing.started_at, firing.ended_at)
    assert (began, began.replace(minute=5)) == (over.started_at, over.ended_at)
    (captured,) = alertmanager.parse(words.fixture("alertmanager_firing.json").read_bytes())
    assert (captured.key, captured.title) == (firing.key, firing.title) == (over.key, over.title)


def test_the_printed_line_puts_in_the_moment_at_which_it_is_run(tmp_path: Path) -> None:
    demo = Demo(tmp_path, "sqlite:///none", alert_began=BEGAN)
    words.keep_resolved(demo)
    said = words.welcome(demo, port=8000, news="")
    assert words.ENDED in (tmp_path / words.RESOLVED).read_text(encoding="utf-8")
    assert f'sed "s/{words.ENDED}/$(date -u +%Y-%m-%dT%H:%M:%SZ)/" {tmp_path / words.RESOLVED} | curl' in said
