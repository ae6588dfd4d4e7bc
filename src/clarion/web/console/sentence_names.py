"""What the ids in ledger entries are called in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in entries are called."""

    people: Mapping[str, str] = field(default_factory=dict)
    """By ``user:<id>``."""
    components: Mapping[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> str:
        kind, _, rest = name.partition(":")
        if name in self.people:
            return self.people[name]
        known = {
            "system": "Clarion",
            "source": f"Source {rest}",
            "subscriber": "A reader",
            "key": f"API key {rest}",
        }
        return known.get(kind, name)
