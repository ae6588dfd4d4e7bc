"""The export of one incident: a folder anybody can check without Clarion and without trusting it.

Values come in, ``dict[path, bytes]`` goes out; the caller writes the files. Every part is checked on the way,
so an export that its own verifier would refuse is never made. Form and meaning: docs/reference/ledger.md.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from clarion.rules import bundle_story
from clarion.rules.checkpoints import Checkpoint, open_checkpoint
from clarion.rules.ledger import Entry, LedgerError, canonical, commit, read_entry, stamp
from clarion.rules.merkle import (
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    verify_inclusion,
)
from clarion.rules.notes import NoteError, Signer, VerifierKey, sign_note

FORMAT = "clarion-incident-export"


class BundleError(ValueError):
    """The parts do not make an export that would hold; the message names the first that does not fit."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text that was not erased, with the salt (32 bytes) of its commitment."""

    salt: bytes
    text: str


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry with its place in the tree (from 0), its exact bytes, and its texts by name; None: erased."""

    index: int
    body: bytes
    texts: Mapping[str, KeptText | None]


@dataclass(frozen=True, slots=True)
class Export:
    """All that goes into the folder.

    ``checkpoints`` are signed notes, ascending in size; the proofs are made against the last. ``keys``
    are the current and former keys of the log. ``subtree`` answers for the whole log (``merkle.Levels`` or
    a store). ``exported_at`` is aware. ``verifier`` is the content of ``data/verify.py``.
    """

    incident: str
    title: str
    exported_at: datetime
    entries: Sequence[SealedEntry]
    checkpoints: Sequence[str]
    keys: Sequence[VerifierKey]
    signer: Signer
    subtree: Subtree
    verifier: bytes


def build_bundle(export: Export) -> dict[str, bytes]:
    """The files of the export by their path in the folder. Raises BundleError."""
    checkpoints = _checkpoints(export)
    final = checkpoints[-1]
    entries = sorted(export.entries, key=lambda sealed: sealed.index)
    read = _read(export.incident, entries)
    files: dict[str, bytes] = {}
    for sealed, entry in zip(entries, read, strict=True):
        files |= _entry_files(sealed, entry, final, export.subtree)
    files |= _checkpoint_files(export, checkpoints)
    files["key.txt"] = "".join(f"{key.text}\n" for key in export.keys).encode()
    files["verify.py"] = export.verifier
    files["README.txt"] = _readme(export, final)
    files["story.html"] = bundle_story.page(
        export.title,
        export.incident,
        stamp(export.exported_at),
        [
            bundle_story.Moment(
                sealed.index,
                entry,
                {name: kept.text if kept else None for name, kept in sealed.texts.items()},
            )
            for sealed, entry in zip(entries, read, strict=True)
        ],
    )
    files["manifest.json"] = _manifest(export, final, [sealed.index for sealed in entries], files)
    files["statement.txt"] = _statement(export, final, files["manifest.json"])
    return files


def statement_body(
    incident: str, count: int, final: Checkpoint, manifest: bytes, exported_at: datetime
) -> str:
    """What the operator signs about an export: how many entries the incident had at this size of the log."""
    root = base64.b64encode(final.root).decode()
    return (
        f"{final.origin}/statement\n"
        f"incident {incident}\n"
        f"entries {count}\n"
        f"tree {final.size} {root}\n"
        f"manifest {sha256(manifest).hexdigest()}\n"
        f"exported {stamp(exported_at)}\n"
    )


def _checkpoints(export: Export) -> list[Checkpoint]:
    if export.signer.verifier not in export.keys:
        raise BundleError("the key that signs the export is not among its keys")
    if not export.checkpoints:
        raise BundleError("an export needs at least one checkpoint")
    checkpoints: list[Checkpoint] = []
    for note in export.checkpoints:
        try:
            checkpoint = open_checkpoint(note, export.keys)
        except NoteError as error:
            raise BundleError(f"a checkpoint cannot be used: {error}") from error
        if checkpoint.origin != export.signer.name:
            raise BundleError(f"a checkpoint is of {checkpoint.origin}, not of {export.signer.name}")
        if checkpoints and checkpoint.size <= checkpoints[-1].size:
            raise BundleError("the checkpoints do not grow from one to the next")
        if root_at(checkpoint.size, export.subtree) != checkpoint.root:
            raise BundleError(
                f"the log does not have the root its checkpoint of size {checkpoint.size} states"
            )
        checkpoints.append(checkpoint)
    return checkpoints


def _read(incident: str, entries: Sequence[SealedEntry]) -> list[Entry]:
    if not entries:
        raise BundleError(f"incident {incident} has no entries")
    read: list[Entry] = []
    for number, sealed in enumerate(entries, 1):
        try:
            entry = read_entry(sealed.body)
        except LedgerError as error:
            raise BundleError(f"entry {sealed.index}: {error}") from error
        if entry.incident != incident:
            raise BundleError(f"entry {sealed.index} belongs to {entry.incident}, not to {incident}")
        if entry.incident_seq != number:
            raise BundleError(f"entry {sealed.index} is number {entry.incident_seq}, where {number} is due")
        read.append(entry)
    return read


def _entry_files(sealed: SealedEntry, entry: Entry, final: Checkpoint, subtree: Subtree) -> dict[str, bytes]:
    index, leaf = sealed.index, leaf_hash(sealed.body)
    if index >= final.size:
        raise BundleError(f"entry {index} is not yet under the checkpoint of size {final.size}")
    path = inclusion_proof(index, final.size, subtree)
    if not verify_inclusion(leaf, index, final.size, path, final.root):
        raise BundleError(f"entry {index} is not what the log holds at that place")
    if set(sealed.texts) != set(entry.texts):
        raise BundleError(
            f"entry {index} names the texts {sorted(entry.texts)}, but {sorted(sealed.texts)} came"
        )
    files = {
        f"entries/{index:06d}.json": sealed.body,
        f"proofs/{index:06d}.json": canonical(
            {"index": index, "size": final.size, "path": [node.hex() for node in path]}
        ),
    }
    for name, kept in sealed.texts.items():
        if kept and commit(kept.salt, kept.text) != entry.texts[name]:
            raise BundleError(f"text {name!r} of entry {index} does not fit its commitment")
        value = {"salt": kept.salt.hex(), "text": kept.text} if kept else {"erased": True}
        files[f"texts/{index:06d}-{name}.json"] = canonical(value)
    return files


def _checkpoint_files(export: Export, checkpoints: Sequence[Checkpoint]) -> dict[str, bytes]:
    files = {}
    for note, checkpoint in zip(export.checkpoints, checkpoints, strict=True):
        files[f"checkpoints/{checkpoint.size:012d}.txt"] = note.encode()
    for older, newer in zip(checkpoints, checkpoints[1:], strict=False):
        path = [node.hex() for node in consistency_proof(older.size, newer.size, export.subtree)]
        files[f"consistency/{older.size:012d}-{newer.size:012d}.json"] = canonical(
            {"from": older.size, "to": newer.size, "path": path}
        )
    return files


def _manifest(export: Export, final: Checkpoint, indices: list[int], files: Mapping[str, bytes]) -> bytes:
    return canonical(
        {
            "v": 1,
            "format": FORMAT,
            "incident": export.incident,
            "entries": indices,
            "tree_size": final.size,
            "root": final.root.hex(),
            "files": {path: sha256(content).hexdigest() for path, content in files.items()},
        }
    )


def _statement(export: Export, final: Checkpoint, manifest: bytes) -> bytes:
    body = statement_body(export.incident, len(export.entries), final, manifest, export.exported_at)
    return sign_note(body, export.signer).encode()


def _readme(export: Export, final: Checkpoint) -> bytes:
    return f"""Record of incident {export.incident}
Exported {stamp(export.exported_at)} from the log {final.origin} at {final.size} entries.

To read it, open story.html.

To check it (Python 3.8 or newer, nothing to install, no network):

    python -I verify.py . --key VERIFIERKEY

Take VERIFIERKEY from where the operator publishes it, not from key.txt: whoever makes up a record can
make up a key with it. Better still, take verify.py from elsewhere too. If you kept an earlier checkpoint
of this log, add

    --seen FILE

and the record must continue what you saw then.

The verifier says separately whether what is here is genuine (integrity) and whether all of it is here
(completeness), and ends with 0 when both hold, 1 when one does not, 2 when this folder cannot be checked.
story.html is for reading; where it and the entries differ, the entries are the record.
""".encode()
