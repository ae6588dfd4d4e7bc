"""Two decisions about one incident: what would be treated differently, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Requirements = Mapping[str, Any]
"""A decision in the form that incident, ledger and API keep."""


@dataclass(frozen=True, slots=True)
class Change:
    """One consequence that comes out otherwise. Both sides are written as a person would."""

    name: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "before": self.before, "after": self.after}


def _names(items: Iterable[str]) -> str:
    return ", ".join(items) or "none"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


_SAID: Mapping[str, Callable[[Requirements], str]] = {
    "formal_updates": lambda r: _yes(r["formal_updates"]),
    "may_start": lambda r: _yes(r["may_start"]),
    "audiences": lambda r: _names(sorted(r["audiences"])),
    "channels": lambda r: _names(sorted(r["channels"])),
    "reviews": lambda r: _names(sorted(item["role"] for item in r["reviews"])),
    "update_every_minutes": lambda r: str(r["update_every_minutes"]),
    "intervals": lambda r: _names(f"{name}: {each}" for name, each in sorted(r["intervals"].items())),
    "approval_window_minutes": lambda r: str(r["approval_window_minutes"]),
    "template": lambda r: str(r["template"]),
    "etr": lambda r: str(r["etr"]),
    "disclosure": lambda r: _names(sorted(f"{d['topic']}: {d['disclose']}" for d in r["disclosure"])),
}


def changes(before: Requirements, after: Requirements) -> tuple[Change, ...]:
    """What differs between two decisions; the reasons alone make no difference."""
    found = (Change(name, say(before), say(after)) for name, say in _SAID.items())
    return tuple(change for change in found if change.before != change.after)
