"""`clarion worker`: does what is due, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module
from typing import Any

from clarion.cli import parent, start

HELP = "run the worker, which publishes, delivers, watches deadlines and seals the ledger"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    start.require_installation()
    # By name, as the web server loads its application: the faces do not know each other.
    worker: Any = import_module("clarion.worker.loop").Worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop.set())
    if args.with_parent:
        parent.stop_with_parent()
    print(f"Worker {worker.name} started.", flush=True)
    unfinished = worker.run()
    code = 1 if worker.failed else 0
    if unfinished:
        # What hangs in a network call would keep Python from ending; its leases are found again.
        print(f"Stopped without waiting for: {', '.join(unfinished)}.", file=sys.stderr, flush=True)
        sys.stdout.flush()
        os._exit(code)
    print("Worker stopped.")
    return code
