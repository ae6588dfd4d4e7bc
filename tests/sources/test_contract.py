"""What every inbound source promises, whichever tool it speaks to."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion import plugins
from clarion.rules.intake import HookRequest, Signal, Unreadable, Unverified

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret that no message repeats").decode()
SOURCES = plugins.modules("clarion.sources")
#: One good message of each source to start the damage from.
GOOD = {
    "alertmanager": json.loads((HERE / "alertmanager" / "am025_resolved_captured.json").read_bytes()),
    "generic": {
        "signals": [
            {
                "key": "a",
                "group": "g",
                "status": "resolved",
                "title": "t",
                "started_at": "2026-03-01T14:00:00Z",
                "ended_at": "2026-03-01T14:01:00Z",
                "severity": "high",
                "summary": "s",
                "labels": {"l": "v"},
                "link": "https://a.example/",
            }
        ]
    },
}

every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(
        ["\x1b[31m", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x" * 5000, "//[", "-"]
    )
    | st.lists(st.none() | st.text(max_size=5), max_size=3)
    | st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=5), max_size=3)
)

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
HEADERS = ("authorization", "webhook-id", "webhook-timestamp", "webhook-signature")


def config(source: ModuleType) -> Any:
    """A configuration in which every setting without a default is a list of secrets."""
    settings = dataclasses.fields(source.Config)
    return source.Config(**{one.name: (SECRET,) for one in settings if one.default is dataclasses.MISSING})


def read(source: ModuleType, body: bytes) -> list[Signal] | None:
    """The signals, checked; None for a body refused by name. Anything else is a failure."""
    try:
        signals: list[Signal] = source.parse(body)
    except Unreadable as refusal:
        assert refusal.field
        assert refusal.problem.endswith(".")
        assert not CONTROLS.search(refusal.field + refusal.problem)
        return None
    for signal in signals:
        assert signal.status in ("firing", "resolved")
        assert signal.started_at.utcoffset() == timedelta(0)
        assert signal.ended_at is None or signal.ended_at.utcoffset() == timedelta(0)
        assert 1 <= len(signal.key) <= 300
        assert 1 <= len(signal.group) <= 1000
        assert 1 <= len(signal.title) <= 300
        assert len(signal.severity) <= 60
        assert not CONTROLS.search(signal.title + signal.key + signal.group + signal.severity + signal.link)
        assert signal.link == "" or signal.link.startswith(("http://", "https://"))
    return signals


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, as the keys and indexes that lead there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def test_every_source_has_a_good_message_here() -> None:
    """A new source must bring a message to damage."""
    assert set(GOOD) == set(SOURCES)


@every_source
def test_a_source_says_what_people_call_it(source: ModuleType) -> None:
    """Label and settings are there for the form and the docs."""
    assert source.LABEL
    assert dataclasses.is_dataclass(source.Config)


@every_source
def test_a_good_message_is_read(source: ModuleType) -> None:
    """Otherwise nothing below would mean much."""
    assert read(source, json.dumps(GOOD[source.__name__.rpartition(".")[2]]).encode())


@every_source
@given(body=st.binary())
def test_any_bytes_are_read_or_refused(source: ModuleType, body: bytes) -> None:
    """No bytes bring forth anything but signals or Unreadable."""
    read(source, body)


@every_source
@given(data=st.data())
def test_a_message_with_one_odd_value_is_read_or_refused(source: ModuleType, data: st.DataObject) -> None:
    """Whatever stands at any one place, the answer is signals or Unreadable."""
    good = GOOD[source.__name__.rpartition(".")[2]]
    path = data.draw(st.sampled_from(places(good)))
    read(source, json.dumps(replaced(good, path, data.draw(ODD))).encode())


@every_source
@given(data=st.data())
def test_a_message_with_damaged_bytes_is_read_or_refused(source: ModuleType, data: st.DataObject) -> None:
    """Cut anywhere, or with anything put in between, it is still no crash."""
    body = json.dumps(GOOD[source.__name__.rpartition(".")[2]]).encode()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    read(source, body[:start] + data.draw(st.binary(max_size=20)) + body[end:])


@every_source
@given(
    headers=st.dictionaries(st.sampled_from(["authorization", "webhook-id", "x"]), st.text()),
    body=st.binary(),
)
def test_a_request_without_proof_is_unverified(
    source: ModuleType, headers: dict[str, str], body: bytes
) -> None:
    """Whatever stands in the headers, the answer is Unverified without a word."""
    with pytest.raises(Unverified) as refusal:
        source.verify(config(source), HookRequest(headers, body), now=NOW)
    assert str(refusal.value) == ""


@every_source
def test_no_secret_is_shown(source: ModuleType) -> None:
    """Neither a printed configuration nor a refused one repeats a secret."""
    assert SECRET not in repr(config(source))
    for one in dataclasses.fields(source.Config):
        if one.default is dataclasses.MISSING:
            with pytest.raises(ValueError) as refusal:
                source.Config(**{one.name: (SECRET, SECRET + " \n")})
            assert SECRET.removeprefix("whsec_") not in str(refusal.value)


@every_source
def test_settings_may_come_from_json(source: ModuleType) -> None:
    """Stored settings hold lists; the configuration is the same."""
    settings = dataclasses.asdict(config(source))
    assert config(source) == source.Config(**json.loads(json.dumps(settings)))
