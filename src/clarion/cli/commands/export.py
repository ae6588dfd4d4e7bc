"""`clarion export`: the record of one incident, for somebody who need not trust us."""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clarion.cli import folder, start
from clarion.cli.trouble import Trouble

HELP = "write the record of an incident, with its proofs, into a new folder"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("incident", metavar="INCIDENT", help="id of the incident")
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="new folder (default: incident-<id> in the current one)"
    )
    parser.add_argument(
        "--seen",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a checkpoint that the reader has kept; the record will show that it continues it",
    )


def run(args: argparse.Namespace) -> int:
    start.require_installation()
    from clarion.store.queries.incidents import incident as find

    incident = find(args.incident)
    target = (args.to or Path(f"incident-{incident.id}")).absolute()
    folder.require_new(target)
    files = _files(incident, [_size_of(file) for file in args.seen], datetime.now(UTC))
    folder.write(target, files)
    _show(target, files)
    return 0


def _size_of(file: Path) -> int:
    """The size in a kept checkpoint of this log; raises Trouble for anything else."""
    from clarion.rules.checkpoints import open_checkpoint
    from clarion.rules.notes import NoteError
    from clarion.store.keys import verifier
    from clarion.store.queries import export

    try:
        size = open_checkpoint(file.read_bytes(), [verifier()]).size
    except NoteError as error:
        raise Trouble(f"{file} is no checkpoint of this log: {error}.") from None
    if export.lacks_checkpoint(size):
        raise Trouble(f"{file} was signed over {size} entries, and this log holds no such checkpoint.")
    return size


def _files(incident: Any, seen: list[int], now: datetime) -> dict[str, bytes]:
    """The files of the record, noted in the ledger before anybody can have them."""
    from clarion import pipeline
    from clarion.actions.export import record_export
    from clarion.rules.access import SYSTEM
    from clarion.store import exports

    files = exports.build(incident, seen=seen, now=now)
    pipeline.run(record_export, incident_id=incident.id, **exports.noted(files), actor=SYSTEM, now=now)
    return files


def _show(target: Path, files: dict[str, bytes]) -> None:
    from clarion.store.keys import verifier

    manifest = json.loads(files["manifest.json"])
    print(f"Exported incident {manifest['incident']} to {target}:")
    print(f"  {len(manifest['entries'])} entries, under a checkpoint over {manifest['tree_size']}.")
    print("  It holds internal texts too. Only you can read the folder; think before you hand it on.")
    print("Read story.html. To check it, here, or in the folder on any machine with Python:")
    key = shlex.quote(verifier().text)
    print(f"  {_program()} verify {shlex.quote(str(target))} --key {key}")
    print(f"  python -I verify.py . --key {key}")


def _program() -> str:
    """How this program is called from here: by its bare name where that leads to it, else by its place."""
    place = Path(sys.executable).with_name("clarion")
    found = shutil.which("clarion")
    if not place.is_file() or (found and Path(found) == place):
        return "clarion"
    return shlex.quote(str(place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place))
