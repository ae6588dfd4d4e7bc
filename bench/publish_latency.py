"""From the final approval to the first visible file, on a page of fifty incidents.

The worker runs as a process of its own, as in production; the clock starts when the approval is
committed and stops when the incident's file can be read. Floor: write, fsync and rename of one page.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import _house
from bench._figures import Figure, percentile, report

HISTORY = 50
SAMPLES = 100
#: A worker that has just started renders every page anew; that is reported by itself.
WARM_UP = 5
GOAL_MS = 250.0


def floor_ms(body: bytes) -> float:
    """Milliseconds for one page written whole: temporary file, fsync, rename, fsync of the folder."""
    folder = _house.HOME / "floor"
    folder.mkdir(exist_ok=True)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        temporary = folder / "page.tmp"
        with temporary.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / "page.html")
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        times.append((time.perf_counter() - began) * 1000)
    return percentile(times, 0.99)


def sample(number: int) -> float:
    """Milliseconds from one final approval until its incident can be read in the index."""
    from clarion.store.queries.drafts import draft_view

    draft_id = _house.open_incident(number)
    incident_id = draft_view(draft_id, person=None, now=datetime.now(UTC)).draft.incident_id
    page = _house.HOME / "site" / "incidents" / incident_id / "index.html"
    _house.approve(draft_id, "clarity")
    began = time.perf_counter()
    while not page.exists():
        if time.perf_counter() - began > 30:
            raise SystemExit("The page did not appear within 30 s.")
        time.sleep(0.001)
    return (time.perf_counter() - began) * 1000


def main() -> int:
    _house.start()
    from clarion import pipeline

    for number in range(HISTORY):
        _house.approve(_house.open_incident(number), "clarity")
    pipeline.settle(datetime.now(UTC))
    worker = subprocess.Popen([str(Path(sys.executable).parent / "clarion"), "worker"])
    try:
        first = [sample(HISTORY + number) for number in range(WARM_UP)]
        times = [sample(HISTORY + WARM_UP + number) for number in range(SAMPLES)]
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=20)
    body = (_house.HOME / "site" / "index.html").read_bytes()
    floor = floor_ms(body)
    _house.remove()
    value = percentile(times, 0.99)
    after_start = "just after a worker's start, worst"
    return report(
        Figure(after_start, max(first), "ms", "one page whole, p99", floor, "", True),
        Figure(
            "approval to visible file, p50",
            percentile(times, 0.5),
            "ms",
            "one page whole, p99",
            floor,
            "",
            True,
        ),
        Figure(
            "approval to visible file, p99",
            value,
            "ms",
            "one page whole, p99",
            floor,
            f"<= {GOAL_MS} ms",
            value <= GOAL_MS,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
