"""From what a tool reported to what should happen to an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Signal:
    """One occurrence of one alert, as a source reported it.

    ``key`` with ``started_at`` names the occurrence: repeats change nothing, and an occurrence that
    has been seen resolved stays resolved whatever arrives late.
    """

    key: str
    group: str
    """What the tool itself keeps together; signals of one open group belong to one incident."""
    status: str
    """``firing`` or ``resolved``."""
    title: str
    started_at: datetime
    ended_at: datetime | None = None
    severity: str = ""
    """The tool's own word, such as ``critical`` or ``P1``."""
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


class Unreadable(ValueError):
    """The payload cannot be understood. ``field`` names the place, the message says what to do."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class Unverified(Exception):
    """The request does not prove that it comes from the source. Says nothing about why, on purpose."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """An inbound request as the leaves see it. Header names are lower case."""

    headers: Mapping[str, str]
    body: bytes


def merge_status(seen: str, reported: str) -> str:
    """State of an occurrence after one more report, in whatever order the reports arrive."""
    return "resolved" if "resolved" in (seen, reported) else "firing"
