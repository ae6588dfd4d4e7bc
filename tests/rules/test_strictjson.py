"""JSON from outside is read in one way only, or refused with the place and what to do."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.intake import Unreadable
from clarion.rules.strictjson import DEEPEST, Node, load

HOSTILE = [
    ("nothing", b"", "body", "not JSON"),
    ("half a message", b'{"a": ', "body", "not JSON"),
    ("two values", b"{} {}", "body", "not JSON"),
    ("a byte order mark", b"\xef\xbb\xbf{}", "body", "not JSON"),
    ("bytes that are not UTF-8", b'{"a": "\xff"}', "body", "not UTF-8 at byte 7"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "body", "not UTF-8"),
    ("a surrogate in UTF-8", b'{"a": "\xed\xa0\x80"}', "body", "not UTF-8"),
    ("half a surrogate pair", b'{"a": [1, {"b": "\\ud800"}]}', "a[1].b", "surrogate"),
    ("the other half", b'{"a": "\\uDC00x"}', "a", "surrogate"),
    ("half a pair in a key", b'{"\\ud800": 1}', "body", "surrogate"),
    ("a key twice", b'{"a": {"status": 1, "status": 2}}', "status", "twice"),
    ("a key twice, once in disguise", b'{"a": 1, "\\u0061": 2}', "a", "twice"),
    ("not a number", b'{"a": NaN}', "body", "NaN"),
    ("infinity", b'{"a": Infinity}', "body", "Infinity"),
    ("minus infinity", b'{"a": -Infinity}', "body", "-Infinity"),
    ("a number that becomes infinite", b'{"a": 1e999}', "body", "too large"),
    ("a number of 5000 digits", b"1" * 5000, "body", "too large"),
    ("10 000 lists", b"[" * 10_000 + b"]" * 10_000, "body", "nested"),
    ("a million objects", b'{"a":' * 500_000, "body", "nested"),
    ("one level too deep", b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "body", "nested"),
    ("depth hidden behind closing brackets", b"]" * 99 + b"[" * 99, "body", "not JSON"),
]


@pytest.mark.parametrize(
    ("body", "field", "says"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_hostile_json_is_refused_by_name(body: bytes, field: str, says: str) -> None:
    """Each is an Unreadable that names the field; none is a crash."""
    with pytest.raises(Unreadable) as refusal:
        load(body)
    assert field == refusal.value.field
    assert says in refusal.value.problem


def test_brackets_inside_texts_are_no_depth() -> None:
    """A text full of brackets, quotes and backslashes is a flat text."""
    text = '[{"' * 200 + "\\"
    assert {"a": text} == load(json.dumps({"a": text}).encode())
    assert load(b"[" * DEEPEST + b"]" * DEEPEST)


def test_a_whole_pair_is_a_character() -> None:
    """An escaped emoji is welcome, so that senders may write ASCII."""
    assert load(b'{"a": "\\ud83d\\udd25"}') == {"a": "🔥"}


def test_a_large_whole_number_keeps_every_digit() -> None:
    """Nineteen digits, as some tools send times, are no float."""
    assert load(b"1708592633123456789") == 1_708_592_633_123_456_789


def test_a_body_over_the_limit_is_not_even_decoded() -> None:
    """Twenty megabytes cost no second copy."""
    body = b"[" * 20_000_000
    tracemalloc.start()
    with pytest.raises(Unreadable, match="at most 1000 are read"):
        load(body, max_bytes=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(JSON, st.booleans())
def test_good_json_is_read_as_it_was_written(value: object, ascii_only: bool) -> None:
    """Strictness refuses nothing that every reader agrees on."""
    assert value == load(json.dumps(value, ensure_ascii=ascii_only).encode())


@given(st.binary() | st.text(alphabet='[]{}":,\\ud8019eE+-. ntf').map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but Unreadable ever comes out."""
    try:
        load(body)
    except Unreadable as refusal:
        assert refusal.field
        assert refusal.problem


MOMENTS = [
    ("in UTC", "2026-03-01T14:05:00Z", datetime(2026, 3, 1, 14, 5, tzinfo=UTC)),
    ("with a zone", "2026-03-01T14:05:00+05:30", datetime(2026, 3, 1, 8, 35, tzinfo=UTC)),
    ("nanoseconds", "2026-11-23T12:32:15.809479066Z", datetime(2026, 11, 23, 12, 32, 15, 809479, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
def test_a_time_is_read_into_utc(text: str, moment: datetime) -> None:
    """RFC 3339 times come out aware and in UTC."""
    assert moment == Node(text, "at").moment()


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T14:05:00",
        "2026-03-01",
        "2026-W09-7T14:05:00Z",
        "20260301T140500Z",
        "2026-02-30T14:05:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T14:05:00+99:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "२०२६-03-01T14:05:00Z",
        "2026-03-01T14:05:00Z\n",
        "yesterday",
        "",
        None,
        1_772_373_900,
    ],
)
def test_what_is_no_time_with_a_zone_is_refused(text: object) -> None:
    """A time that could mean two instants, or none, names its field."""
    with pytest.raises(Unreadable, match=r"^startsAt: "):
        Node(text, "startsAt").moment()
