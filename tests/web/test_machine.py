"""Which machine a wrong password is counted for, directly and behind proxies."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings

from clarion import settings as own
from clarion.web.machine import Machine, of

PROXIES = ("127.0.0.1", "10.0.0.0/8", "::1")

CASES = [
    ("straight from the internet", (), "8.8.8.8", None, "8.8.8.8", True),
    ("in X-Forwarded-For anybody writes anything", (), "8.8.8.8", "203.0.113.9", "8.8.8.8", True),
    ("a private address may be a proxy's", (), "127.0.0.1", "203.0.113.9", "127.0.0.1", False),
    ("a named proxy is believed", PROXIES, "127.0.0.1", "203.0.113.9", "203.0.113.9", True),
    ("only as far as it is the writer", PROXIES, "127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9", True),
    ("two named proxies", PROXIES, "::1", "192.0.2.1, 203.0.113.9, 10.1.1.1", "203.0.113.9", True),
    ("a proxy that writes ports", PROXIES, "10.0.0.1", "203.0.113.9:4711", "203.0.113.9", True),
    ("and those of IPv6", PROXIES, "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7", True),
    ("an IPv4 address written as IPv6", PROXIES, "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9", True),
    ("a named proxy that says nothing", PROXIES, "127.0.0.1", None, "127.0.0.1", False),
    ("or nonsense", PROXIES, "127.0.0.1", "203.0.113.9, unknown", "127.0.0.1", False),
    ("no address at all", (), "", None, "", False),
]


@pytest.mark.parametrize(
    ("proxies", "peer", "header", "address", "alone"),
    [row[1:] for row in CASES],
    ids=[row[0] for row in CASES],
)
def test_the_machine(
    proxies: tuple[str, ...],
    peer: str,
    header: str | None,
    address: str,
    alone: bool,
    trust: Any,
) -> None:
    trust(*proxies)
    meta = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": header} if header else {})
    assert Machine(address, alone=alone) == of(meta)


@pytest.fixture
def trust() -> Any:
    """Names proxies, for this test."""
    before = settings.CLARION.trusted_proxies

    def name(*proxies: str) -> None:
        object.__setattr__(settings.CLARION, "trusted_proxies", tuple(ip_network(each) for each in proxies))

    yield name
    object.__setattr__(settings.CLARION, "trusted_proxies", before)


def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(own.BadSetting, match="CLARION_TRUSTED_PROXIES has 'nginx'; write addresses"):
        own.read({"CLARION_TRUSTED_PROXIES": "127.0.0.1, nginx"})
    read = own.read({"CLARION_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"})
    assert (ip_network("127.0.0.1"), ip_network("10.0.0.0/8")) == read.trusted_proxies
