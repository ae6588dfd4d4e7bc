"""One bit anywhere in an export is enough for the verifier to refuse it; and its Ed25519 is the real one."""

from __future__ import annotations

import contextlib
import io
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.rules.notes import VerifierKey
from tests.rules import ledger_log as log

BUNDLE = log.bundle()
KEYS = [log.SIGNER.verifier.text, log.OLD_SIGNER.verifier.text]
VERIFY = log.verifier()
ORDER = 2**252 + 27742317777372353535851937790883648493


def accepted(files: dict[str, bytes]) -> bool:
    with contextlib.redirect_stdout(io.StringIO()):
        return VERIFY.examine(files, [], KEYS, {}) == 0


def flip(files: dict[str, bytes], path: str, bit: int) -> dict[str, bytes]:
    content = bytearray(files[path])
    content[bit // 8] ^= 1 << bit % 8
    return {**files, path: bytes(content)}


def some_flips(paths: list[str], count: int, seed: int) -> list[tuple[str, int]]:
    """Spread over the files first, so that a small file is met as often as a large one."""
    chance = random.Random(seed)  # noqa: S311 - which bits are tried need not be secret
    chosen = [chance.choice(paths) for _ in range(count)]
    return [(path, chance.randrange(8 * len(BUNDLE[path]))) for path in chosen]


def test_the_record_is_accepted_before_any_bit_is_flipped() -> None:
    assert accepted(BUNDLE)
    assert accepted(log.resign(BUNDLE))


def test_2200_random_flips_in_any_file_are_all_caught() -> None:
    missed = [spot for spot in some_flips(sorted(BUNDLE), 2200, 16) if accepted(flip(BUNDLE, *spot))]
    assert missed == []


def test_every_bit_of_the_signature_line_counts() -> None:
    text = BUNDLE["statement.txt"]
    start = text.rindex(b"\n\n")
    spots = [("statement.txt", bit) for bit in range(8 * start, 8 * len(text))]
    assert [] == [spot for spot in spots if accepted(flip(BUNDLE, *spot))]


def test_flips_that_the_operator_hides_behind_a_new_signature_are_caught_by_the_log() -> None:
    """Story, README, verifier and keys are the operator's own words; the operator may sign other ones."""
    proven = ("entries/", "proofs/", "checkpoints/", "consistency/", "texts/")
    paths = sorted(path for path in BUNDLE if path.startswith(proven))
    missed = [spot for spot in some_flips(paths, 250, 17) if accepted(log.resign(flip(BUNDLE, *spot)))]
    assert missed == []


def test_every_file_shortened_by_one_byte_is_caught() -> None:
    assert [] == [path for path in BUNDLE if accepted({**BUNDLE, path: BUNDLE[path][:-1]})]


#: RFC 8032 section 7.1, tests 1 to 3: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_hold(public: str, message: str, signature: str) -> None:
    values = [bytes.fromhex(value) for value in (public, message, signature)]
    assert VERIFY.signature_holds(*values)
    assert not VERIFY.signature_holds(values[0], values[1] + b"x", values[2])


@settings(max_examples=80, deadline=None)
@given(
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=200),
    st.integers(0, 64 * 8 - 1),
    st.integers(0, 255),
)
def test_it_agrees_with_another_implementation(seed: bytes, message: bytes, bit: int, key_bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert VERIFY.signature_holds(public, message, signature)
    wrong = flip({"s": signature}, "s", bit)["s"]
    other = flip({"k": public}, "k", key_bit)["k"]
    cases = ((public, message, wrong), (other, message, signature), (public, message + b"!", signature))
    for key, words, signed in cases:
        theirs = VerifierKey("theirs", key).accepts(words, signed)
        assert (False, theirs) == (VERIFY.signature_holds(key, words, signed), False)


def test_a_signature_restated_with_a_larger_s_is_refused() -> None:
    public, message, signature = (bytes.fromhex(value) for value in RFC_8032[1])
    s = int.from_bytes(signature[32:], "little")
    assert s + ORDER < 2**256
    assert not VERIFY.signature_holds(public, message, signature[:32] + (s + ORDER).to_bytes(32, "little"))


P = 2**255 - 19
#: Points of order 1, 2, 4, 8, and spellings that RFC 8032 section 5.1.3 forbids: y above p, minus zero.
WEAK = {
    "the neutral point": 1,
    "order 2": P - 1,
    "order 4": 0,
    "order 8": 2707385501144840649318225287225658788936804267575313519463743609750303021,
    "y is p": P,
    "y is p + 1": P + 1,
    "minus zero": 1 | 1 << 255,
    "no point at all": 2,
}


@pytest.mark.parametrize("kind", WEAK)
def test_keys_that_would_sign_anything_are_refused(kind: str) -> None:
    """With a weak key, R = the neutral point and S = 0 "sign" about every eighth message, or all."""
    public = WEAK[kind].to_bytes(32, "little")
    signature = (1).to_bytes(32, "little") + bytes(32)
    assert not any(VERIFY.signature_holds(public, bytes([n]), signature) for n in range(64))


@pytest.mark.parametrize(("key", "signature"), [(b"", b""), (bytes(31), bytes(64)), (bytes(32), bytes(63))])
def test_other_lengths_are_refused(key: bytes, signature: bytes) -> None:
    assert not VERIFY.signature_holds(key, b"", signature)


def test_a_point_has_one_spelling() -> None:
    """Of the points with y from 0 to 18, each could also be written as y + p in 255 bits."""
    points = [y for y in range(19) if VERIFY.decode_point(y.to_bytes(32, "little"))]
    assert len(points) > 3
    assert [None] * 19 == [VERIFY.decode_point((P + y).to_bytes(32, "little")) for y in range(19)]
