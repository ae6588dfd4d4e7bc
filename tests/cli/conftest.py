"""Installations that the tests of the command line run against, as programs of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.living import Installation, installation


@pytest.fixture
def bare(tmp_path: Path, fresh_database_url: str) -> Iterator[Installation]:
    """A machine on which nothing was prepared yet: no folder, an empty database."""
    here = Installation(home=tmp_path / "clarion", database_url=fresh_database_url)
    yield here
    here.close()


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Installation]:
    """What `clarion init` makes, before anybody is entered."""
    with installation(tmp_path / "clarion", seed="") as here:
        yield here


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[Installation]:
    """An installation with people, a component and a source."""
    with installation(tmp_path / "clarion") as here:
        yield here


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small file system in memory with these options; skips where nobody may mount.

    Under CLARION_REQUIRE_SERVICES=1 that is a failure, as the reason is one of a missing service.
    """
    with ExitStack() as stack:

        def mount(options: str) -> Path:
            folder = tmp_path / "disk"
            folder.mkdir()
            command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
            if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
                pytest.skip("service mount missing")
            stack.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
            return folder

        yield mount


def complaint(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one sentence of a command that failed as it should: no trace, nothing on standard output."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]
