"""Writes constraints.txt: the exact version of everything Clarion and its tests need.

Run it (``make pins``) after changing a dependency in pyproject.toml: it reads what is installed in
``.venv`` and keeps only what the project needs on any supported Python, so that nothing installed by
hand slips in.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
HEADER = """\
# The exact versions Clarion is built and tested with, on Python 3.11 to 3.13.
# Written by `make pins`; pip reads it with -c. Why not a lock format: docs/decisions/0006-constraints-file.md
"""


class NotInstalled(LookupError):
    """A dependency is declared but not installed, so its version is not known."""


def declared(pyproject: Path) -> list[Requirement]:
    """What pyproject.toml asks for, extras included."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        wanted += extra
    return [Requirement(text) for text in wanted]


def needed(roots: Iterable[Requirement], python: str) -> dict[str, str]:
    """Name → version of everything the roots need on that Python; raises NotInstalled."""
    machine = {"python_version": python, "python_full_version": f"{python}.0"}
    pins: dict[str, str] = {}
    done: set[tuple[str, str]] = set()
    waiting = [(root, extra) for root in roots for extra in ("", *root.extras)]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in done:
            continue
        done.add((name, extra))
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise NotInstalled(f"{requirement} is needed on Python {python}; install it first") from None
        pins[name] = found.version
        for line in found.requires or ():
            inner = Requirement(line)
            if inner.marker is None or inner.marker.evaluate({**machine, "extra": extra}):
                waiting += [(inner, wanted) for wanted in ("", *inner.extras)]
    return pins


def text(roots: list[Requirement]) -> str:
    """The whole constraints file."""
    pins: dict[str, str] = {}
    for python in PYTHONS:
        pins |= needed(roots, python)
    return HEADER + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))


def main() -> int:
    try:
        content = text(declared(ROOT / "pyproject.toml"))
    except NotInstalled as problem:
        print(f"constraints.txt is unchanged: {problem}", file=sys.stderr)
        return 1
    (ROOT / "constraints.txt").write_text(content, encoding="utf-8")
    print(f"constraints.txt pins {content.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
