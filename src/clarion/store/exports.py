"""The record of one incident, made whole: sealed, gathered, built, and packed for whoever takes it out."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from importlib import resources
from typing import Any

from django.db import IntegrityError, OperationalError

from clarion.rules.bundle import BundleError, build_bundle
from clarion.rules.errors import Refusal
from clarion.rules.notes import Signer
from clarion.store import keys, ledger
from clarion.store.models import Incident
from clarion.store.queries import export

SEAL_TRIES = 20
SEAL_PAUSE_SECONDS = 0.25
#: ZIP wants a time for every file. The entries say theirs, so this one says nothing (its earliest).
NO_TIME = (1980, 1, 1, 0, 0, 0)


class NotSealed(Refusal):
    """No checkpoint could be made over the newest entries: the sealer is busy, or its key is gone."""

    status = 503
    code = "unavailable"


class BrokenLedger(Refusal):
    """What the ledger holds does not fit together, so a record of it would not hold either."""

    status = 500
    code = "internal"


def build(incident: Incident, *, seen: Collection[int] = (), now: datetime) -> dict[str, bytes]:
    """The files of the record by their path, ``verify.py`` among them; seals first what is not sealed.

    ``seen`` are sizes of this log's checkpoints that the reader has kept. Nothing is noted yet: run
    ``actions.export.record_export`` with ``noted`` before anybody gets the files. Raises NotSealed and
    BrokenLedger, each with a sentence that says what to do.
    """
    try:
        signer = keys.signer()
    except keys.NoSigningKey as error:
        raise NotSealed(str(error)) from None
    _seal(incident, signer, now)
    verifier = (resources.files("clarion.data") / "verify.py").read_bytes()
    try:
        return build_bundle(export.gather(incident, signer=signer, verifier=verifier, now=now, seen=seen))
    except BundleError as error:
        raise BrokenLedger(
            f"The ledger does not hold, so there is no export: {error}. Ask `clarion check`."
        ) from None


def _seal(incident: Incident, signer: Signer, now: datetime) -> None:
    """Waits for the worker's seal, or seals here where no worker runs. Sealers take turns."""
    tries = 0
    while export.unsealed_of(incident):
        try:
            ledger.seal(signer=signer, now=now)
        except (IntegrityError, OperationalError):  # the worker is at it; look again
            tries += 1
            if tries == SEAL_TRIES:
                raise NotSealed(
                    "Entries of this incident are not sealed yet. Try again in a moment, "
                    "or ask `clarion check`."
                ) from None
            time.sleep(SEAL_PAUSE_SECONDS)


def noted(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What ``record_export`` notes of a record: hash of its manifest, its entries, the size of the tree."""
    manifest = json.loads(files["manifest.json"])
    return {
        "manifest_sha256": sha256(files["manifest.json"]).hexdigest(),
        "entries": len(manifest["entries"]),
        "tree_size": manifest["tree_size"],
    }


def folder_name(incident: Incident) -> str:
    """The name of the folder that a record unpacks to."""
    return f"incident-{incident.id}"


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The files as one folder in a ZIP file, for its owner's eyes; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", NO_TIME)
            entry.create_system = 3  # Unix, on whatever system it is made
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
