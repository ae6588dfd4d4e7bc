"""What every place for page files needs: names that cannot point elsewhere, and the order of writing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from clarion.sites import SiteError

_FEEDS = (".atom", ".rss", ".json", ".txt")


def check_names(names: Iterable[str]) -> None:
    """Refuses names that could reach outside the place, hide in it, or stand in each other's way."""
    known = set(names)
    for name in known:
        parts = name.split("/")
        odd = any(not part or part.startswith(".") for part in parts)
        if odd or "\\" in name or not name.isprintable():
            raise SiteError(
                f"the file name {name!r} cannot be published: use plain names below the site's root"
            )
        above = "/".join(parts[:-1])
        while above:
            if above in known:
                raise SiteError(f"{above!r} cannot be both a file and the folder of {name!r}")
            above = above.rpartition("/")[0]


def in_order(names: Iterable[str]) -> list[str]:
    """Linked files before those that link to them: styles, deep pages, lists of pages, feeds and JSON,
    the pages at the root, and the front page last.
    """
    return sorted(names, key=_place)


def _place(name: str) -> tuple[int, int, str]:
    path = PurePosixPath(name)
    depth = -len(path.parts)
    if name == "index.html":
        return 4, 0, name
    if path.suffix in _FEEDS:
        return 2, depth, name
    if path.suffix != ".html":
        return 0, depth, name
    return (1, depth, name) if depth < -1 else (3, depth, name)
