"""Policies of the first format, read as the present one.

They are kept as they were written, since the ledger has their hash; what the first format did not say is
filled in so that it decides as it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clarion.rules.audience import AUDIENCES
from clarion.rules.policy.check import CONSOLE
from clarion.rules.policy.document import FORMAT
from clarion.rules.terms import CATEGORIES

ALWAYS = "this policy makes no difference."
LONGEST_NAME, LONGEST_SENTENCE = 60, 500


def modernised(data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain data of a first-format document in the present format."""
    updates = [_told(rule) for rule in data["updates"]]
    cadence = [_named(rule) for rule in data["cadence"]]
    parts = {
        "format": FORMAT,
        "categories": [_named(rule) for rule in data.get("categories", ())],
        "templates": {name: name for name in CATEGORIES},
        "audiences": _audiences(updates),
        "updates": updates,
        "scope": [{"name": "any", "updates": True, "why": ALWAYS}],
        "start": {
            word: [{"name": "any", "may_start": True, "why": ALWAYS}] for word in ("suspected", "confirmed")
        },
        "reviews": [_told(rule) for rule in data["reviews"]],
        "windows": [
            {"name": rule["name"], "when": rule.get("when", {}), "minutes": rule["approval_window_minutes"]}
            for rule in cadence
        ],
        "cadence": [_without(rule, "approval_window_minutes") for rule in cadence],
        "maximum_silence_minutes": max(rule["every_minutes"] for rule in cadence),
    }
    return {**data, **parts, "title": _sentence(data["title"], "Policy")}


def _without(rule: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != key}


def _named(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The rule with a name that a reason can carry, and conditions in the present form."""
    name = " ".join(str(rule["name"]).replace(".", " ").split())[:LONGEST_NAME] or "unnamed"
    when = {key: words for key, words in (rule.get("when") or {}).items() if words}
    return {**_without(rule, "when"), "name": name, **({"when": when} if when else {})}


def _told(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {**_named(rule), "why": _sentence(rule["why"], "the rule says so.")}


def _sentence(text: object, otherwise: str) -> str:
    return str(text).strip()[:LONGEST_SENTENCE] or otherwise


def _audiences(updates: list[dict[str, Any]]) -> dict[str, Any]:
    """Whoever the rules name, owned by the role that answered for everything before."""
    found: dict[str, set[str]] = {}
    for rule in updates:
        for name in rule.get("audiences", ()):
            channels = rule.get("channels", ()) if not AUDIENCES[name].inside else (CONSOLE,)
            found.setdefault(name, set()).update(channels)
    return {
        name: {"owner": "Communications lead", "channels": sorted(channels)}
        for name, channels in found.items()
    }
