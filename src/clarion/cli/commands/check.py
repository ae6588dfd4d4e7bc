"""`clarion check`: can this installation do its work?"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from clarion.cli import start, trouble

HELP = "say whether everything works; ends with 1 when something does not"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    findings = _findings()
    ok = all(found["ok"] for found in findings)
    if args.json:
        print(json.dumps({"ok": ok, "checks": findings}, ensure_ascii=False))
    else:
        for found in findings:
            print(f"{'ok  ' if found['ok'] else 'FAIL'}  {found['name']:<10}  {found['text']}")
    return 0 if ok else 1


def _findings() -> list[dict[str, Any]]:
    """Every check, even when settings or database are so wrong that the checks themselves cannot run."""
    try:
        start.ready()
    except SystemExit as error:
        return [{"name": "settings", "ok": False, "text": str(error.code)}]
    from django.db import Error

    from clarion.store import health

    try:
        found = health.check(datetime.now(UTC))
    except Error as error:
        return [{"name": "database", "ok": False, "text": trouble.describe_database_error(error)}]
    return [{"name": item.name, "ok": item.ok, "text": item.text} for item in found]
