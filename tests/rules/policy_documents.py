"""Policy documents for stories: the shipped one, and the shipped one with some parts replaced."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

SHIPPED = (resources.files("clarion.data") / "policy.yaml").read_text(encoding="utf-8")

AUDIENCES = {"customers": {"owner": "Support", "channels": ["email"]}}
UPDATE = {
    "name": "all",
    "formal_updates": True,
    "audiences": ["customers", "executives", "support", "internal"],
    "channels": ["email"],
    "why": "so",
}
REVIEW = {"name": "facts", "role": "accuracy", "why": "so"}
CADENCE = {"name": "all", "every_minutes": 30, "warn_minutes": 5}


class _Plain(yaml.SafeDumper):
    """Writes a value twice rather than as an anchor, which no policy may have."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def document(**changes: Any) -> str:
    """The shipped policy with some parts replaced."""
    return yaml.dump(yaml.safe_load(SHIPPED) | changes, Dumper=_Plain)
