"""Runs the tests on SQLite and, where a server answers, those that touch the database on PostgreSQL too.

The last lines say what they ran on and what was left out. The record of a whole run goes to
``var/test-results.jsonl`` for `make capabilities`; a part (``--only``) leaves that record alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import results, services  # noqa: E402 - a script finds its neighbours only now

#: Folders of tests that touch no database: running them on a second one would show nothing new.
DATABASE_FREE = frozenset({"rules", "channels", "sources", "sites", "pages", "foreign", "house"})
#: Two of pytest's exit codes; the others mean that it stopped before the end.
FAILED, NOTHING_MATCHED = 1, 5
#: Browsers and killed servers share the machine with the tests, so more processes would only crowd it.
MOST_WORKERS = 4


def workers() -> int:
    return min(os.cpu_count() or 1, MOST_WORKERS)


def folders(root: Path, *, database_only: bool) -> list[str]:
    """Test folders and files that stand directly under tests/, all or only those that need a database."""
    found = [
        path
        for path in sorted((root / "tests").iterdir())
        if (path.is_dir() and any(path.rglob("test_*.py"))) or path.match("test_*.py")
    ]
    return [
        str(path.relative_to(root)) for path in found if not (database_only and path.name in DATABASE_FREE)
    ]


def run(paths: list[str], only: str, record: Path, database_url: str) -> int:
    """One pytest run on one database; gives pytest's exit code."""
    command = [sys.executable, "-m", "pytest", *paths, f"--results={record}"]
    command += ["-k", only] if only else ["-n", str(workers()), "--dist", "loadfile"]
    home = tempfile.mkdtemp(prefix="clarion-test-")
    environment = os.environ | {"CLARION_DATABASE_URL": database_url, "CLARION_HOME": home}
    try:
        return subprocess.call(command, cwd=ROOT, env=environment)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run_on_postgres(paths: list[str], only: str, record: Path) -> int:
    """The same on PostgreSQL, under database names of this run's own, dropped afterwards."""
    name = f"clarion_{os.getpid()}"
    server = services.postgres_url()
    try:
        return run(paths, only, record, services.with_database(server, name))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            pattern = f"test\\_{name}%".replace("clarion_", "clarion\\_")
            left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
            for (database,) in left.fetchall():
                connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)'.encode())


def report(record: Path, databases: dict[str, str], left_out: list[str]) -> None:
    """The last lines: what it ran on, what it left out and why, and the sum.

    ``databases``: the word that the record has for each, and its name for people.
    """
    found = results.read(record) if record.exists() else []
    used = {result.database for result in found}
    ran_on = [label for word, label in databases.items() if word in used]
    skipped = [result for result in found if result.outcome == "skipped"]
    reasons = Counter(f"{result.reason} ({result.database})" for result in skipped)
    print(f"\nRan on: {'; '.join(ran_on) or 'nothing'}")
    left_out = left_out + [f"{count} × {reason}" for reason, count in sorted(reasons.items())]
    print("Left out:" if left_out else "Left out: nothing")
    for line in left_out:
        print(f"  {line}")
    print(", ".join(f"{count} {outcome}" for outcome, count in results.counts(found).items()))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="run the tests whose name, file or folder has this word")
    parser.add_argument("--folder", default="", help="run one folder of tests/")
    chosen = parser.parse_args(arguments)
    record = ROOT / (results.LAST_PART if chosen.only or chosen.folder else results.LAST_RUN)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.unlink(missing_ok=True)
    wanted = [f"tests/{chosen.folder}"] if chosen.folder else None

    databases = {"sqlite": f"SQLite {sqlite3.sqlite_version}"}
    left_out: list[str] = []
    codes = [run(wanted or folders(ROOT, database_only=False), chosen.only, record, sqlite_url())]
    on_both = wanted or folders(ROOT, database_only=True)
    version = services.postgres_version(services.postgres_url())
    if version is None:
        left_out.append(f"PostgreSQL: no server answers at {services.place(services.postgres_url())}")
        codes.append(1 if services.required() else 0)
    elif on_both and chosen.folder not in DATABASE_FREE:
        databases["postgresql"] = f"PostgreSQL {version} at {services.place(services.postgres_url())}"
        codes.append(run_on_postgres(on_both, chosen.only, record))
    for kind, code in zip(("SQLite", "PostgreSQL"), codes, strict=False):
        if code not in (0, FAILED, NOTHING_MATCHED):
            left_out.append(f"{kind}: pytest stopped before the end (exit code {code})")
    report(record, databases, left_out)
    return verdict(codes, record)


def sqlite_url() -> str:
    return f"sqlite:///{ROOT / 'var' / 'tests-use-a-file-of-their-own.sqlite3'}"


def verdict(codes: list[int], record: Path) -> int:
    """The exit code of the whole: any failure counts; so does having run nothing at all."""
    if not record.exists() or not results.read(record):
        print("No test ran: nothing matches.", file=sys.stderr)
        return 1
    return next((code for code in codes if code not in (0, NOTHING_MATCHED)), 0)


if __name__ == "__main__":
    sys.exit(main())
