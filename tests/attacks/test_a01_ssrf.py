"""A reader's web address never makes us call our own network, however it is written."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.channels import BadAddress, webhook
from clarion.channels._guard import is_public, parse
from clarion.channels._post import Poster
from clarion.rules.delivery import Outcome, Refused, Retry, Sent
from tests.channels.samples import MESSAGE, NOW, parcel
from tests.channels.sinks import answered, canary, endpoint, resolving

SECRET = webhook.new_secret()

#: ``{p}`` is the port of the canary.
HIDDEN_FORMS = [
    "http://127.1:{p}/",
    "http://2130706433:{p}/",
    "http://0x7f000001:{p}/",
    "http://0x7f.1:{p}/",
    "http://0177.0.0.1:{p}/",
    "http://127.0.0.01:{p}/",
    "http://0:{p}/",
    "http://127.0.0.1.:{p}/",
    "http://127.000.000.001:{p}/",
    "http://①②⑦.⓪.⓪.①:{p}/",
    "http://１２７.０.０.１:{p}/",
    "http://127。0。0。1:{p}/",
    "http://127．0．0．1:{p}/",
    "http://١٢٧.٠.٠.١:{p}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/",
    "http://LOCALHOST:{p}/",
    "http://localhost.:{p}/",
    "http://x.localhost:{p}/",
    "http://[::]:{p}/",
    "http://[::1]:{p}/",
    "http://[0:0:0:0:0:0:0:1]:{p}/",
    "http://[::1%25lo]:{p}/",
    "http://[::ffff:127.0.0.1]:{p}/",
    "http://[::ffff:7f00:1]:{p}/",
    "http://[::127.0.0.1]:{p}/",
    "http://[64:ff9b::7f00:1]:{p}/",
    "http://[2002:7f00:1::]:{p}/",
    "http://127.0.0.1:{p}/",
    "http://127.255.255.254:{p}/",
    "http://0.0.0.0:{p}/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://224.0.0.1/",
    "http://[ff02::1]/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://172.16.0.1/",
    "http://255.255.255.255/",
]
PARSER_TRICKS = [
    "http://example.org@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}@example.org/",
    "http://example.org\\@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}\\@example.org/",
    "http://127.0.0.1:{p}#@example.org/",
    "http://example.org#@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}?@example.org/",
    "http://example.org:80:{p}/",
    "http://[::1]example.org:{p}/",
    "http://example.org[::1]:{p}/",
    "http://%31%32%37.0.0.1:{p}/",
    "http://127.0.0.1%00.example.org:{p}/",
    "http://127.0.0.1\x00.example.org:{p}/",
    "http://127.0.0.1\t:{p}/",
    "http://127.0.0.1\r\nHost: x:{p}/",
    "http:127.0.0.1:{p}/",
    "http:/127.0.0.1:{p}/",
    "http:///127.0.0.1:{p}/",
    "//127.0.0.1:{p}/",
    "127.0.0.1:{p}",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{p}/_x",
    "dict://127.0.0.1:{p}/x",
    "ftp://127.0.0.1:{p}/",
    "javascript:alert(1)",
    "http://:{p}/",
    "http://./",
    "http://-x.example.org/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://example.org:22/",
    "http://example.org:5432/",
    "http://" + "a" * 2000 + ".example.org/",
    "",
]


@pytest.fixture
def trap() -> Iterator[tuple[int, list[bool]]]:
    """A service of our own that nobody outside may reach."""
    with canary() as (port, caught):
        yield port, caught
        assert not caught, "something called the canary"


def deliver(address: str, port: int) -> Outcome:
    settings = webhook.Config(timeout=2, connect_timeout=1, ports=(80, 443, 8080, 8443, port))
    with webhook.connect(settings) as session:
        return session.send(MESSAGE, parcel(address=address, secret=SECRET), now=NOW)


@pytest.mark.parametrize("form", HIDDEN_FORMS + PARSER_TRICKS)
def test_the_form_is_refused_with_a_sentence_and_never_called(
    form: str, trap: tuple[int, list[bool]]
) -> None:
    address = form.format(p=trap[0])
    config = webhook.Config(ports=(80, 443, 8080, 8443, trap[0]))
    with pytest.raises(BadAddress) as told:
        webhook.clean_address(address, config=config)
    assert str(told.value).endswith(".")
    assert Refused(str(told.value)) == deliver(address, trap[0])


@pytest.mark.parametrize("form", [form for form in HIDDEN_FORMS if form.isascii()])
def test_even_past_the_first_check_the_socket_is_not_opened(form: str, trap: tuple[int, list[bool]]) -> None:
    """The guard stands alone: curl reads these forms in its own way, and still calls nobody."""
    poster = Poster(timeout=1, connect_timeout=0.5)
    try:
        poster.post(form.format(p=trap[0]), {}, b"{}", private=False)
        assert 0 == poster.status
    finally:
        poster.close()


@pytest.mark.parametrize(
    "answers",
    [
        ("127.0.0.1",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("0.0.0.0",),  # noqa: S104 - an attacker's answer, not a place to listen
        ("127.0.0.1", "::1"),
    ],
)
def test_a_name_that_leads_inside_is_not_followed(
    answers: tuple[str, ...], trap: tuple[int, list[bool]]
) -> None:
    settings = webhook.Config(timeout=2, connect_timeout=1, ports=(trap[0],))
    with webhook.connect(settings) as session:
        resolving(session, "inside.example.org", trap[0], *answers)
        address = webhook.clean_address(f"http://inside.example.org:{trap[0]}/", config=settings)
        outcome = session.send(MESSAGE, parcel(address=address, secret=SECRET), now=NOW)
    assert Retry(webhook.UNREACHABLE) == outcome


def test_a_name_that_changes_its_answer_between_two_calls_gains_nothing() -> None:
    with endpoint() as peer, canary() as (port, caught):
        named = f"rebind.example.org:{peer.port}"
        other = f"rebind.example.org:{port}"
        settings = webhook.Config(timeout=2, ports=(peer.port, port), allow_private=(named,))
        with webhook.connect(settings) as session:
            resolving(session, "rebind.example.org", peer.port, "127.0.0.1")
            first = session.send(MESSAGE, parcel(address=f"http://{named}/", secret=SECRET), now=NOW)
            resolving(session, "rebind.example.org", port, "127.0.0.1")
            second = session.send(MESSAGE, parcel(address=f"http://{other}/", secret=SECRET), now=NOW)
    assert isinstance(first, Sent)
    assert Retry(webhook.UNREACHABLE) == second
    assert not caught


def test_a_guard_that_fails_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(address: str) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr("clarion.channels._post.is_public", fail)
    poster = Poster(timeout=1, connect_timeout=0.5)
    try:
        with canary() as (port, caught):
            poster.post(f"http://127.0.0.1:{port}/", {}, b"{}", private=False)
    finally:
        poster.close()
    assert 0 == poster.status
    assert not caught


def test_a_redirect_to_our_network_is_not_followed() -> None:
    with canary() as (port, caught):
        answer = answered("302 Found", Location=f"http://127.0.0.1:{port}/")
        with endpoint(answer) as peer, webhook.connect(webhook.Config(allow_private=(peer.pair,))) as session:
            outcome = session.send(MESSAGE, parcel(address=peer.url, secret=SECRET), now=NOW)
    assert isinstance(outcome, Refused)
    assert 1 == len(peer.requests)
    assert not caught


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_the_public_internet_stays_reachable(address: str) -> None:
    assert is_public(address)


WRAPPINGS = ["::ffff:0:0", "::", "64:ff9b::"]


@given(st.ip_addresses(v=4).filter(lambda ip: not ip.is_global or ip.is_multicast))
def test_no_wrapping_makes_a_private_address_public(inner: IPv4Address) -> None:
    assert not is_public(str(inner))
    for wrapping in WRAPPINGS:
        assert not is_public(str(IPv6Address(int(IPv6Address(wrapping)) | int(inner))))
    assert not is_public(str(IPv6Address((0x2002 << 112) | (int(inner) << 80) | 1)))
    teredo = (0x20010000 << 96) | (0x08080808 << 64) | (int(inner) ^ 0xFFFFFFFF)
    assert not is_public(str(IPv6Address(teredo)))
    assert not is_public(str(IPv6Address((0x2600 << 112) | (0x5EFE << 32) | int(inner))))


@given(st.ip_addresses(v=6))
def test_what_counts_as_public_is_always_global_unicast(address: IPv6Address) -> None:
    if is_public(str(address)):
        assert (
            not (address.is_private or address.is_multicast or address.is_link_local) or address.ipv4_mapped
        )


@given(st.text(max_size=40).map("http://".__add__) | st.text(max_size=60))
def test_an_accepted_address_means_the_same_when_read_again(text: str) -> None:
    try:
        url = parse(text)
    except BadAddress:
        return
    assert url == parse(str(url))
    assert str(url).isascii()
