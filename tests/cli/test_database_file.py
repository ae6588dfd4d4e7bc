"""The SQLite file holds every internal text, so nobody else on the machine may read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.living import Installation


def test_the_database_file_is_for_its_owner_alone(bare: Installation) -> None:
    """And so are the files that SQLite keeps beside it, which hold the same rows."""
    if not bare.database_url.startswith("sqlite"):
        pytest.skip("a PostgreSQL server keeps its own files")
    bare.run("init")
    assert {0o600} == set(modes(bare))


def test_a_database_file_that_others_can_read_is_closed_to_them(bare: Installation) -> None:
    """One that an earlier version made; a group that was let in on purpose stays in."""
    if not bare.database_url.startswith("sqlite"):
        pytest.skip("a PostgreSQL server keeps its own files")
    bare.run("init")
    file(bare).chmod(0o664)
    bare.run("init")
    assert {0o660} == set(modes(bare))


def file(here: Installation) -> Path:
    return Path(here.database_url.removeprefix("sqlite:///"))


def modes(here: Installation) -> list[int]:
    """Of the database and of what lies beside it while somebody writes."""
    beside = (
        "from django.db import connection\nfrom pathlib import Path\nimport glob\n"
        "cursor = connection.cursor()\ncursor.execute('BEGIN IMMEDIATE')\n"
        "cursor.execute('CREATE TABLE t (x)')\n"
        "name = str(connection.settings_dict['NAME'])\n"
        "result = {path: Path(path).stat().st_mode & 0o777 for path in glob.glob(name + '*')}"
    )
    found = here.python(beside)
    assert {str(file(here)) + end for end in ("", "-wal", "-shm")} == set(found)
    return list(found.values())
