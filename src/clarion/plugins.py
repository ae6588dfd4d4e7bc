"""Finds plug-ins: the modules of a folder, and what installed packages add through entry points.

A new channel, source or site is one file in its folder. Nothing keeps a list of them.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType


class UnknownPlugin(LookupError):
    """There is no plug-in of that name."""


@cache
def modules(package: str) -> dict[str, ModuleType]:
    """All plug-ins of a package such as ``clarion.channels``, by name.

    A plug-in is a module of the folder whose name has no leading underscore, or an installed entry
    point in the group named like the package.
    """
    folder = importlib.import_module(package)
    found = {
        info.name: importlib.import_module(f"{package}.{info.name}")
        for info in pkgutil.iter_modules(folder.__path__)
        if not info.name.startswith("_")
    }
    for entry_point in entry_points(group=package):
        found[entry_point.name] = entry_point.load()
    return dict(sorted(found.items()))


def get(package: str, name: str) -> ModuleType:
    """The plug-in of that name; raises UnknownPlugin naming those there are."""
    found = modules(package)
    if name not in found:
        raise UnknownPlugin(f"{package} has no {name!r}; there are: {', '.join(found) or 'none'}")
    return found[name]
