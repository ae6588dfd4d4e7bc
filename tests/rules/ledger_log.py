"""A small log to make records from, and the people who would like to change them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from clarion.rules.bundle import Export, KeptText, SealedEntry, build_bundle, statement_body
from clarion.rules.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from clarion.rules.ledger import Entry, canonical, commit, entry_bytes
from clarion.rules.merkle import Levels, leaf_hash
from clarion.rules.notes import Signer, sign_note

VERIFIER = Path(__file__).parents[2] / "src/clarion/data/verify.py"
NAME = "status.example.org/ledger"
SIGNER = Signer.from_seed(NAME, b"\x07" * 32)
OLD_SIGNER = Signer.from_seed(NAME, b"\x08" * 32)
THIEF = Signer.from_seed(NAME, b"\x66" * 32)
INCIDENT = "inc-7"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
#: For each leaf: does it belong to our incident? Others happen in between, as in life.
PATTERN = (0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1)


def text_of(number: int) -> KeptText:
    return KeptText(
        bytes([number]) * 32, f"Update {number}: <b>checkout</b> is slow \u202e & we look into it.\n"
    )


def log_entry(index: int, number: int | None) -> Entry:
    """Leaf ``index``; ``number`` is its place within our incident, None for another incident's."""
    return Entry(
        id=f"e{index}",
        kind="draft.approved",
        at=START + timedelta(minutes=index),
        actor="user:ab12",
        subject=f"draft:{index}",
        incident=INCIDENT if number else "inc-8",
        incident_seq=number or index + 1,
        data={"role": "accuracy", "note": "<script>alert(1)</script>", "windows": [15, 30]},
        texts={"public.en": commit(text_of(number).salt, text_of(number).text)} if number else {},
    )


def log_bodies() -> list[bytes]:
    bodies, number = [], 0
    for index, ours in enumerate(PATTERN):
        number += ours
        bodies.append(entry_bytes(log_entry(index, number if ours else None)))
    return bodies


def sealed(bodies: list[bytes], erased: tuple[int, ...] = (2,)) -> list[SealedEntry]:
    """Our incident's entries of a log, with their texts; those numbered in ``erased`` are gone."""
    found = []
    for index, body in enumerate(bodies):
        value = json.loads(body)
        if value["incident"] == INCIDENT:
            number = value["incident_seq"]
            kept = None if number in erased else text_of(number)
            found.append(SealedEntry(index, body, dict.fromkeys(value["texts"], kept)))
    return found


def checkpoint_of(bodies: list[bytes], size: int, signer: Signer = SIGNER) -> str:
    root = Levels(map(leaf_hash, bodies)).root(size)
    return sign_checkpoint(Checkpoint(signer.name, size, root), signer)


def export_of(bodies: list[bytes], sizes: tuple[int, ...] = (3, 8, 13)) -> Export:
    """The export of our incident; the first checkpoint is signed by the key from before the rotation."""
    signers = [OLD_SIGNER, *[SIGNER] * len(sizes)]
    return Export(
        incident=INCIDENT,
        title="Checkout <slow>",
        exported_at=START + timedelta(days=1),
        entries=sealed(bodies),
        checkpoints=[
            checkpoint_of(bodies, size, signer) for size, signer in zip(sizes, signers, strict=False)
        ],
        keys=[SIGNER.verifier, OLD_SIGNER.verifier],
        signer=SIGNER,
        subtree=Levels(map(leaf_hash, bodies)),
        verifier=VERIFIER.read_bytes(),
    )


FINAL = checkpoint_of(log_bodies(), len(PATTERN))


def bundle() -> dict[str, bytes]:
    return build_bundle(export_of(log_bodies()))


def resign(
    files: dict[str, bytes], signer: Signer = SIGNER, count: int | None = None, final: str = ""
) -> dict[str, bytes]:
    """The same files as an operator who cheats would hand them out: listed and signed anew."""
    files = {path: content for path, content in files.items() if path != "statement.txt"}
    manifest = json.loads(files.pop("manifest.json"))
    manifest["files"] = {path: sha256(content).hexdigest() for path, content in files.items()}
    manifest["entries"] = sorted(int(path[8:-5]) for path in files if path.startswith("entries/"))
    files["manifest.json"] = canonical(manifest)
    last = open_checkpoint(final or FINAL, [SIGNER.verifier, THIEF.verifier])
    count = len(manifest["entries"]) if count is None else count
    body = statement_body(INCIDENT, count, last, files["manifest.json"], START)
    return {**files, "statement.txt": sign_note(body, signer).encode()}


def without(files: dict[str, bytes], *marks: str) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if not any(mark in path for mark in marks)}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


KEYS = ("--key", SIGNER.verifier.text, "--key", OLD_SIGNER.verifier.text)


def verify(folder: Path, *arguments: str | Path, keys: tuple[str, ...] = KEYS) -> tuple[int, str]:
    """Exit code and words of the verifier, run as an auditor runs it: alone, isolated from any packages."""
    command = [sys.executable, "-I", "-W", "error", str(VERIFIER), str(folder), *keys, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


def verifier() -> ModuleType:
    """The verifier as a module, for the checks that need it thousands of times."""
    spec = importlib.util.spec_from_file_location("clarion_verify", VERIFIER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def swap(files: dict[str, bytes], one: str, other: str) -> dict[str, bytes]:
    return {**files, one: files[other], other: files[one]}


def edit(files: dict[str, bytes], path: str, old: bytes, new: bytes) -> dict[str, bytes]:
    assert old in files[path]
    return {**files, path: files[path].replace(old, new)}


def forked_bodies() -> list[bytes]:
    """The same log, but with another actor in the entry at place 4: the history the operator wishes for."""
    bodies = log_bodies()
    return [*bodies[:4], entry_bytes(replace(log_entry(4, 3), actor="user:zz99")), *bodies[5:]]
