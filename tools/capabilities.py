"""Prints the 48 capabilities with the passing tests that show each, per face, from the last whole run.

Fails while CHANGELOG.md claims a capability on a face where no passing test shows it. A claim is a line

    - **4.1** [console api ledger] Two reviews by two people who are not the author.

A test counts when it passed at least once and was neither failed nor only skipped on any database.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import results  # noqa: E402 - a script finds its neighbours only now

FACES = ("console", "api", "ledger", "cli")
CLAIM = re.compile(r"^- \*\*(?P<number>\d+\.\d+)\*\*(?P<rest>.*)$")
FACE_LIST = re.compile(r"^ \[(?P<faces>[a-z ]+)\] \S")
Shown = dict[tuple[str, str], int]
Claims = dict[str, tuple[str, ...]]


class BadClaim(ValueError):
    """A line of CHANGELOG.md claims something in a form that cannot be checked."""


@cache
def table() -> dict[str, Any]:
    """The data file: ``modules`` and ``capabilities``, each number → title."""
    text = (ROOT / "tools" / "capabilities.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def claims(changelog: str) -> Claims:
    """Number → claimed faces; raises BadClaim naming the line and what is wrong with it."""
    known = table()["capabilities"]
    found: dict[str, tuple[str, ...]] = {}
    for position, line in enumerate(changelog.splitlines(), start=1):
        match = CLAIM.match(line)
        if match is None:
            continue
        number, listed = match["number"], FACE_LIST.match(match["rest"])
        if number not in known:
            raise BadClaim(f"CHANGELOG.md:{position}: there is no capability {number}")
        if listed is None:
            raise BadClaim(f"CHANGELOG.md:{position}: write faces after {number}, like [console api ledger]")
        faces = tuple(listed["faces"].split())
        if unknown := set(faces) - set(FACES):
            raise BadClaim(
                f"CHANGELOG.md:{position}: {', '.join(sorted(unknown))} is none of {', '.join(FACES)}"
            )
        found[number] = tuple(dict.fromkeys(found.get(number, ()) + faces))
    return found


def shown(found: Iterable[results.Result]) -> Shown:
    """(number, face) → how many tests show it: passed at least once, failed nowhere."""
    outcomes: dict[str, set[str]] = {}
    marks: dict[str, set[tuple[str, str]]] = {}
    for result in found:
        outcomes.setdefault(result.test, set()).add(result.outcome)
        marks.setdefault(result.test, set()).update(result.capabilities)
    count: Shown = {}
    for test, seen in outcomes.items():
        if "passed" in seen and "failed" not in seen:
            for pair in marks[test]:
                count[pair] = count.get(pair, 0) + 1
    return count


def missing(claimed: Claims, count: Shown) -> list[str]:
    """One line for each claimed face that no passing test shows."""
    return [
        f"{number} is claimed on {face}, and no passing test shows it"
        for number, faces in claimed.items()
        for face in faces
        if not count.get((number, face))
    ]


def lines(claimed: Claims, count: Shown) -> list[str]:
    """The table for people; ``*`` marks what CHANGELOG.md claims."""
    known = table()
    printed = [f"{'':5}{'':58}" + "".join(f"{face:>9}" for face in FACES)]
    module = ""
    for number, title in known["capabilities"].items():
        if number.split(".")[0] != module:
            module = number.split(".")[0]
            printed.append(f"{module}  {known['modules'][module]}")
        cells = (
            f"{count.get((number, face), 0) or '·'}{'*' if face in claimed.get(number, ()) else ' '}"
            for face in FACES
        )
        printed.append(f"{number:5}{title:58}" + "".join(f"{cell:>9}" for cell in cells))
    return printed


def main() -> int:
    try:
        found = results.read(ROOT / results.LAST_RUN)
    except FileNotFoundError:
        print("There is no record of a whole test run. Run `make test` first.", file=sys.stderr)
        return 2
    try:
        claimed = claims((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    except BadClaim as problem:
        print(problem, file=sys.stderr)
        return 2
    count = shown(found)
    print("\n".join(lines(claimed, count)))
    print("\nNumbers are tests that passed in the last run; * is claimed in CHANGELOG.md.")
    empty = missing(claimed, count)
    for line in empty:
        print(line, file=sys.stderr)
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
