"""`clarion verify`: checks an export with the verifier that every export carries."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import resources
from pathlib import Path

from clarion.cli.trouble import Trouble

HELP = "check an exported folder: is it genuine, and is it complete"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the export")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY",
        help="verifier key of the log, from a source you trust (default: this installation's own)",
    )
    parser.add_argument(
        "--seen", action="append", default=[], metavar="FILE", help="a checkpoint of the log that you kept"
    )


def run(args: argparse.Namespace) -> int:
    if not args.folder.is_dir():
        raise Trouble(f"There is no folder {args.folder}. Name the folder that `clarion export` wrote.")
    keys = args.key or own_keys()
    if keys and not args.key:
        print("Checking against this installation's own key; --key names another.", flush=True)
    options = [part for key in keys for part in ("--key", key)]
    options += [part for file in args.seen for part in ("--seen", file)]
    with resources.as_file(resources.files("clarion.data") / "verify.py") as program:
        # A process of its own, isolated, and not the copy in the folder, which may be anybody's.
        command = [sys.executable, "-I", str(program), *options, "--", str(args.folder)]
        return subprocess.run(command, check=False).returncode


def own_keys() -> list[str]:
    """The verifier key of the installation here, if there is one."""
    from clarion import settings

    if not (settings.CLARION.home / "keys" / "ledger").is_file():
        return []
    from clarion.cli import start

    start.ready()
    from clarion.store.keys import verifier

    return [verifier().text]
