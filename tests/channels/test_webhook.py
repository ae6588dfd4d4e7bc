"""A program gets each update signed, recognisable when it comes twice, and can stop it."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from clarion.channels import BadAddress, webhook
from clarion.rules.delivery import Outcome, Refused, Retry, Sent
from clarion.rules.prose import to_plain
from tests.channels.samples import BODY, MESSAGE, NOW, message, parcel
from tests.channels.sinks import DROP, HANG, Endpoint, answered, dead_port, endpoint, resolving, serving

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()


def config(peer: Endpoint, **changes: Any) -> webhook.Config:
    return webhook.Config(**{"timeout": 1.0, "allow_private": (peer.pair,), **changes})


def send(peer: Endpoint, *, now: datetime = NOW, times: int = 1, **changes: Any) -> list[Outcome]:
    reader = parcel(**{"address": peer.url, "secret": SECRET, **changes})
    with webhook.connect(config(peer)) as session:
        return [session.send(MESSAGE, reader, now=now) for _ in range(times)]


def test_the_body_tells_the_update_its_incident_and_the_way_out() -> None:
    with endpoint() as peer:
        assert [Sent("the endpoint answered 200")] == send(peer)
    [request] = peer.requests
    assert "POST /hook HTTP/1.1" == request.line
    assert "application/json" == request.headers["content-type"]
    assert {
        "type": "update.published",
        "timestamp": "2026-03-14T09:26:53.000Z",
        "data": {
            "page": {"name": "Example Status", "url": "https://status.example.org"},
            "incident": {
                "id": "inc_1",
                "title": "API errors",
                "state": "investigating",
                "status": "investigating",
                "impact": "major",
                "url": "https://status.example.org/incidents/inc_1",
            },
            "update": {
                "id": "upd_1",
                "language": "en",
                "body": BODY,
                "body_plain": to_plain(BODY),
                "published_at": "2026-03-14T09:26:53.000Z",
            },
            "components": [{"name": "API"}, {"name": "Web"}],
            "next_update_at": "2026-03-14T09:56:00.000Z",
            "unsubscribe_url": "https://status.example.org/unsubscribe?t=abc_DEF-123",
        },
    } == json.loads(request.body)


def test_a_state_that_other_tools_do_not_know_is_told_in_their_word_too() -> None:
    told = json.loads(webhook.body_without_link(message(state="mitigated")) + '""}}')
    assert ("mitigated", "monitoring") == (
        told["data"]["incident"]["state"],
        told["data"]["incident"]["status"],
    )


@pytest.mark.parametrize("title", ['"}]}', "\ud800", "\u2028", "障害", "\x00\r\n"])
def test_no_title_breaks_the_json(title: str) -> None:
    body = webhook.body_without_link(message(title=title)) + '""}}'
    assert title == json.loads(body)["data"]["incident"]["title"]
    assert body.isascii()


def test_the_standard_verifier_accepts_it() -> None:
    with endpoint() as peer:
        send(peer, now=datetime.now(UTC))
    [request] = peer.requests
    assert "upd_1" == Webhook(SECRET).verify(request.body, request.headers)["data"]["update"]["id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body + b" ", request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.new_secret()).verify(request.body, request.headers)


def test_the_signature_can_be_checked_by_hand() -> None:
    with endpoint() as peer:
        send(peer)
    [request] = peer.requests
    assert str(int(NOW.timestamp())) == request.headers["webhook-timestamp"]
    signed = b"dlv_1." + request.headers["webhook-timestamp"].encode() + b"." + request.body
    expected = hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()
    assert "v1," + b64encode(expected).decode() == request.headers["webhook-signature"]


def test_a_repeat_has_the_same_id_and_body_and_a_fresh_signature() -> None:
    with endpoint() as peer:
        send(peer)
        send(peer, now=NOW + timedelta(minutes=10))
    first, second = peer.requests
    assert "dlv_1" == first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert 600 == int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_while_a_secret_is_replaced_both_are_good() -> None:
    fresh = webhook.new_secret()
    with endpoint() as peer:
        send(peer, now=datetime.now(UTC), secret=f"{fresh} {SECRET}")
    [request] = peer.requests
    for secret in (fresh, SECRET):
        Webhook(secret).verify(request.body, request.headers)


def test_new_secrets_are_long_and_never_the_same() -> None:
    one, other = webhook.new_secret(), webhook.new_secret()
    assert one != other
    assert one.startswith("whsec_")
    assert 32 == len(b64decode(one.removeprefix("whsec_")))


@pytest.mark.parametrize(
    "secret", ["", " ", "whsec_", "whsec_c2hvcnQ=", "abc", "whsec_!!!", SECRET + " x", SECRET[6:]]
)
def test_nothing_goes_out_without_a_good_secret(secret: str) -> None:
    with endpoint() as peer:
        [outcome] = send(peer, secret=secret)
    assert Refused("The signing secret is missing or malformed; create a new one") == outcome
    assert 0 == peer.calls


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Sent),
        (201, Sent),
        (204, Sent),
        (301, Refused),
        (302, Refused),
        (307, Refused),
        (400, Refused),
        (401, Refused),
        (404, Refused),
        (408, Retry),
        (409, Retry),
        (410, Refused),
        (425, Retry),
        (429, Retry),
        (500, Retry),
        (503, Retry),
    ],
)
def test_an_answer_says_whether_to_come_again(status: int, kind: type) -> None:
    with endpoint(answered(f"{status} x", Location="http://127.0.0.1:1/")) as peer:
        [outcome] = send(peer)
    assert isinstance(outcome, kind), outcome
    assert 1 == len(peer.requests)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("9999999999", 86400.0),
        ("99999999999999999999", None),
        ("Sat, 14 Mar 2026 09:31:30 GMT", 90.0),
        ("Sat, 14 Mar 2026 09:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
        ("Sat, 14 Mar 2026 09:31:30 -0000", 90.0),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_busy_endpoint_says_when_to_come_again(header: str, seconds: float | None) -> None:
    with endpoint(answered("503 busy", Retry_After=header)) as peer:
        assert [Retry("the endpoint answered 503", after=seconds)] == send(peer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (HANG, Retry(webhook.UNREACHABLE)),
        (DROP, Retry(webhook.UNREACHABLE)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + HANG, Retry(webhook.UNREACHABLE)),
        (b"SSH-2.0-OpenSSH_9.6\r\n" + DROP, Retry(webhook.UNREACHABLE)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + HANG, Sent("the endpoint answered 200")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + DROP, Sent("the endpoint answered 200")),
    ],
)
def test_what_counts_is_the_status_and_nothing_else(answer: bytes, expected: Outcome) -> None:
    with endpoint(answer) as peer:
        assert [expected] == send(peer)


class Flood(Endpoint):
    """Answers with a body, or with headers, that never end; counts what it got rid of."""

    given = 0

    def say(self, connection: Any, answer: bytes) -> bool:
        connection.sendall(answer)
        for _ in range(10_000):
            self.given += connection.send(b"X-Filler: " + b"x" * 1012 + b"\r\n")
        return False


@pytest.mark.parametrize("answer", [b"HTTP/1.1 500 x\r\n\r\n", b"HTTP/1.1 500 x\r\n"])
def test_an_endless_answer_is_cut_off(answer: bytes) -> None:
    flood = Flood([answer])
    with serving(flood.talk) as port:
        flood.port = port
        assert [Retry("the endpoint answered 500")] == send(flood)
    assert flood.given < 10_000_000


def test_a_dead_endpoint_and_a_forbidden_one_answer_alike() -> None:
    """Nobody learns from an outcome which doors of a network exist, or are open."""
    with endpoint(HANG) as peer:
        [hanging] = send(peer)
    with webhook.connect(webhook.Config(allow_private=(f"127.0.0.1:{(dead := dead_port())}",))) as session:
        reader = parcel(address=f"http://127.0.0.1:{dead}/", secret=SECRET)
        closed = session.send(MESSAGE, reader, now=NOW)
        resolving(session, "inside.example.org", 80, "127.0.0.1")
        forbidden = session.send(
            MESSAGE, parcel(address="http://inside.example.org/", secret=SECRET), now=NOW
        )
    assert Retry(webhook.UNREACHABLE) == hanging == closed == forbidden


def test_one_connection_serves_many_updates() -> None:
    with endpoint() as peer:
        send(peer, times=5)
    assert (1, 5) == (peer.calls, len(peer.requests))


def test_a_proxy_from_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint() as proxy, endpoint() as peer:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert [Sent("the endpoint answered 200")] == send(peer)
    assert (0, 1) == (proxy.calls, peer.calls)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("https://hooks.example.org", "https://hooks.example.org/"),
        (" HTTPS://Hooks.Example.ORG:443/A?b=C ", "https://hooks.example.org/A?b=C"),
        ("http://hooks.example.org:80?x=1", "http://hooks.example.org/?x=1"),
        ("https://hooks.example.org.:8443/x", "https://hooks.example.org:8443/x"),
        ("https://bücher.example/ü?ä", "https://xn--bcher-kva.example/%C3%BC?%C3%A4"),
        ("https://8.8.8.8/x", "https://8.8.8.8/x"),
        ("https://[2606:4700:0::1111]:8080/", "https://[2606:4700::1111]:8080/"),
        ("https://example.org/a%20b@c", "https://example.org/a%20b@c"),
    ],
)
def test_an_address_is_kept_in_one_form(written: str, stored: str) -> None:
    assert stored == webhook.clean_address(written)
    assert stored == webhook.clean_address(stored)


def test_an_operator_may_name_private_endpoints_one_by_one() -> None:
    own = webhook.Config(allow_private=("10.0.0.7:9000", "hooks:80", "[::1]:9000"))
    for address in ("http://10.0.0.7:9000/x", "http://hooks/", "http://[::1]:9000/"):
        assert address == webhook.clean_address(address, config=own)
    for address in ("http://10.0.0.7:9001/x", "http://10.0.0.8:9000/", "https://hooks/"):
        with pytest.raises(BadAddress):
            webhook.clean_address(address, config=own)
