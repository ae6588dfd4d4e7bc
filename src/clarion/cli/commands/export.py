"""`clarion export`: the record of one incident, for somebody who need not trust us."""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from clarion.cli import folder, start
from clarion.cli.trouble import Trouble

HELP = "write the record of an incident, with its proofs, into a new folder"
SEAL_TRIES = 20
SEAL_PAUSE_SECONDS = 0.25


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
    _seal(incident)
    files = _build(incident, [_size_of(file) for file in args.seen], datetime.now(UTC))
    folder.write(target, files)
    _show(target, files)
    return 0


def _seal(incident: Any) -> None:
    """Waits for the worker's seal, or seals here where no worker runs. Two sealers cannot fork the log."""
    from django.db import IntegrityError, OperationalError

    from clarion.store import ledger
    from clarion.store.keys import signer
    from clarion.store.queries import export

    for _ in range(SEAL_TRIES):
        if not export.unsealed_of(incident):
            return
        try:
            ledger.seal(signer=signer(), now=datetime.now(UTC))
        except (IntegrityError, OperationalError):
            time.sleep(SEAL_PAUSE_SECONDS)  # the worker was faster; look again
    raise Trouble(
        "Entries of this incident are not sealed yet. Try again in a moment, or ask `clarion check`."
    )


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


def _build(incident: Any, seen: list[int], now: datetime) -> dict[str, bytes]:
    """The files of the export, noted in the ledger before anybody can have them."""
    from clarion import pipeline
    from clarion.actions.export import record_export
    from clarion.rules.access import SYSTEM
    from clarion.rules.bundle import BundleError, build_bundle
    from clarion.store.keys import signer
    from clarion.store.queries import export

    verifier = (resources.files("clarion.data") / "verify.py").read_bytes()
    try:
        gathered = export.gather(incident, signer=signer(), verifier=verifier, now=now, seen=seen)
        files = build_bundle(gathered)
    except BundleError as error:
        raise Trouble(
            f"The ledger does not hold, so there is no export: {error}. Ask `clarion check`."
        ) from None
    manifest = json.loads(files["manifest.json"])
    pipeline.run(
        record_export,
        incident_id=incident.id,
        manifest_sha256=sha256(files["manifest.json"]).hexdigest(),
        entries=len(manifest["entries"]),
        tree_size=manifest["tree_size"],
        actor=SYSTEM,
        now=now,
    )
    return files


def _show(target: Path, files: dict[str, bytes]) -> None:
    from clarion.store.keys import verifier

    manifest = json.loads(files["manifest.json"])
    print(f"Exported incident {manifest['incident']} to {target}:")
    print(f"  {len(manifest['entries'])} entries, under a checkpoint over {manifest['tree_size']}.")
    print("  It holds internal texts too. Only you can read the folder; think before you hand it on.")
    print("Read story.html. To check it, here, or in the folder on any machine with Python:")
    print(f"  clarion verify {target}")
    print(f"  python -I verify.py . --key {verifier().text}")
