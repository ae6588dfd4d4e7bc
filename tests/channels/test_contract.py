"""What holds for every channel there is: the ones shipped here and the ones installed beside them."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass
from types import ModuleType
from typing import Any

import pytest

from clarion import plugins
from clarion.channels import BadAddress, email, webhook
from clarion.rules.delivery import Parcel, Refused, Retry, Sent
from tests.channels.samples import MESSAGE, NOW, message, parcel
from tests.channels.sinks import dead_port, endpoint, relay

CHANNELS = plugins.modules("clarion.channels")
SECRET = webhook.new_secret()
LINK = "https://status.example.org/unsubscribe?t=geheim-link"


def mail_to(port: int) -> tuple[Any, Parcel]:
    config = email.Config(
        "127.0.0.1", "s@example.org", "S", port=port, tls="none", timeout=1, password="geheim-pw"
    )
    return config, parcel(unsubscribe_url=LINK)


def post_to(port: int) -> tuple[Any, Parcel]:
    config = webhook.Config(timeout=1, allow_private=(f"127.0.0.1:{port}",))
    address = f"http://127.0.0.1:{port}/geheim-path"
    return config, parcel(address=address, secret=SECRET, unsubscribe_url=LINK)


#: How to point a channel at a port on this machine. A new channel adds its line here.
POINTED_AT: dict[str, Callable[[int], tuple[Any, Parcel]]] = {"email": mail_to, "webhook": post_to}
SECRETS = ("geheim", SECRET, SECRET.removeprefix("whsec_"))


@pytest.fixture(params=sorted(CHANNELS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def channel(name: str) -> ModuleType:
    return CHANNELS[name]


def test_it_has_a_name_for_people(channel: ModuleType) -> None:
    assert channel.LABEL.strip() == channel.LABEL != ""
    assert (channel.__doc__ or "").strip()


def test_its_settings_are_typed_and_never_change(name: str, channel: ModuleType) -> None:
    assert is_dataclass(channel.Config)
    config, _ = POINTED_AT[name](1)
    with pytest.raises((FrozenInstanceError, AttributeError)):
        setattr(config, fields(config)[0].name, "changed")
    assert "geheim" not in repr(config)


def test_it_takes_an_address_with_or_without_settings(name: str, channel: ModuleType) -> None:
    assert ["address", "config"] == list(inspect.signature(channel.clean_address).parameters)
    config, reader = POINTED_AT[name](1)
    assert reader.address == channel.clean_address(reader.address, config=config)


@pytest.mark.parametrize("address", ["", " ", "\x00", "no address", "a" * 5000, "\r\n", "\ud800"])
def test_it_refuses_what_is_no_address_with_a_sentence(address: str, channel: ModuleType) -> None:
    with pytest.raises(BadAddress) as told:
        channel.clean_address(address)
    assert str(told.value)[0].isupper()
    assert str(told.value).endswith(".")


def test_a_dead_peer_is_tried_again_and_raises_nothing(
    name: str, channel: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    config, reader = POINTED_AT[name](dead_port())
    with channel.connect(config) as session:
        outcomes = [session.send(MESSAGE, reader, now=NOW) for _ in range(2)]
    assert [Retry, Retry] == [type(outcome) for outcome in outcomes]
    for secret in SECRETS:
        assert secret not in repr(outcomes)
        assert secret not in caplog.text


@pytest.mark.parametrize("address", ["", "\x00", "no address", "\r\nX: y", "http://[", "a@b@c", "\ud800"])
def test_a_broken_address_in_the_table_is_refused_and_raises_nothing(
    address: str, name: str, channel: ModuleType
) -> None:
    config, reader = POINTED_AT[name](dead_port())
    broken = parcel(address=address, secret=reader.secret)
    with channel.connect(config) as session:
        assert isinstance(session.send(MESSAGE, broken, now=NOW), Refused)


def test_an_unlikely_message_raises_nothing(name: str, channel: ModuleType) -> None:
    strange = message(
        title="\ud800", body="\x00" * 10, state="?", impact="\u2028", page_url="http://[", incident_url=""
    )
    config, reader = POINTED_AT[name](dead_port())
    with channel.connect(config) as session:
        assert isinstance(session.send(strange, reader, now=NOW), Retry | Refused)


def test_a_repeat_is_recognisable(name: str, channel: ModuleType) -> None:
    """Sent twice, the delivery has the same id both times; another delivery has another."""
    with relay() as mails, endpoint() as posts:
        config, reader = POINTED_AT[name](mails.port if name == "email" else posts.port)
        other = Parcel("dlv_2", reader.address, reader.secret, reader.unsubscribe_url)
        for each in (reader, reader, other):
            with channel.connect(config) as session:
                assert isinstance(session.send(MESSAGE, each, now=NOW), Sent)
    seen = [mail.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in mails.mails]
    seen += [request.headers["webhook-id"].encode() for request in posts.requests]
    assert seen[0] == seen[1] != seen[2]
    assert b"dlv_1" in seen[0]


def test_sessions_are_closed_even_when_the_work_fails(name: str, channel: ModuleType) -> None:
    config, _ = POINTED_AT[name](dead_port())
    with pytest.raises(ZeroDivisionError), channel.connect(config):
        raise ZeroDivisionError
