"""What policy requires of an incident, consequence by consequence, each with the rules that asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clarion.rules.access import ROLE_LABELS
from clarion.rules.policy.decision import CONSEQUENCES
from clarion.rules.policy.document import DISCLOSURES, ETR_POLICIES
from clarion.web.console import labels


@dataclass(frozen=True, slots=True)
class Consequence:
    """One line of the panel, and what stands behind its “Why?”."""

    name: str
    label: str
    value: str
    reasons: tuple[Mapping[str, str], ...]


def consequences(incident: Any) -> list[Consequence]:
    """Everything that policy decided about this incident, in the order in which it is told."""
    wants = incident.requirements
    return [
        Consequence(name, label, SAID[name](wants), tuple(wants["because"].get(name, ())))
        for name, label in CONSEQUENCES.items()
    ]


def in_words(minutes: int) -> str:
    """A length as people say it: ``30 minutes``, ``2 hours``, ``1 day``."""
    for size, noun in ((1440, "day"), (60, "hour")):
        if minutes % size == 0:
            return _count(minutes // size, noun)
    return _count(minutes, "minute")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _joined(kind: str, names: Iterable[str], nobody: str) -> str:
    return ", ".join(labels.label(kind, name) for name in names) or nobody


def _interval(wants: Mapping[str, Any]) -> str:
    shortest = wants["update_every_minutes"]
    others = [
        f"{labels.label('audience', name)} every {in_words(each)}"
        for name, each in wants["intervals"].items()
        if each != shortest
    ]
    return "; ".join([f"An update every {in_words(shortest)}", *others])


def _audiences(wants: Mapping[str, Any]) -> str:
    """Each with who answers for it; what was decided by an older Clarion does not say."""
    owners = wants.get("owners", {})
    said = [
        f"{labels.label('audience', name)} ({owners[name]})"
        if name in owners
        else labels.label("audience", name)
        for name in wants["audiences"]
    ]
    return ", ".join(said) or "nobody"


def _disclosure(wants: Mapping[str, Any]) -> str:
    said = [
        f"{item['topic'].replace('_', ' ').capitalize()}: {DISCLOSURES[item['disclose']]}"
        for item in wants["disclosure"]
    ]
    return "; ".join(said) or "No topic is limited"


SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "formal_updates": lambda wants: "Yes" if wants["formal_updates"] else "No",
    "start": lambda wants: "Yes" if wants["may_start"] else "Not yet",
    "audiences": _audiences,
    "channels": lambda wants: _joined("channel", wants["channels"], "no channel outside"),
    "reviews": lambda wants: ", ".join(ROLE_LABELS.get(r["role"], r["role"]) for r in wants["reviews"]),
    "cadence": _interval,
    "window": lambda wants: f"{in_words(wants['approval_window_minutes'])} of asking",
    "template": lambda wants: labels.label("category", wants["template"]),
    "etr": lambda wants: ETR_POLICIES[wants["etr"]],
    "disclosure": _disclosure,
}
