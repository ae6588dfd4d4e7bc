"""Records what became of each test, one JSON line each, and reads it back.

A line: ``{"test": node id, "outcome": "passed" | "failed" | "skipped", "reason": why it was skipped,
"capabilities": [[number, face], …], "database": "sqlite" | "postgresql"}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The last whole run; what `make capabilities` counts.
LAST_RUN = Path("var/test-results.jsonl")
#: The last run of a part (`make test ONLY=word`); never counted.
LAST_PART = Path("var/test-results-part.jsonl")
RANK = {"passed": 0, "skipped": 1, "failed": 2}


@dataclass(frozen=True, slots=True)
class Result:
    """One test on one database."""

    test: str
    outcome: str
    reason: str
    capabilities: tuple[tuple[str, str], ...]
    database: str


def read(path: Path) -> list[Result]:
    """All lines of a results file; raises FileNotFoundError when there was no run."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        pairs = tuple((str(number), str(face)) for number, face in data["capabilities"])
        found.append(Result(data["test"], data["outcome"], data["reason"], pairs, data["database"]))
    return found


def counts(results: Iterable[Result]) -> dict[str, int]:
    """How many passed, failed and were skipped."""
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for result in results:
        total[result.outcome] += 1
    return total


class Recorder:
    """A pytest plug-in that appends a line to the file as each test ends."""

    def __init__(self, path: Path, database: str) -> None:
        self.path = path
        self.database = database
        self._open: dict[str, tuple[str, str]] = {}
        self._unread: set[str] = set()
        path.parent.mkdir(parents=True, exist_ok=True)

    def pytest_runtest_logreport(self, report: Any) -> None:
        outcome, reason = self._open.get(report.nodeid, ("passed", ""))
        if RANK[report.outcome] > RANK[outcome]:
            outcome, reason = report.outcome, skip_reason(report)
        self._open[report.nodeid] = (outcome, reason)
        # A worker that died reports neither set-up, call nor tear-down, and nothing after it.
        if report.when in ("setup", "call"):
            return
        del self._open[report.nodeid]
        pairs = [value for key, value in report.user_properties if key == "capability"]
        self._write(report.nodeid, outcome, reason, pairs)

    def pytest_collectreport(self, report: Any) -> None:
        """A test file that cannot even be read is one failure, though every worker reports it."""
        if report.failed and report.nodeid not in self._unread:
            self._unread.add(report.nodeid)
            self._write(report.nodeid, "failed", "", [])

    def _write(self, test: str, outcome: str, reason: str, pairs: list[Any]) -> None:
        line = {
            "test": test,
            "outcome": outcome,
            "reason": reason,
            "capabilities": pairs,
            "database": self.database,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def skip_reason(report: Any) -> str:
    """Why a test was skipped, in the words of the test; empty for any other outcome."""
    if not report.skipped:
        return ""
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail}"
    return str(report.longrepr[2]).removeprefix("Skipped: ")
