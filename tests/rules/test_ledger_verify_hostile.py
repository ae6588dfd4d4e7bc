"""Folders made to mislead, to hang or to crash the verifier, and folders that are only large."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from clarion.rules.bundle import SealedEntry, build_bundle, statement_body
from clarion.rules.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from clarion.rules.merkle import leaf_hash, node_hash, root_at
from clarion.rules.notes import sign_note
from tests.rules import ledger_log as log

Files = dict[str, bytes]
BUNDLE = log.bundle()
BODIES = log.log_bodies()


@pytest.mark.parametrize("files", [{}, {"notes.txt": b"x"}, log.without(BUNDLE, "manifest")])
def test_a_folder_that_is_no_export_cannot_be_checked(files: Files, tmp_path: Path) -> None:
    assert log.verify(log.write(tmp_path, files))[0] == 2


def test_no_folder_at_all_cannot_be_checked(tmp_path: Path) -> None:
    assert log.verify(tmp_path / "nowhere")[0] == 2


def test_a_file_too_large_to_be_honest_ends_the_check(tmp_path: Path) -> None:
    code, words = log.verify(log.write(tmp_path, {**BUNDLE, "story.html": b" " * 16_000_001}))
    assert (2, True) == (code, "larger than this program reads" in words)


def test_links_pipes_and_strange_folders_are_not_followed(tmp_path: Path) -> None:
    def outside(folder: Path) -> None:
        (folder / "story.html").unlink()
        (folder / "story.html").symlink_to("/etc/hostname")

    def round_and_round(folder: Path) -> None:
        (folder / "loop").symlink_to(folder)

    def linked_folder(folder: Path) -> None:
        (folder / "texts").rename(tmp_path / "elsewhere")
        (folder / "texts").symlink_to(tmp_path / "elsewhere")

    def pipe(folder: Path) -> None:
        os.mkfifo(folder / "texts" / "000001-pipe.json")

    def deep(folder: Path) -> None:
        (folder / "texts" / "entries" / "x").mkdir(parents=True)

    for number, trick in enumerate((outside, round_and_round, linked_folder, pipe, deep)):
        folder = log.write(tmp_path / str(number), BUNDLE)
        trick(folder)
        code, words = log.verify(folder)
        assert (1, True) == (code, "has no place in an export, or is not a plain file" in words), (
            trick.__name__
        )


HOSTILE = {
    "deep": b"[" * 500_000,
    "long number": b'{"v":' + b"9" * 500_000 + b"}",
    "not a number": b'{"v":NaN}',
    "a list": b"[]",
    "half a character": b'{"salt":"' + b"00" * 32 + b'","text":"\\ud800"}',
    "no text": b'{"salt":"' + b"00" * 32 + b'","text":7}',
    "other bytes": b"\xff\xfe",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("path", ["manifest.json", "proofs/000004.json", "texts/000004-public.en.json"])
def test_malformed_files_signed_by_the_operator_end_in_words_not_in_a_crash(
    kind: str, path: str, tmp_path: Path
) -> None:
    files = log.resign({**BUNDLE, path: HOSTILE[kind]} if path != "manifest.json" else BUNDLE)
    if path == "manifest.json":
        files[path] = HOSTILE[kind]
        body = statement_body(
            log.INCIDENT, 7, open_checkpoint(log.FINAL, [log.SIGNER.verifier]), files[path], log.START
        )
        files["statement.txt"] = sign_note(body, log.SIGNER).encode()
    code, words = log.verify(log.write(tmp_path, files))
    assert (1, True, False) == (code, f"DOES NOT HOLD: {path}" in words, "Traceback" in words)


def test_names_that_would_steer_a_terminal_are_shown_as_codes(tmp_path: Path) -> None:
    _, words = log.verify(log.write(tmp_path, {**BUNDLE, "\x1b[2Jok\u202e": b""}))
    assert words.isascii()
    assert "\\x1b[2Jok\\u202e has no place" in words


def test_entries_in_a_million_entry_log_keep_their_numbers(tmp_path: Path) -> None:
    """Places beyond six digits need longer names, and nothing else."""
    small = log.sealed(BODIES)[0]
    places = {0: small.body}

    def subtree(level: int, index: int) -> bytes:
        nodes = {(0, 1_234_567): leaf_hash(places[0])}
        return (
            nodes.get((level, index), bytes([level, index % 251]) * 16) if level == 0 else join(level, index)
        )

    def join(level: int, index: int) -> bytes:
        if 1_234_567 >> level != index:
            return bytes([level, index % 251]) * 16
        return node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))

    final = Checkpoint(log.NAME, 1_300_000, root_at(1_300_000, subtree))
    export = replace(
        log.export_of(BODIES),
        entries=[SealedEntry(1_234_567, small.body, small.texts)],
        checkpoints=[sign_checkpoint(final, log.SIGNER)],
        subtree=subtree,
    )
    files = build_bundle(export)
    assert "entries/1234567.json" in files
    assert log.verify(log.write(tmp_path, files))[0] == 0
