"""Ledger append, batch 1: entry, tree, signed checkpoint and fsync, against a bare write and fsync.

The floor appends the same number of bytes to a file on the same disk and calls fsync; both take turns,
so that a change of the machine's speed meets both. A third figure says what the database alone takes of it:
SQLite commits the same bytes as one row of a table without any index, as durably, with nothing of Clarion's.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import time
from datetime import UTC, datetime

from bench import _house
from bench._figures import Figure, report

ROUNDS = 20
PER_ROUND = 100
GOAL = 0.7


def floor_round(handle: int, body: bytes) -> float:
    """Appends per second of a bare write and fsync."""
    began = time.perf_counter()
    for _ in range(PER_ROUND):
        os.write(handle, body)
        os.fsync(handle)
    return PER_ROUND / (time.perf_counter() - began)


def bare_commit_round(database: sqlite3.Connection, body: bytes) -> float:
    """Commits per second of one row each, with the database's settings as Clarion has them."""
    began = time.perf_counter()
    for _ in range(PER_ROUND):
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO bare (body) VALUES (?)", [body])
        database.execute("COMMIT")
    return PER_ROUND / (time.perf_counter() - began)


def bare_database() -> sqlite3.Connection:
    """A database of its own on the same disk, as durable as Clarion's."""
    database = sqlite3.connect(_house.HOME / "bare.sqlite3", isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE bare (body BLOB)"):
        database.execute(statement)
    return database


def ledger_round() -> float:
    """Appends per second, each sealed and committed on its own."""
    from django.db import transaction

    from clarion.store import ledger
    from clarion.store.keys import signer

    who = signer()
    began = time.perf_counter()
    for number in range(PER_ROUND):
        now = datetime.now(UTC)
        data = {"number": number, "note": "an entry of ordinary size, as an approval has it"}
        with transaction.atomic():
            ledger.append("bench.entry", actor="system", subject="bench:append", at=now, data=data)
            ledger.seal(signer=who, now=now)
    return PER_ROUND / (time.perf_counter() - began)


def main() -> int:
    _house.start()
    handle = os.open(_house.HOME / "floor", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    body = b"x" * 400
    database = bare_database()
    floor_round(handle, body), bare_commit_round(database, body), ledger_round()
    floors, commits, values = [], [], []
    for _ in range(ROUNDS):
        floors.append(floor_round(handle, body))
        commits.append(bare_commit_round(database, body))
        values.append(ledger_round())
    os.close(handle)
    database.close()
    value, commit, floor = (statistics.median(rates) for rates in (values, commits, floors))
    _house.remove()
    return report(
        Figure(
            name="SQLite alone: one row of 400 bytes, committed",
            value=commit,
            unit="commits/s",
            floor_is="write 400 bytes + fsync, same disk",
            floor=floor,
            goal="",
            ok=True,
        ),
        Figure(
            name="ledger append, batch 1 (SQLite)",
            value=value,
            unit="entries/s",
            floor_is="write 400 bytes + fsync, same disk",
            floor=floor,
            goal=f">= {GOAL} x floor",
            ok=value >= GOAL * floor,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
