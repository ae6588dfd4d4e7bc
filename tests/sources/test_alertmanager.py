"""Alertmanager reports: captured messages as files, one line per case."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clarion.rules.intake import HookRequest, Signal, Unreadable, Unverified
from clarion.sources import alertmanager

PAYLOADS = Path(__file__).parent / "alertmanager"
DEMO = Path(alertmanager.__file__).parents[1] / "data" / "demo"
NOW = datetime(2026, 11, 23, 12, 33, tzinfo=UTC)
TOKEN, OLD_TOKEN = "t0ken-of-this-source", "t0ken-of-last-year"
CONFIG = alertmanager.Config(tokens=(TOKEN, OLD_TOKEN))

#: file, keys, group, status, title, start, end, what the link starts with
CAPTURED = [
    (
        "am025_firing_captured",
        ["bdef16078f61dcd4"],
        '{}:{alertname="HighErr"}',
        "firing",
        "5xx 12%",
        datetime(2026, 11, 23, 12, 32, 15, 809479, tzinfo=UTC),
        None,
        "",
    ),
    (
        "am025_resolved_captured",
        ["bdef16078f61dcd4"],
        '{}:{alertname="HighErr"}',
        "resolved",
        "5xx 12%",
        datetime(2026, 11, 23, 12, 32, 15, 809479, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 32, 20, tzinfo=UTC),
        "",
    ),
    (
        "zulip_alert",
        ["a1bc48475b20e73d", "c2ea85182f28cbd9"],
        "{}/{}:{}",
        "firing",
        "High CPU core temperature",
        datetime(2020, 2, 6, 0, 17, 58, 432911, tzinfo=UTC),
        None,
        "http://cobalt:9090/graph?g0.expr=",
    ),
]


def captured(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def firing(**changes: Any) -> dict[str, Any]:
    """The captured firing message with top-level changes; ``alert=`` changes its only alert."""
    message: dict[str, Any] = json.loads(captured("am025_firing_captured"))
    message["alerts"][0] |= changes.pop("alert", {})
    return message | changes


def parse_one(message: dict[str, Any]) -> Signal:
    (signal,) = alertmanager.parse(json.dumps(message).encode())
    return signal


@pytest.mark.parametrize(
    ("name", "keys", "group", "status", "title", "started", "ended", "link"),
    CAPTURED,
    ids=[r[0] for r in CAPTURED],
)
def test_a_captured_message_is_understood(
    name: str,
    keys: list[str],
    group: str,
    status: str,
    title: str,
    started: datetime,
    ended: datetime | None,
    link: str,
) -> None:
    """Every alert of a real message becomes one signal with its own key, state and times."""
    signals = alertmanager.parse(captured(name))
    assert keys == [signal.key for signal in signals]
    for signal in signals:
        assert (group, status, title) == (signal.group, signal.status, signal.title)
        assert (started, ended) == (signal.started_at, signal.ended_at)
        assert signal.severity == "critical"
        assert signal.labels["severity"] == "critical"
        assert signal.link.startswith(link)
        assert bool(signal.link) == bool(link)


def test_firing_and_resolved_messages_speak_of_the_same_occurrence() -> None:
    """Key and start agree, so that the second ends the first."""
    (first,) = alertmanager.parse(captured("am025_firing_captured"))
    (second,) = alertmanager.parse(captured("am025_resolved_captured"))
    assert (first.key, first.started_at) == (second.key, second.started_at)


@pytest.mark.parametrize("state", ["firing", "resolved"])
def test_the_demo_shows_the_captured_messages(state: str) -> None:
    """What ships for the demo is byte for byte what these tests read."""
    assert captured(f"am025_{state}_captured") == (DEMO / f"alertmanager_{state}.json").read_bytes()


def test_a_mixed_group_keeps_each_alerts_own_state() -> None:
    """The state of the message says nothing about the single alert."""
    message = firing()
    done = message["alerts"][0] | {
        "status": "resolved",
        "fingerprint": "f" * 16,
        "endsAt": "2026-11-23T12:40:00Z",
    }
    message["alerts"].append(done)
    signals = alertmanager.parse(json.dumps(message).encode())
    assert [signal.status for signal in signals] == ["firing", "resolved"]
    assert [None, datetime(2026, 11, 23, 12, 40, tzinfo=UTC)] == [signal.ended_at for signal in signals]


TITLES = [
    ("the alert's own summary", {"annotations": {"summary": "Own"}}, {"summary": "Common"}, "Own"),
    ("else the common summary", {"annotations": {}}, {"summary": "Common"}, "Common"),
    ("else the name of the alert", {"annotations": {}}, {}, "HighErr"),
    ("else a plain statement", {"annotations": {}, "labels": {}}, {}, "Alert without a name"),
    ("without control characters", {"annotations": {"summary": "a\n\x1b]0;x\x07b"}}, {}, "a \ufffdb"),
    ("cut at 300 characters", {"annotations": {"summary": "x" * 301}}, {}, "x" * 299 + "…"),
]


@pytest.mark.parametrize(("alert", "common", "title"), [r[1:] for r in TITLES], ids=[r[0] for r in TITLES])
def test_the_title_is(alert: dict[str, Any], common: dict[str, str], title: str) -> None:
    """The most telling text there is becomes the title."""
    assert title == parse_one(firing(alert=alert, commonAnnotations=common)).title


@pytest.mark.parametrize("link", ["javascript:alert(1)", "", "/graph", "https://a:b@prom.example/", None])
def test_a_link_that_is_none_is_left_out(link: str | None) -> None:
    """A strange generator address loses the link, never the alert."""
    assert parse_one(firing(alert={"generatorURL": link})).link == ""


@pytest.mark.parametrize(
    ("count", "note"),
    [
        (0, ""),
        (1, "Alertmanager left out 1 more alert of this group (max_alerts)."),
        (12, "Alertmanager left out 12 more alerts of this group (max_alerts)."),
    ],
)
def test_alerts_left_out_are_said(count: int, note: str) -> None:
    """Nobody takes a shortened list for everything."""
    assert note == parse_one(firing(truncatedAlerts=count)).summary


def test_a_firing_alert_has_no_end_even_if_the_tool_foresees_one() -> None:
    """Some senders give the time at which an alert would time out."""
    assert parse_one(firing(alert={"endsAt": "2026-11-23T12:37:15Z"})).ended_at is None


def test_very_long_names_stay_different() -> None:
    """Two group keys that differ only at their end are two groups."""
    groups = {parse_one(firing(groupKey="g" * 2000 + end)).group for end in "ab"}
    assert len(groups) == 2
    assert all(len(group) <= 1000 for group in groups)


def without(message: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in names}


MALFORMED = [
    ("no object", [], "body"),
    ("another version", firing(version="3"), "version"),
    ("a number as version", firing(version=4), "version"),
    ("Grafana's version", firing(version="1"), "version"),
    ("no group", without(firing(), "groupKey"), "groupKey"),
    ("an empty group", firing(groupKey=""), "groupKey"),
    ("an unknown state", firing(status="suppressed"), "status"),
    ("no alerts", without(firing(), "alerts"), "alerts"),
    ("an empty list of alerts", firing(alerts=[]), "alerts"),
    ("alerts that are no list", firing(alerts={"0": {}}), "alerts"),
    ("an alert that is no object", firing(alerts=["x"]), "alerts[0]"),
    ("an alert in an unknown state", firing(alert={"status": "pending"}), "alerts[0].status"),
    ("an alert without a fingerprint", firing(alert={"fingerprint": None}), "alerts[0].fingerprint"),
    ("labels in a list", firing(alert={"labels": ["a"]}), "alerts[0].labels"),
    ("a label that is a number", firing(alert={"labels": {"port": 80}}), "alerts[0].labels.port"),
    ("an annotation that is a list", firing(alert={"annotations": {"a": []}}), "alerts[0].annotations.a"),
    ("common annotations in a text", firing(commonAnnotations="x"), "commonAnnotations"),
    ("no start", firing(alert={"startsAt": None}), "alerts[0].startsAt"),
    ("a start without a zone", firing(alert={"startsAt": "2026-11-23T12:32:15"}), "alerts[0].startsAt"),
    ("an end that is no time", firing(alert={"endsAt": "soon"}), "alerts[0].endsAt"),
    ("a link that is an object", firing(alert={"generatorURL": {}}), "alerts[0].generatorURL"),
    ("half an alert left out", firing(truncatedAlerts=0.5), "truncatedAlerts"),
    ("minus one left out", firing(truncatedAlerts=-1), "truncatedAlerts"),
    ("yes left out", firing(truncatedAlerts=True), "truncatedAlerts"),
]


@pytest.mark.parametrize(("message", "field"), [r[1:] for r in MALFORMED], ids=[r[0] for r in MALFORMED])
def test_a_malformed_message_names_the_field(message: object, field: str) -> None:
    """Whoever set the tool up reads at once where to look."""
    with pytest.raises(Unreadable) as refusal:
        alertmanager.parse(json.dumps(message).encode())
    assert field == refusal.value.field


def test_the_place_is_counted_from_zero_as_in_json() -> None:
    """The third alert is alerts[2]."""
    good = firing()["alerts"][0]
    with pytest.raises(Unreadable, match=r"^alerts\[2\]\.startsAt: must be a time with its zone"):
        alertmanager.parse(json.dumps(firing(alerts=[good, good, good | {"startsAt": "x"}])).encode())


def request(authorization: str | None) -> HookRequest:
    headers = {} if authorization is None else {"authorization": authorization}
    return HookRequest(headers=headers, body=b"{}")


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_new_and_the_old_token_open_the_door(token: str, scheme: str) -> None:
    """During an exchange both work; the scheme's case does not matter (RFC 9110)."""
    alertmanager.verify(CONFIG, request(f"{scheme} {token}"), now=NOW)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x"]
    + [f"Bearer {TOKEN.upper()}", f"Bearer {TOKEN} {TOKEN}", "Bearer ü\udc80", f"Bearer {TOKEN},{OLD_TOKEN}"],
)
def test_anything_else_stays_outside(authorization: str | None) -> None:
    """No token, a part of it, more than it, or another scheme: refused without a word."""
    with pytest.raises(Unverified) as refusal:
        alertmanager.verify(CONFIG, request(authorization), now=NOW)
    assert str(refusal.value) == ""


@pytest.mark.parametrize("tokens", [(), ("",), (TOKEN, ""), ("short",), ("with a space inside",), TOKEN])
def test_a_token_that_protects_nothing_is_refused(tokens: Any) -> None:
    """An empty or short token never becomes a setting, and the complaint does not repeat it."""
    with pytest.raises(ValueError, match=r"^tokens: ") as refusal:
        alertmanager.Config(tokens=tokens)
    assert TOKEN not in str(refusal.value)


def test_an_exact_repeat_is_one_delivery() -> None:
    """Alertmanager repeats itself every repeat_interval; only a changed body is news."""
    first = HookRequest({"authorization": f"Bearer {TOKEN}"}, captured("am025_firing_captured"))
    again = HookRequest({"authorization": f"Bearer {OLD_TOKEN}"}, captured("am025_firing_captured"))
    other = HookRequest({}, captured("am025_resolved_captured"))
    assert alertmanager.delivery_id(first) == alertmanager.delivery_id(again)
    assert alertmanager.delivery_id(first) != alertmanager.delivery_id(other)
