"""The verifier an auditor runs: alone, in a process of its own, on folders by honest and other people."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clarion.rules.bundle import build_bundle
from clarion.rules.ledger import canonical, entry_bytes
from clarion.rules.merkle import Levels, inclusion_proof, leaf_hash
from tests.rules import ledger_log as log

Files = dict[str, bytes]
BUNDLE = log.bundle()
BODIES = log.log_bodies()


def test_an_honest_record_holds(tmp_path: Path) -> None:
    code, words = log.verify(log.write(tmp_path, BUNDLE))
    assert words.endswith("Integrity holds.\nCompleteness holds.\n")
    assert (0, False) == (code, "FAIL" in words)
    assert "1 were erased" in words


def test_without_a_key_it_says_whose_word_it_took(tmp_path: Path) -> None:
    code, words = log.verify(log.write(tmp_path, BUNDLE), keys=())
    assert code == 0
    assert words.startswith("WARNING: no --key was given")


def test_the_copy_in_the_folder_is_the_verifier_itself() -> None:
    assert log.VERIFIER.read_bytes() == BUNDLE["verify.py"]


def test_it_imports_the_standard_library_alone() -> None:
    tree = ast.parse(log.VERIFIER.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_file_a_file_manager_leaves_behind_spoils_nothing(tmp_path: Path) -> None:
    assert log.verify(log.write(tmp_path, {**BUNDLE, ".DS_Store": b"x", "texts/Thumbs.db": b"x"}))[0] == 0


E4, E7 = "entries/000004.json", "entries/000007.json"
FORKED = log.forked_bodies()
FORK = build_bundle(log.export_of(FORKED))
#: An outsider has no key. Each change, and the file that the verifier must name.
OUTSIDERS: dict[str, tuple[Files, str]] = {
    "an entry's actor changed": (log.edit(BUNDLE, E4, b"ab12", b"ab13"), E4),
    "two entries swapped": (log.swap(BUNDLE, E4, E7), E4),
    "two proofs swapped": (
        log.swap(BUNDLE, "proofs/000004.json", "proofs/000007.json"),
        "proofs/000004.json",
    ),
    "a text nicer than it was": (
        log.edit(BUNDLE, "texts/000004-public.en.json", b"slow", b"fine"),
        "texts/000004-public.en.json",
    ),
    "a text declared erased": (
        {**BUNDLE, "texts/000004-public.en.json": b'{"erased":true}'},
        "texts/000004-public.en.json",
    ),
    "the story rewritten": (log.edit(BUNDLE, "story.html", b"slow", b"fine"), "story.html"),
    "a file added": ({**BUNDLE, "texts/000001-more.json": b'{"erased":true}'}, "texts/000001-more.json"),
    "a strange file added": ({**BUNDLE, "run-me.exe": b"MZ"}, "run-me.exe"),
    "an entry cut short": ({**BUNDLE, E4: BUNDLE[E4][:-10]}, E4),
    "an entry and the list changed": (
        {**log.resign(log.edit(BUNDLE, E4, b"ab12", b"ab13")), "statement.txt": BUNDLE["statement.txt"]},
        "manifest.json",
    ),
    "everything signed anew by a stranger": (
        log.resign(log.edit(BUNDLE, E4, b"ab12", b"ab13"), log.THIEF),
        "statement.txt",
    ),
    "the statement taken away": (log.without(BUNDLE, "statement.txt"), "statement.txt"),
    "the count changed": (log.edit(BUNDLE, "statement.txt", b"entries 7", b"entries 6"), "statement.txt"),
    "a second signature added": (
        {**BUNDLE, "statement.txt": BUNDLE["statement.txt"] + "\u2014 x AAAAAAAAAA==\n".encode()},
        "statement.txt",
    ),
}


@pytest.mark.parametrize("case", OUTSIDERS)
def test_what_an_outsider_changes_is_named(case: str, tmp_path: Path) -> None:
    files, name = OUTSIDERS[case]
    code, words = log.verify(log.write(tmp_path, files))
    assert (1, True) == (code, "Integrity DOES NOT HOLD: " in words)
    assert name in words.split("DOES NOT HOLD: ")[1]
    assert "Completeness was not judged" in words


def one_entry_more() -> Files:
    """A number taken twice: the operator let an entry go, and wrote another one later under its number."""
    bodies = [*BODIES[:12], entry_bytes(log.log_entry(12, 2))]
    honest = build_bundle(
        replace(log.export_of(BODIES[:12], (12,)), checkpoints=[log.checkpoint_of(BODIES[:12], 12)])
    )
    files = log.without(honest, "checkpoints", "-public", "proofs", "000002.json")
    tree = Levels(map(leaf_hash, bodies))
    files["checkpoints/000000000013.txt"] = log.checkpoint_of(bodies, 13).encode()
    files["entries/000012.json"] = bodies[12]
    for path in [path for path in files if path.startswith("entries/")]:
        index = int(path[8:-5])
        nodes = [node.hex() for node in inclusion_proof(index, 13, tree)]
        files[f"proofs/{index:06d}.json"] = canonical({"index": index, "size": 13, "path": nodes})
        files[f"texts/{index:06d}-public.en.json"] = b'{"erased":true}'
    return log.resign(files, final=log.checkpoint_of(bodies, 13))


#: Nothing here is false; something is not here.
MISSING: dict[str, tuple[Callable[[], Files], str]] = {
    "an entry lost on the way": (lambda: log.without(BUNDLE, "000004"), "entry number 3 of 7 is missing"),
    "an entry left out by the operator": (
        lambda: log.resign(log.without(BUNDLE, "000004")),
        "entry number 3 of 6 is missing",
    ),
    "the last entry lost on the way": (
        lambda: log.without(BUNDLE, "000012"),
        "entry number 7 of 7 is missing",
    ),
    "more promised than given": (
        lambda: log.resign(BUNDLE, count=8),
        "entry number 8 of 8 is missing",
    ),
    "more given than promised": (lambda: log.resign(BUNDLE, count=6), "not numbered 1 to 6"),
    "a number written again later": (one_entry_more, "not numbered 1 to 6, rising with their place"),
    "a text lost on the way": (
        lambda: log.without(BUNDLE, "texts/000004"),
        "texts/000004-public.en.json is missing",
    ),
    "a text left out by the operator": (
        lambda: log.resign(log.without(BUNDLE, "texts/000004")),
        "texts/000004-public.en.json is missing",
    ),
    "the story lost on the way": (lambda: log.without(BUNDLE, "story.html"), "story.html is missing"),
}


@pytest.mark.parametrize("case", MISSING)
def test_what_is_missing_is_told_apart_from_what_is_false(case: str, tmp_path: Path) -> None:
    make, why = MISSING[case]
    code, words = log.verify(log.write(tmp_path, make()))
    assert (1, True) == (code, "Integrity holds.\nCompleteness DOES NOT HOLD: " in words)
    assert why in words.split("DOES NOT HOLD: ")[1]


def test_the_operator_can_leave_out_the_last_entries_only_by_signing_a_smaller_count(tmp_path: Path) -> None:
    """What completeness cannot show (docs/reference/ledger.md). The signed count remains as evidence."""
    files = log.resign(log.without(BUNDLE, "000012"))
    assert log.verify(log.write(tmp_path, files))[0] == 0
    assert b"\nentries 6\ntree 13 " in files["statement.txt"]


def seen(tmp_path: Path, note: str) -> tuple[str, Path]:
    path = tmp_path / "kept.txt"
    path.write_text(note)
    return "--seen", path


@pytest.mark.parametrize(
    ("note", "code", "why"),
    [
        (log.checkpoint_of(BODIES, 8), 0, "Completeness holds."),
        (log.checkpoint_of(BODIES, 13), 0, "Completeness holds."),
        (log.checkpoint_of(FORKED, 13), 1, "Integrity DOES NOT HOLD: the checkpoint you kept of " + log.NAME),
        (log.checkpoint_of(FORKED, 8), 1, "at size 8 shows another history: a fork"),
        (
            log.checkpoint_of([*BODIES, b"x"], 14),
            1,
            "Completeness DOES NOT HOLD: you kept a checkpoint of size 14",
        ),
        (log.checkpoint_of(BODIES, 5), 1, "Completeness DOES NOT HOLD: you kept a checkpoint of size 5"),
        (log.checkpoint_of(BODIES, 8, log.THIEF), 1, "is not signed by a known key"),
        ("not a note", 1, "kept.txt is"),
    ],
)
def test_a_checkpoint_kept_earlier_shows_fork_and_replay(
    note: str, code: int, why: str, tmp_path: Path
) -> None:
    folder = log.write(tmp_path / "export", BUNDLE)
    assert (code, True) == ((found := log.verify(folder, *seen(tmp_path, note)))[0], why in found[1])


def test_a_forked_log_holds_in_itself_and_only_the_kept_checkpoint_tells(tmp_path: Path) -> None:
    folder = log.write(tmp_path / "export", FORK)
    assert log.verify(folder)[0] == 0
    assert log.verify(folder, *seen(tmp_path, log.checkpoint_of(BODIES, 8)))[0] == 1


@pytest.mark.parametrize(
    "key", [log.THIEF.verifier.text, "nonsense", "", log.SIGNER.verifier.text.replace("status", "other")]
)
def test_a_wrong_key_opens_nothing(key: str, tmp_path: Path) -> None:
    assert log.verify(log.write(tmp_path, BUNDLE), keys=("--key", key))[0] == 1


def test_the_key_from_before_the_rotation_is_needed_for_its_checkpoints(tmp_path: Path) -> None:
    code, words = log.verify(log.write(tmp_path, BUNDLE), keys=("--key", log.SIGNER.verifier.text))
    assert (1, True) == (code, "checkpoints/000000000003.txt is not signed by a known key" in words)
