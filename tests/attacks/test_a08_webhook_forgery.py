"""Webhook forgery: a request that its source did not sign, as it is, just now, does not get in.

This file holds the checks of the signature itself. That the same id is taken once, and never with
another body, is a matter of what has been stored and is shown where requests arrive.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clarion.rules.intake import HookRequest, Unverified
from clarion.sources import alertmanager, generic

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
KEY, OLD_KEY, OTHER_KEY = (bytes([number]) * 32 for number in (1, 2, 3))
BODY = b'{"key": "a",  "status": "firing", "title": "T", "started_at": "2026-03-01T14:00:00Z"}'
ID = "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"


def whsec(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


CONFIG = generic.Config(secrets=(whsec(KEY), whsec(OLD_KEY)))


def digest(key: bytes = KEY, body: bytes = BODY, at: datetime = NOW, algorithm: str = "sha256") -> bytes:
    return hmac.digest(key, f"{ID}.{int(at.timestamp())}.".encode() + body, algorithm)


def signature(key: bytes = KEY, body: bytes = BODY, at: datetime = NOW) -> str:
    return "v1," + base64.b64encode(digest(key, body, at)).decode()


def request(signed: str | None, at: datetime = NOW, body: bytes = BODY, **more: str) -> HookRequest:
    headers = {"webhook-id": ID, "webhook-timestamp": str(int(at.timestamp()))}
    headers |= {} if signed is None else {"webhook-signature": signed}
    return HookRequest(headers | {name.replace("_", "-"): value for name, value in more.items()}, body)


def gets_in(found: HookRequest, config: generic.Config = CONFIG) -> bool:
    """Whether the source believes the request; a refusal must say nothing about why."""
    try:
        generic.verify(config, found, now=NOW)
    except Unverified as refusal:
        assert str(refusal) == ""
        assert refusal.__cause__ is None
        return False
    return True


def ago(seconds: int) -> datetime:
    return NOW - timedelta(seconds=seconds)


RIGHT = signature()
GOOD = [
    ("signed now", request(RIGHT)),
    ("signed with the old secret during rotation", request(signature(OLD_KEY))),
    ("two signatures, the second valid", request(f"{signature(OTHER_KEY)} {RIGHT}")),
    ("two signatures, the first valid", request(f"{RIGHT} {signature(OTHER_KEY)}")),
    ("an asymmetric signature beside ours", request(f"v1a,{'A' * 86}== {RIGHT}")),
    ("300 s old", request(signature(at=ago(300)), at=ago(300))),
    ("300 s ahead", request(signature(at=ago(-300)), at=ago(-300))),
]


@pytest.mark.parametrize("found", [row[1] for row in GOOD], ids=[row[0] for row in GOOD])
def test_an_honest_request_gets_in(found: HookRequest) -> None:
    """Otherwise the refusals below would mean nothing."""
    assert gets_in(found)


RESERIALISED = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
ENCODED = RIGHT.removeprefix("v1,")
FORGED = [
    ("no signature", request(None)),
    ("an empty signature", request("")),
    ("a version without a signature", request("v1,")),
    ("a signature over re-serialised JSON", request(signature(body=RESERIALISED))),
    ("a re-serialised body under the right signature", request(RIGHT, body=RESERIALISED)),
    ("signed with an empty key", request(signature(b""))),
    ("signed with the text of the secret as key", request(signature(whsec(KEY).encode()))),
    ("the algorithm none", request(f"none,{ENCODED}")),
    ("an algorithm field in the signature", request('{"alg":"none"}')),
    ("an algorithm header", request(None, webhook_algorithm="none", webhook_signature_algorithm="none")),
    ("SHA-1", request("v1," + base64.b64encode(digest(algorithm="sha1")).decode())),
    ("version 0", request(f"v0,{ENCODED}")),
    ("an upper-case version", request(f"V1,{ENCODED}")),
    ("no version", request(ENCODED)),
    ("301 s old", request(signature(at=ago(301)), at=ago(301))),
    ("301 s ahead", request(signature(at=ago(-301)), at=ago(-301))),
    ("an old signature under a new time", request(signature(at=ago(301)))),
    ("lower-case hex", request("v1," + digest().hex())),
    ("upper-case hex", request("v1," + digest().hex().upper())),
    ("upper-case base64", request(RIGHT.replace(ENCODED, ENCODED.upper()))),
    ("base64 for addresses", request("v1," + base64.urlsafe_b64encode(digest()).decode())),
    ("base64 without padding", request(RIGHT.rstrip("="))),
    ("base64 with another last bit", request(RIGHT[:-2] + chr(ord(RIGHT[-2]) + 1) + "=")),
    ("the first byte right", request("v1," + base64.b64encode(digest()[:1] + bytes(31)).decode())),
    ("the beginning of the right one", request(RIGHT[:-4])),
    ("the right one and more", request(RIGHT + "=")),
    ("the signature of another source", request(signature(OTHER_KEY))),
    ("two signatures, none valid", request(f"{signature(OTHER_KEY)} {signature(body=RESERIALISED)}")),
    ("valid, behind ten others", request(" ".join([signature(OTHER_KEY)] * 10 + [RIGHT]))),
    ("characters that are not ASCII", request("v1,ü\udc80")),
    ("another id", HookRequest(request(RIGHT).headers | {"webhook-id": "msg_other"}, BODY)),
    ("no id", HookRequest({k: v for k, v in request(RIGHT).headers.items() if k != "webhook-id"}, BODY)),
    ("another body", request(RIGHT, body=BODY.replace(b"firing", b"resolved"))),
]


@pytest.mark.parametrize("found", [row[1] for row in FORGED], ids=[row[0] for row in FORGED])
def test_a_forged_request_stays_outside(found: HookRequest) -> None:
    """Refused, and without a word that would help the next try."""
    assert not gets_in(found)


SECONDS = str(int(NOW.timestamp()))
OTHER_DIGITS = "".join(chr(0x660 + int(digit)) for digit in SECONDS)
TIMES = [
    "",
    "now",
    f" {SECONDS}",
    f"{SECONDS} ",
    f"+{SECONDS}",
    f"{SECONDS}.0",
    f"{SECONDS[0]}_{SECONDS[1:]}",
]
TIMES += [OTHER_DIGITS, hex(int(SECONDS)), NOW.isoformat(), "-1", "9" * 400, "NaN", "Infinity"]


def signed_as(name: str, seconds: str) -> HookRequest:
    """A request whose signature is right for exactly this id and this spelling of the time."""
    signed = base64.b64encode(hmac.digest(KEY, f"{name}.{seconds}.".encode() + BODY, "sha256")).decode()
    headers = {"webhook-id": name, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signed}"}
    return HookRequest(headers, BODY)


@pytest.mark.parametrize("seconds", TIMES)
def test_a_time_has_one_spelling(seconds: str) -> None:
    """Even when it is signed, a time written otherwise is not read generously."""
    assert gets_in(signed_as(ID, SECONDS))
    assert not gets_in(signed_as(ID, seconds))


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a\nb", "ä", "x" * 201])
def test_an_id_cannot_move_the_borders_of_what_is_signed(name: str) -> None:
    """Id, time and body are joined by full stops, so an id may hold none."""
    assert not gets_in(signed_as(name, SECONDS))


def test_after_the_rotation_the_old_secret_is_worth_nothing() -> None:
    """Once the old secret is taken out, its signatures stay outside."""
    assert not gets_in(request(signature(OLD_KEY)), generic.Config(secrets=(whsec(KEY),)))


@pytest.mark.parametrize("make", [lambda: generic.Config(("whsec_",)), lambda: alertmanager.Config(("",))])
def test_an_empty_key_cannot_even_be_set(make: Callable[[], object]) -> None:
    """An empty key would let anyone sign."""
    with pytest.raises(ValueError, match=r"^(secrets|tokens): "):
        make()


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every secret is compared by hmac.compare_digest, even after one has matched, so no time is told."""
    compared = []
    real = hmac.compare_digest

    def counting(first: bytes, second: bytes) -> bool:
        compared.append(len(first))
        return real(first, second)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    generic.verify(CONFIG, request(RIGHT), now=NOW)
    tokens = ("first-token-of-this-source", "second-token-of-this-source")
    bearer = HookRequest({"authorization": f"Bearer {tokens[0]}"}, BODY)
    alertmanager.verify(alertmanager.Config(tokens), bearer, now=NOW)
    assert compared == [47, 47, 32, 32]
