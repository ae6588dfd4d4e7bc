"""Shipped regulatory clocks, one file per jurisdiction: found by being here. Not legal advice."""

from __future__ import annotations

from importlib import resources


def documents() -> dict[str, str]:
    """File name to text of every shipped file, for ``clarion.rules.clocks.load``."""
    folder = resources.files(__name__)
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
