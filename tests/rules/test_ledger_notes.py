"""Signed notes and checkpoints: whose word counts, and what a witness believes next."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.checkpoints import Checkpoint, ForkError, follow, open_checkpoint, sign_checkpoint
from clarion.rules.merkle import Levels, consistency_proof, leaf_hash, root_of
from clarion.rules.notes import NoteError, Signer, VerifierKey, open_note, sign_note

#: The example of Go's golang.org/x/mod/sumdb/note, which defined the form.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
GO_NOTE = f"{GO_TEXT}\n\u2014 PeterNeumann {GO_SIGNATURE}\n"
OURS = Signer.from_seed("log.example.org", b"\x01" * 32)
NEXT = Signer.from_seed("log.example.org", b"\x02" * 32)
WITNESS = Signer.from_seed("witness.example.net", b"\x03" * 32)
NOTE = sign_note("hello\n", OURS)


def test_a_note_made_by_another_program_opens() -> None:
    key = VerifierKey.parse(GO_KEY)
    assert (GO_TEXT, (key,)) == (open_note(GO_NOTE, [key]).text, open_note(GO_NOTE, [key]).signed_by)
    assert GO_KEY == key.text


def test_a_note_is_the_text_an_empty_line_and_the_signature() -> None:
    body, line = NOTE.split("\n\n")
    assert body == "hello"
    assert line.startswith("\u2014 log.example.org ")
    data = base64.b64decode(line.split(" ")[2])
    assert (OURS.verifier.key_id, 64) == (data[:4], len(data[4:]))
    assert open_note(NOTE.encode(), [OURS.verifier]).text == "hello\n"


def test_empty_lines_may_stand_in_the_text() -> None:
    assert open_note(sign_note("a\n\nb\n", OURS), [OURS.verifier]).text == "a\n\nb\n"


def test_signatures_by_strangers_are_passed_over() -> None:
    note = sign_note("hello\n", WITNESS, NEXT, OURS)
    assert (OURS.verifier,) == open_note(note, [OURS.verifier]).signed_by
    assert {NEXT.verifier, WITNESS.verifier} == set(
        open_note(note, [NEXT.verifier, WITNESS.verifier]).signed_by
    )


def test_after_a_rotation_notes_by_the_old_and_by_the_new_key_open() -> None:
    keys = [NEXT.verifier, OURS.verifier]
    assert [(OURS.verifier,), (NEXT.verifier,)] == [
        open_note(sign_note("x\n", signer), keys).signed_by for signer in (OURS, NEXT)
    ]


def test_a_wrong_signature_by_a_known_key_spoils_the_note_even_beside_a_right_one() -> None:
    mixed = NOTE + sign_note("other\n", WITNESS).split("\n\n")[1]
    assert open_note(mixed, [OURS.verifier]).text == "hello\n"
    with pytest.raises(NoteError, match="witness.example.net .* is wrong"):
        open_note(mixed, [OURS.verifier, WITNESS.verifier])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "hello\n",
        "hello\n\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\u2014", "-"),
        NOTE.replace("hello", "hel\tlo"),
        NOTE.replace("log.example.org", "log example.org"),
        NOTE.replace("log.example.org", "log+example.org"),
        NOTE.replace("=\n", "\n"),
        NOTE + "\u2014 x AAAA\n",
        NOTE + NOTE.split("\n\n")[1] * 100,
        NOTE.encode() + b"\xff",
        "x" * 1_000_001,
    ],
)
def test_a_malformed_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(NoteError):
        open_note(note, [OURS.verifier])


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_no_bit_of_a_note_is_free(bit: int) -> None:
    data = bytearray(NOTE.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NoteError):
        open_note(bytes(data), [OURS.verifier])


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_at_all_make_reading_fail_in_another_way(note: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(note, [OURS.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        "a+00000000+AQ==",
        GO_KEY.replace("c74", "c75"),
        GO_KEY.replace("+AR", "+AB"),
        GO_KEY[:-4],
        "a b" + GO_KEY,
    ],
)
def test_a_key_whose_parts_do_not_fit_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", ""])
def test_a_text_that_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, OURS)


def test_a_signer_never_shows_its_secret() -> None:
    assert (b"\x01" * 32).hex() not in repr(OURS)
    assert repr(b"\x01" * 32) not in repr(OURS)


HASHES = [leaf_hash(bytes([number])) for number in range(20)]
TREE = Levels(HASHES)


def at(size: int) -> Checkpoint:
    return Checkpoint("log.example.org", size, root_of(HASHES[:size]))


def test_a_checkpoint_has_three_lines_and_comes_back() -> None:
    assert f"log.example.org\n3\n{base64.b64encode(at(3).root).decode()}\n" == at(3).body
    assert at(3) == open_checkpoint(sign_checkpoint(at(3), OURS), [OURS.verifier])
    assert at(0) == Checkpoint.parse(at(0).body)


def test_further_lines_of_a_checkpoint_are_allowed() -> None:
    assert at(3) == Checkpoint.parse(at(3).body + "more\n")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "o\n",
        "o\n1\n",
        "o\n01\nAAAA\n",
        "o\n1\nAAAA\n",
        "o\n-1\nAAAA\n",
        "o\n\u0661\nAAAA\n",
        at(3).body + "\n",
        at(3).body[:-1],
        "o\n" + "9" * 5000 + "\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(body)


def test_only_the_logs_own_key_speaks_for_the_log() -> None:
    with pytest.raises(NoteError, match="cannot sign for"):
        sign_checkpoint(at(3), WITNESS)
    with pytest.raises(NoteError, match="no known key of log.example.org"):
        open_checkpoint(sign_note(at(3).body, WITNESS), [OURS.verifier, WITNESS.verifier])


def test_a_witness_follows_a_log_that_only_grows() -> None:
    seen = None
    for size in (0, 1, 4, 4, 7, 20):
        proof = [] if seen is None else consistency_proof(seen.size, size, TREE)
        seen = follow(seen, at(size), proof)
    assert at(20) == seen


FORK = Checkpoint("log.example.org", 9, root_of([*HASHES[:3], leaf_hash(b"rewritten"), *HASHES[4:9]]))


@pytest.mark.parametrize(
    ("newer", "proof", "why"),
    [
        (at(5), [], "an older checkpoint again"),
        (FORK, consistency_proof(7, 9, TREE), "a fork"),
        (at(9), [], "a fork"),
        (Checkpoint("log.example.org", 7, FORK.root), [], "a fork"),
        (
            Checkpoint("other.example.org", 9, at(9).root),
            consistency_proof(7, 9, TREE),
            "is of other.example.org",
        ),
    ],
)
def test_a_witness_refuses_replay_fork_and_other_logs(newer: Checkpoint, proof: Any, why: str) -> None:
    with pytest.raises(ForkError, match=why):
        follow(at(7), newer, proof)
