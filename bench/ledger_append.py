"""Ledger append, batch 1: entry, tree, signed checkpoint and fsync, against a bare write and fsync.

The floor appends the same number of bytes to a file on the same disk and calls fsync; both take turns,
so that a change of the machine's speed meets both.
"""

from __future__ import annotations

import os
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
    floor_round(handle, body), ledger_round()
    floors, values = [], []
    for _ in range(ROUNDS):
        floors.append(floor_round(handle, body))
        values.append(ledger_round())
    os.close(handle)
    value, floor = statistics.median(values), statistics.median(floors)
    _house.remove()
    return report(
        Figure(
            name="ledger append, batch 1 (SQLite)",
            value=value,
            unit="entries/s",
            floor_is="write 400 bytes + fsync, same disk",
            floor=floor,
            goal=f">= {GOAL} x floor",
            ok=value >= GOAL * floor,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
