"""Web server and worker of the demo, as processes of their own that never outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from clarion.cli.trouble import Trouble

#: A worker drains for at most ten seconds, and so does a server.
STOP_SECONDS = 15.0
SHOWN_LINES = 5


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def require_alive(self) -> None:
        """Raises Trouble with its last words when it has ended."""
        code = self.process.poll()
        if code is not None:
            raise Trouble(f"The {self.name} ended with {code}. {self.last_words()}")

    def last_words(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return (
            f"{self.log} says: {' / '.join(lines[-SHOWN_LINES:])}" if lines else f"{self.log} says nothing."
        )


@contextmanager
def running(*, port: int, folder: Path, environ: Mapping[str, str]) -> Iterator[list[Child]]:
    """Web server and worker while the block runs; stopped afterwards, gently first."""
    children: list[Child] = []
    try:
        for name, command in (("web server", ["serve", "--port", str(port)]), ("worker", ["worker"])):
            children.append(_start(name, command, folder, environ))
        yield children
    finally:
        _stop(children)


def _start(name: str, command: list[str], folder: Path, environ: Mapping[str, str]) -> Child:
    log = folder / f"{command[0]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "clarion.cli", *command, "--with-parent"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C reaches us alone, and we stop them in order.
            start_new_session=True,
        )
    return Child(name, log, process)


def _stop(children: list[Child]) -> None:
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
