"""One ledger entry: the same fact always has the same bytes, and a text leaves nothing but a commitment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.ledger import (
    Entry,
    LedgerError,
    canonical,
    commit,
    entry_bytes,
    read_entry,
    stamp,
    unstamp,
)

ENTRY = Entry(
    id="e1",
    kind="draft.approved",
    at=datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC),
    actor="user:ab12",
    subject="draft:x",
    incident="inc-7",
    incident_seq=4,
    data={"role": "accuracy"},
    texts={"public.en": "0" * 64},
)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(
    -1e15, 1e15, allow_nan=False, allow_subnormal=False
)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=12,
)


def test_an_entry_has_one_fixed_form() -> None:
    expected = (
        b'{"actor":"user:ab12","at":"2026-11-23T12:00:00.123456Z","data":{"role":"accuracy"},"id":"e1",'
        b'"incident":"inc-7","incident_seq":4,"kind":"draft.approved","subject":"draft:x",'
        b'"texts":{"public.en":"' + b"0" * 64 + b'"},"v":1}'
    )
    assert expected == entry_bytes(ENTRY)
    assert read_entry(expected) == ENTRY


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    elsewhere = ENTRY.at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert entry_bytes(ENTRY) == entry_bytes(replace(ENTRY, at=elsewhere))


def test_keys_are_ordered_as_rfc_8785_section_3_2_3_shows() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert expected == list(json.loads(canonical(dict.fromkeys(keys, 0))))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4.50, b"4.5"),
        (2e-3, b"0.002"),
        (1e-27, b"1e-27"),
        (-0.0, b"0"),
        (56.0, b"56"),
        ("\u20ac\x0f\n", b'"\xe2\x82\xac\\u000f\\n"'),
    ],
)
def test_values_are_written_as_rfc_8785_says(value: object, expected: bytes) -> None:
    assert expected == canonical(value)


@given(JSON)
def test_reading_canonical_bytes_and_writing_them_again_changes_nothing(value: Any) -> None:
    assert canonical(value) == canonical(json.loads(canonical(value)))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, float("nan")]}, "the value['a'][1] is nan"),
        (float("inf"), "the value is inf"),
        ({"n": 2**53}, "the value['n'] is 9007199254740992"),
        ({"n": 1e300}, "the value['n'] is 1e+300"),
        ({1: "x"}, "the value has the key 1"),
        ({"t": "\ud800"}, "the value['t'] holds half a character at position 0"),
        ({"t": datetime(2026, 1, 1, tzinfo=UTC)}, "the value['t'] is a datetime"),
        ({"t": {1, 2}}, "the value['t'] is a set"),
    ],
)
def test_what_has_no_exact_form_is_refused_by_its_place(value: object, place: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        canonical(value)
    assert str(refusal.value).startswith(place)


def test_nesting_without_end_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(LedgerError, match="nested deeper than 64"):
        canonical(value)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": "a/../b"},
        {"kind": "Draft Approved"},
        {"actor": "ann@example.org"},
        {"actor": "user:ann@example.org"},
        {"subject": "draft"},
        {"incident": "inc 7"},
        {"incident": "inc-7\n"},
        {"incident_seq": 0},
        {"incident_seq": None},
        {"incident_seq": True},
        {"incident": None},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"texts": {"../x": "0" * 64}},
        {"texts": {"Public": "0" * 64}},
        {"texts": {"a" * 81: "0" * 64}},
        {"texts": {"public": "abc"}},
        {"data": {"x": float("nan")}},
    ],
    ids=str,
)
def test_an_entry_of_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        entry_bytes(replace(ENTRY, **change))


def test_an_entry_outside_any_incident_has_no_number() -> None:
    entry = replace(ENTRY, actor="system", incident=None, incident_seq=None)
    assert entry == read_entry(entry_bytes(entry))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body + b"\n",
        lambda body: body.replace(b'"v":1', b'"v":2'),
        lambda body: body.replace(b'"v":1', b'"v":1.0'),
        lambda body: body.replace(b'"v":1', b'"v":true'),
        lambda body: body.replace(b'"id":"e1",', b""),
        lambda body: body.replace(b'"id":"e1",', b'"id":"e1","more":0,'),
        lambda body: body.replace(b'"id":"e1",', b'"id":"e0","id":"e1",'),
        lambda body: body.replace(b"12:00:00.123456Z", b"12:00:00Z"),
        lambda body: body.replace(b"2026-11-23", b"2026-13-23"),
        lambda body: body.replace(b'"data":{"role":"accuracy"}', b'"data":[]'),
        lambda body: body.replace(b'"accuracy"', b"NaN"),
        lambda body: b"[" * 100_000,
        lambda body: b"\xff",
    ],
)
def test_bytes_that_clarion_would_not_write_are_not_read(spoil: Any) -> None:
    with pytest.raises(LedgerError):
        read_entry(spoil(entry_bytes(ENTRY)))


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_as_it_went_in(moment: datetime) -> None:
    assert moment == unstamp(stamp(moment))


def test_a_commitment_is_hmac_sha256() -> None:
    """No published vector has a key of 32 bytes; this value was computed with the openssl program."""
    expected = "371ae010f58aa7e7d704ae00c92e75af1a68218b0aeb24bb1eae44d864f028c0"
    assert expected == commit(b"\x00" * 31 + b"\x01", "Sample message for keylen<blocklen")


def test_another_salt_or_text_gives_another_commitment() -> None:
    values = {commit(bytes([n]) * 32, text) for n in range(3) for text in ("", "a", "a\n")}
    assert len(values) == 9


@pytest.mark.parametrize(("salt", "text"), [(b"short", "x"), (b"\x01" * 32, "\udc00")])
def test_a_weak_salt_and_half_a_character_are_refused(salt: bytes, text: str) -> None:
    with pytest.raises(LedgerError):
        commit(salt, text)
