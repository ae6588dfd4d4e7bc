"""What the tests themselves stand on: no way out, services, the record of a run, Makefile and pins."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import pins, results, run_bench, run_tests, services

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("address", ["192.0.2.1", "0.0.0.0", "example.com", "10.0.0.1"])
def test_a_test_cannot_reach_another_machine(address: str) -> None:
    """192.0.2.0/24 is kept for documentation (RFC 5737), so nothing would answer anyway."""
    with socket.socket() as outgoing, pytest.raises(RuntimeError, match=f"reached for {address}"):
        outgoing.connect((address, 9))


def test_a_test_can_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_the_machine_of_a_test_is_far_from_utc() -> None:
    assert time.localtime(0).tm_gmtoff == 5 * 3600 + 30 * 60, "Kathmandu in 1970"
    assert os.environ["TZ"] == "Asia/Kathmandu"


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(services.UnknownService, match="no service 'carrier-pigeon'"):
        services.available("carrier-pigeon")


def test_no_server_is_told_from_a_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert services.postgres_version(f"postgresql://nobody@127.0.0.1:{port}/none") is None


def test_a_password_is_not_printed() -> None:
    assert services.place("postgresql://ann:secret@db.example:6543/x") == "db.example:6543"


INNER_TESTS = """
import pytest

@pytest.mark.capability("4.1", face="api")
def test_good(): pass

@pytest.mark.capability("4.1", face="cli")
def test_bad(): assert False

@pytest.mark.service("nginx")
def test_needs_nginx(): pass

@pytest.fixture
def breaks_afterwards():
    yield
    raise ValueError

def test_torn_down(breaks_afterwards): pass
"""


@pytest.mark.parametrize(("required", "outcome"), [("0", "skipped"), ("1", "failed")])
def test_a_missing_service_skips_its_test_or_fails_it_where_all_are_required(
    tmp_path: Path, required: str, outcome: str
) -> None:
    record = inner_run(tmp_path, INNER_TESTS, required)
    found = {result.test.split("::")[1]: result for result in results.read(record)}
    outcomes = {name: result.outcome for name, result in found.items()}
    assert outcomes == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_needs_nginx": outcome,
        "test_torn_down": "failed",
    }
    assert found["test_good"].capabilities == (("4.1", "api"),)
    assert found["test_bad"].capabilities == (("4.1", "cli"),)


def test_a_file_that_cannot_be_read_is_one_failure(tmp_path: Path) -> None:
    record = inner_run(tmp_path, "import nowhere_at_all\n", "0")
    assert [(result.outcome, Path(result.test).name) for result in results.read(record)] == [
        ("failed", "test_inner.py")
    ]


def inner_run(folder: Path, tests: str, required: str) -> Path:
    """Runs a test file under this conftest, on a machine with no program at all; gives the record."""
    tests_folder = folder / "inner"
    tests_folder.mkdir()
    (tests_folder / "conftest.py").write_text(
        "from tools import services\nservices.program = lambda name: None\nfrom tests.conftest import *\n",
        encoding="utf-8",
    )
    (tests_folder / "test_inner.py").write_text(tests, encoding="utf-8")
    record = folder / "results.jsonl"
    command = [sys.executable, "-m", "pytest", "-q", f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml")]
    subprocess.run(
        [*command, f"--results={record}", "-n", "1", str(tests_folder)],
        cwd=ROOT,
        env=os.environ | {"CLARION_REQUIRE_SERVICES": required},
        capture_output=True,
        timeout=120,
    )
    return record


@pytest.mark.parametrize(
    "mark",
    [
        'capability("9.9", face="api")',
        'capability("4.1", face="phone")',
        'capability("4.1")',
        'service("tea")',
    ],
)
def test_a_mark_that_names_nothing_known_stops_the_run(tmp_path: Path, mark: str) -> None:
    tests = f"import pytest\n\n@pytest.mark.{mark}\ndef test_it(): pass\n"
    record = inner_run(tmp_path, tests, "0")
    assert not record.exists() or results.read(record) == []


def test_tests_without_a_database_run_once() -> None:
    both = run_tests.folders(ROOT, database_only=True)
    assert "tests/house" in run_tests.folders(ROOT, database_only=False)
    assert not [path for path in both if Path(path).name in run_tests.DATABASE_FREE]


def test_the_last_line_is_the_sum_and_the_lines_before_say_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "results.jsonl"
    line = '{"test": "%s", "outcome": "%s", "reason": "%s", "capabilities": [], "database": "sqlite"}\n'
    record.write_text(line % ("a", "passed", "") + line % ("b", "skipped", "service npm missing"))
    run_tests.report(
        record,
        {"sqlite": "SQLite 3.40.1", "postgresql": "PostgreSQL 15"},
        ["PostgreSQL: no server answers at x:5432"],
    )
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Ran on: SQLite 3.40.1",
        "Left out:",
        "  PostgreSQL: no server answers at x:5432",
        "  1 × service npm missing (sqlite)",
        "1 passed, 0 failed, 1 skipped",
    ]


@pytest.mark.parametrize(
    ("codes", "expected"), [([0, 0], 0), ([5, 0], 0), ([0, 5], 0), ([0, 1], 1), ([2, 0], 2), ([1, 5], 1)]
)
def test_any_failure_is_the_verdict(tmp_path: Path, codes: list[int], expected: int) -> None:
    """5 is pytest's word for nothing collected, as when ONLY matches on one database only."""
    record = tmp_path / "results.jsonl"
    record.write_text(
        '{"test": "a", "outcome": "passed", "reason": "", "capabilities": [], "database": "s"}\n'
    )
    assert run_tests.verdict(codes, record) == expected


def test_running_nothing_is_a_failure(tmp_path: Path) -> None:
    assert run_tests.verdict([5], tmp_path / "none.jsonl") == 1


def test_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: ([a-z-]+)$", text, re.MULTILINE))
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    assert targets == set(re.findall(r"^  make ([a-z-]+) ", printed, re.MULTILINE))
    assert {"demo", "demo-reset", "demo-headless", "test", "check", "bench", "capabilities"} <= targets


@pytest.mark.parametrize("target", ["demo", "test"])
def test_without_a_new_enough_python_make_says_so_in_one_sentence(tmp_path: Path, target: str) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    command = ["make", "--no-print-directory", target, "PYTHON=/nowhere/python3"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith("Clarion needs Python 3.11 or newer")


def test_every_dependency_is_pinned() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert pinned == pins.text(pins.declared(ROOT / "pyproject.toml"))


def test_what_benches_share_is_no_bench(tmp_path: Path) -> None:
    for name in ("_common.py", "page.py", "ledger.py"):
        (tmp_path / name).touch()
    assert [path.stem for path in run_bench.scripts(tmp_path, "")] == ["ledger", "page"]
    assert [path.stem for path in run_bench.scripts(tmp_path, "pa")] == ["page"]
