"""`clarion worker`: finishes what is in hand when it is asked to stop, and never outlives its demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import complaint
from tests.living import Installation, until

REST = (
    "from clarion.store.queries import due, ledger\n"
    "result = [*due.sites_to_write(now)] == [] and not ledger.has_unsealed()"
)
ALIVE = "from clarion.store import heartbeat\nresult = sorted(heartbeat.living(now))"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_asked_to_and_says_goodbye(prepared: Installation, number: int) -> None:
    prepared.start_worker()
    until(lambda: prepared.python(ALIVE), what="the first sign of life")
    process = prepared.processes["worker"]
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    assert prepared.python(ALIVE) == [], "nobody waits half a minute to learn that it stopped"
    assert "Traceback" not in prepared.log_of("worker")


def test_without_an_installation_it_does_not_start(bare: Installation) -> None:
    assert "Run `clarion init`" in complaint(bare.run("worker", check=False))


def test_it_brings_back_page_files_that_were_lost_while_it_was_away(prepared: Installation) -> None:
    """Nothing is published and nothing is due; the page is whole again all the same."""
    page = prepared.home / "site" / "index.html"
    prepared.start_worker()
    until(page.exists, what="the first page")
    until(lambda: prepared.python(REST), what="rest: nothing due, nothing unsealed")
    prepared.kill("worker")
    page.unlink()
    prepared.start_worker()
    until(page.exists, what="the page that was lost")


def test_it_ends_with_the_program_that_started_it(prepared: Installation) -> None:
    """A demo that is killed can stop nobody any more."""
    starter = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'clarion.cli', 'worker', '--with-parent'],"
        " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\nchild.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter], env=prepared.environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        until(lambda: prepared.python(ALIVE), what="the first sign of life")
        parent.kill()
    try:
        until(lambda: not is_running(worker), what="the end of the worker")
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """A zombie that nobody has taken notice of does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
