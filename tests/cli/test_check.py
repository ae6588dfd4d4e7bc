"""`clarion check` says in plain words what is wrong, whatever is wrong, and ends with 1."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clarion.store import health, heartbeat
from tests.living import Installation, free_port, until

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def findings(here: Installation) -> dict[str, str]:
    """What does not work, by the name of its check; the exit code says the same."""
    done = here.run("check", "--json", check=False)
    assert done.stderr == ""
    said = json.loads(done.stdout)
    failing = {check["name"]: check["text"] for check in said["checks"] if not check["ok"]}
    assert (done.returncode, said["ok"]) == ((1, False) if failing else (0, True))
    return failing


def test_a_running_installation_is_well(prepared: Installation) -> None:
    prepared.start_worker()
    until(lambda: findings(prepared) == {}, what="a worker that is seen")
    report = prepared.run("check").stdout
    assert [line.split()[:2] for line in report.splitlines()] == [
        ["ok", name]
        for name in (
            "disk",
            "keys",
            "database",
            "migrations",
            "ledger",
            "policy",
            "worker",
            "pipeline",
            "sites",
        )
    ]


def test_no_folder(bare: Installation) -> None:
    bare.database_url = f"sqlite:///{bare.home / 'clarion.sqlite3'}"
    found = findings(bare)
    assert found["disk"].endswith("does not exist. Run `clarion init`, or set CLARION_HOME.")
    assert found["database"] == "The database does not answer: unable to open database file"
    assert "keys" in found
    assert not bare.home.exists(), "a check makes nothing"


def test_no_signing_key(prepared: Installation) -> None:
    (prepared.home / "keys" / "ledger").unlink()
    assert "Put the key back" in findings(prepared)["keys"]


def test_a_signing_key_that_is_none(prepared: Installation) -> None:
    (prepared.home / "keys" / "ledger").write_text("not a key\n")
    assert "cannot be read as a key" in findings(prepared)["keys"]


def test_no_web_secret(prepared: Installation) -> None:
    (prepared.home / "keys" / "secret").unlink()
    assert findings(prepared)["keys"].startswith("The web secret is missing.")


def test_no_tables(bare: Installation) -> None:
    bare.home.mkdir()
    assert findings(bare)["migrations"].endswith(" pending. Run `clarion init`.")


def test_no_database_server(prepared: Installation) -> None:
    prepared.database_url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    assert findings(prepared)["database"].startswith("The database does not answer:")


def test_a_file_that_is_no_database(prepared: Installation, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"This is no database. " * 500)
    prepared.database_url = f"sqlite:///{broken}"
    assert "file is not a database" in findings(prepared)["database"]


def test_a_database_with_a_hole(prepared: Installation, tmp_path: Path) -> None:
    """A table that is gone although the migrations say it is there."""
    if not prepared.database_url.startswith("sqlite"):
        pytest.skip("one kind of database shows it")
    with sqlite3.connect(prepared.database_url.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE store_heartbeat")
    connection.close()
    assert findings(prepared)["database"] == "The database lacks a table. Run `clarion init`."


def test_a_worker_that_never_ran(prepared: Installation) -> None:
    assert findings(prepared)["worker"] == (
        "No worker is running (never seen). Start one with `clarion worker`."
    )


def test_a_worker_that_stopped(prepared: Installation) -> None:
    prepared.start_worker()
    until(lambda: findings(prepared) == {}, what="a worker that is seen")
    prepared.kill("worker", 15)
    assert "last seen 20" in findings(prepared)["worker"]


@pytest.mark.django_db
@pytest.mark.parametrize(("silent_for", "alive"), [(29, True), (31, False)])
def test_a_worker_that_was_killed(silent_for: int, alive: bool) -> None:
    """It says no goodbye; half a minute without a sign of life is enough to be missed."""
    heartbeat.beat("elsewhere:1", started_at=NOON, now=NOON)
    found = health.check(NOON + timedelta(seconds=silent_for))
    assert [item.ok for item in found if item.name == "worker"] == [alive]


def test_a_full_disk(prepared: Installation, small_disk: Callable[[str], Path]) -> None:
    """Refused while there is still room for what is in hand: at 50 MB."""
    prepared.home = small_disk("size=40m")
    assert findings(prepared)["disk"].endswith("MB left. Free some space.")


def test_a_read_only_folder(prepared: Installation, small_disk: Callable[[str], Path]) -> None:
    prepared.home = small_disk("ro")
    assert findings(prepared)["disk"].endswith("cannot be written to. Give this user write access to it.")


def test_a_page_that_cannot_be_written(prepared: Installation) -> None:
    """The folder of the page holds something else, which must not be removed."""
    (prepared.home / "site").mkdir()
    (prepared.home / "site" / "holiday.jpg").touch()
    prepared.start_worker()
    until(lambda: "sites" in findings(prepared), what="the failing page")
    assert "already holds other files" in findings(prepared)["sites"]


def test_a_setting_that_is_wrong(bare: Installation) -> None:
    bare.extra = {"CLARION_DATABASE_URL": "oracle://x"}
    assert findings(bare) == {
        "settings": "CLARION_DATABASE_URL starts with 'oracle'; write sqlite:///… or postgresql://…"
    }
