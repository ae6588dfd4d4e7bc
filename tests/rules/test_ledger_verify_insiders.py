"""The operator has the key and can sign any list anew; the log still stands against a changed record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clarion.rules.bundle import build_bundle
from clarion.rules.ledger import canonical
from clarion.rules.merkle import Levels, inclusion_proof, leaf_hash
from tests.rules import ledger_log as log

Files = dict[str, bytes]
BUNDLE = log.bundle()
BODIES = log.log_bodies()
FORK = build_bundle(log.export_of(log.forked_bodies()))
E4, E7 = "entries/000004.json", "entries/000007.json"


def proof_of(name: str, **changes: object) -> bytes:
    return canonical({**json.loads(BUNDLE[name]), **changes})


FIRST_PATH = [node.hex() for node in inclusion_proof(0, 13, Levels(map(leaf_hash, BODIES)))]
STRETCHED = json.loads(BUNDLE["proofs/000004.json"])["path"] + ["00" * 32]
#: The operator has the key and signs the list anew; only the log itself stands against it.
INSIDERS: dict[str, tuple[Files, str]] = {
    "an entry rewritten": (log.edit(BUNDLE, E4, b"ab12", b"ab13"), f"{E4} is not what the signed log holds"),
    "two entries swapped": (log.swap(BUNDLE, E4, E7), f"{E4} is not what the signed log holds"),
    "an entry moved with its proof": (
        log.swap(log.swap(BUNDLE, E4, E7), "proofs/000004.json", "proofs/000007.json"),
        f"the proof for {E4} is about another place",
    ),
    "a proof made longer": (
        {**BUNDLE, "proofs/000004.json": proof_of("proofs/000004.json", path=STRETCHED)},
        f"{E4} is not what the signed log holds",
    ),
    "a proof of nothing": (
        {**BUNDLE, "proofs/000004.json": proof_of("proofs/000004.json", path=[])},
        f"{E4} is not what the signed log holds",
    ),
    "a proof for a smaller log": (
        {**BUNDLE, "proofs/000004.json": proof_of("proofs/000004.json", size=8)},
        "another size of the log",
    ),
    "a text rewritten": (
        log.edit(BUNDLE, "texts/000004-public.en.json", b"slow", b"fine"),
        "is not the text its entry speaks of",
    ),
    "a text with words beside it": (
        log.edit(BUNDLE, "texts/000004-public.en.json", b"{", b'{"also":"sorry",'),
        "nothing else",
    ),
    "a second text under a longer number": (
        {**BUNDLE, "texts/0000004-public.en.json": BUNDLE["texts/000001-public.en.json"]},
        "texts/0000004-public.en.json belongs to no entry",
    ),
    "a text that its entry never spoke of": (
        {**BUNDLE, "texts/000004-more.json": BUNDLE["texts/000004-public.en.json"]},
        "texts/000004-more.json belongs to no entry",
    ),
    "another incident's entry with a true proof": (
        {
            **BUNDLE,
            "entries/000000.json": BODIES[0],
            "proofs/000000.json": proof_of("proofs/000001.json", index=0, path=FIRST_PATH),
        },
        "entries/000000.json is not an entry of incident inc-7",
    ),
    "a text invented": (
        {**BUNDLE, "texts/000005-public.en.json": BUNDLE["texts/000004-public.en.json"]},
        "texts/000005-public.en.json belongs to no entry",
    ),
    "a log rewritten between two checkpoints": (
        {**BUNDLE, "checkpoints/000000000008.txt": FORK["checkpoints/000000000008.txt"]},
        "checkpoints/000000000008.txt does not continue the checkpoint before it",
    ),
    "an older checkpoint in place of the last": (
        log.without(BUNDLE, "checkpoints/000000000013.txt"),
        "the last checkpoint here is not the one the statement names",
    ),
    "another incident's entry": (
        {**BUNDLE, "entries/000000.json": BODIES[0], "proofs/000000.json": BUNDLE["proofs/000001.json"]},
        "entries/000000.json",
    ),
    "a consistency proof taken away": (
        log.without(BUNDLE, "consistency/000000000008"),
        "consistency/000000000008-000000000013.json is missing",
    ),
    "a name given twice": (
        log.edit(BUNDLE, "proofs/000004.json", b'{"index":4', b'{"index":9,"index":4'),
        "given twice",
    ),
}


@pytest.mark.parametrize("case", INSIDERS)
def test_what_the_operator_changes_fails_against_the_log(case: str, tmp_path: Path) -> None:
    files, why = INSIDERS[case]
    code, words = log.verify(log.write(tmp_path, log.resign(files)))
    assert (1, True) == (code, "Integrity DOES NOT HOLD: " in words)
    assert why in words.split("DOES NOT HOLD: ")[1]
