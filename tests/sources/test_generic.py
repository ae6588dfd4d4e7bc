"""Clarion's own signed JSON: any script can report, and every mistake is named."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from clarion.rules.intake import HookRequest, Signal, Unreadable
from clarion.sources import generic

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SMALLEST: dict[str, Any] = {
    "key": "checkout-errors",
    "status": "firing",
    "title": "Checkout fails",
    "started_at": "2026-03-01T14:00:00Z",
}
FULL = SMALLEST | {
    "group": "checkout",
    "status": "resolved",
    "started_at": "2026-03-01T15:00:00+01:00",
    "ended_at": "2026-03-01T14:04:00.5Z",
    "severity": "P1",
    "summary": "12 % of orders\r\nfail",
    "labels": {"region": "eu"},
    "link": "https://graphs.example/d/1",
    "x-run": {"anything": [1]},
}


def parse(value: object) -> list[Signal]:
    return generic.parse(json.dumps(value).encode())


def test_the_smallest_signal_says_what_where_and_since_when() -> None:
    """Four keys are enough; a signal without a group is a group of its own."""
    expected = Signal(
        key="checkout-errors",
        group="checkout-errors",
        status="firing",
        title="Checkout fails",
        started_at=datetime(2026, 3, 1, 14, tzinfo=UTC),
    )
    assert [expected] == parse(SMALLEST)


def test_a_full_signal_keeps_everything() -> None:
    """Every documented key arrives; keys of the sender's own are passed over."""
    expected = Signal(
        key="checkout-errors",
        group="checkout",
        status="resolved",
        title="Checkout fails",
        started_at=datetime(2026, 3, 1, 14, tzinfo=UTC),
        ended_at=datetime(2026, 3, 1, 14, 4, 0, 500_000, tzinfo=UTC),
        severity="P1",
        summary="12 % of orders\nfail",
        labels={"region": "eu"},
        link="https://graphs.example/d/1",
    )
    assert [expected] == parse({"signals": [FULL]})
    assert [expected] == parse(FULL)


def test_several_signals_keep_their_order() -> None:
    """One message may report many, each with a key."""
    assert [signal.key for signal in parse({"signals": [SMALLEST | {"key": k} for k in "ab"]})] == ["a", "b"]


def test_null_means_left_out() -> None:
    """Senders that write every key may write null."""
    optional = ["group", "ended_at", "severity", "summary", "labels", "link"]
    assert parse(SMALLEST) == parse(SMALLEST | dict.fromkeys(optional))


SHOWN = [
    ("a title of 300 stays whole", {"title": "x" * 300}, "title", "x" * 300),
    ("a longer title is cut, not lost", {"title": "x" * 301}, "title", "x" * 299 + "…"),
    ("a title cannot forge a log line", {"title": "a\nlevel=info"}, "title", "a level=info"),
    ("a title cannot command a terminal", {"title": "a\x1b]0;x\x07b"}, "title", "a\ufffdb"),
    ("a longer summary is cut", {"summary": "x" * 2001}, "summary", "x" * 1999 + "…"),
    ("a long label value is cut", {"labels": {"a": "x" * 501}}, "labels", {"a": "x" * 499 + "…"}),
    ("a long severity is cut", {"severity": "x" * 61}, "severity", "x" * 59 + "…"),
]


@pytest.mark.parametrize(("change", "field", "shown"), [r[1:] for r in SHOWN], ids=[r[0] for r in SHOWN])
def test_what_people_read_is_made_fit_to_show(change: dict[str, Any], field: str, shown: object) -> None:
    """Texts are cleaned and cut; no signal is lost over them."""
    (signal,) = parse(SMALLEST | change)
    assert shown == getattr(signal, field)


MISTAKES = [
    ("a list", [], "body", "must be an object, not a list"),
    ("no signals", {"signals": []}, "signals", "is empty"),
    ("a typo beside signals", {"signals": [SMALLEST], "source": "a"}, "body", "unknown keys: source"),
    ("a typo", {"signals": [SMALLEST | {"sevrity": "P1"}]}, "signals[0]", "unknown keys: sevrity"),
    ("501 signals", {"signals": [SMALLEST] * 501}, "signals", "holds 501 signals; at most 500"),
    ("no key", SMALLEST | {"key": None}, "key", "must be a text, not null"),
    ("a blank key", SMALLEST | {"key": "  "}, "key", "is empty"),
    ("a long key", SMALLEST | {"key": "x" * 301}, "key", "has 301 characters; at most 300"),
    ("a key with a line end", SMALLEST | {"key": "a\nb"}, "key", "one line without control"),
    ("a long group", SMALLEST | {"group": "x" * 1001}, "group", "at most 1000"),
    ("another status", SMALLEST | {"status": "Firing"}, "status", "must be firing or resolved"),
    ("no title", SMALLEST | {"title": ""}, "title", "is empty"),
    ("a number as title", SMALLEST | {"title": 12}, "title", "must be a text, not a number"),
    (
        "a start without a zone",
        SMALLEST | {"started_at": "2026-03-01T14:00:00"},
        "started_at",
        "with its zone",
    ),
    ("a start in seconds", SMALLEST | {"started_at": 1772373600}, "started_at", "must be a text"),
    ("an end while firing", FULL | {"status": "firing"}, "ended_at", "does not fit a firing signal"),
    ("an end before the start", FULL | {"ended_at": "2026-03-01T13:59:59Z"}, "ended_at", "before started_at"),
    ("a label that is a list", SMALLEST | {"labels": {"a": []}}, "labels.a", "must be a text, not a list"),
    ("65 labels", SMALLEST | {"labels": {str(n): "" for n in range(65)}}, "labels", "at most 64"),
    ("labels in a text", SMALLEST | {"labels": "a=b"}, "labels", "must be an object, not a text"),
    ("a script as link", SMALLEST | {"link": "javascript:alert(1)"}, "link", "an absolute https://"),
    (
        "a password in the link",
        SMALLEST | {"link": "https://a:hunter2@b.example"},
        "link",
        "without a password",
    ),
]


@pytest.mark.parametrize(("value", "field", "says"), [r[1:] for r in MISTAKES], ids=[r[0] for r in MISTAKES])
def test_a_mistake_is_named_with_its_place(value: object, field: str, says: str) -> None:
    """The sender learns what to change, and the value itself is not repeated."""
    with pytest.raises(Unreadable) as refusal:
        parse(value)
    assert field == refusal.value.field
    assert says in refusal.value.problem
    assert "hunter2" not in str(refusal.value)


def test_signatures_of_the_standards_own_library_are_accepted() -> None:
    """A sender may use any Standard Webhooks library."""
    body = json.dumps(SMALLEST)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", NOW, body),
    }
    request = HookRequest(headers, body.encode())
    generic.verify(generic.Config(secrets=(SECRET,)), request, now=NOW)
    assert generic.delivery_id(request) == "msg_1"


@pytest.mark.parametrize(
    "secrets",
    [
        (),
        SECRET,
        ("",),
        ("whsec_",),
        (SECRET, "whsec_"),
        (SECRET.removeprefix("whsec_"),),
        ("whsec_" + base64.b64encode(bytes(23)).decode(),),
        ("whsec_" + base64.b64encode(bytes(65)).decode(),),
        ("whsec_not base64 at all, is it?!!!!!!!!!!",),
    ],
    ids=["none", "a text", "empty", "no key", "one empty", "no prefix", "23 bytes", "65 bytes", "no base64"],
)
def test_a_secret_that_protects_nothing_is_refused(secrets: Any) -> None:
    """A weak secret never becomes a setting, and the complaint does not repeat it."""
    with pytest.raises(ValueError, match=r"^secrets: ") as refusal:
        generic.Config(secrets=secrets)
    assert SECRET.removeprefix("whsec_") not in str(refusal.value)


@pytest.mark.parametrize("seconds", [0, 301, -5])
def test_the_tolerance_is_never_wider_than_five_minutes(seconds: int) -> None:
    """A wider one could outlast the memory of ids already seen."""
    with pytest.raises(ValueError, match="tolerance_seconds: must be 1 to 300"):
        generic.Config(secrets=(SECRET,), tolerance_seconds=seconds)
