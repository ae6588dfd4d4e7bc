"""Neither an address nor a text can speak SMTP: the relay hears one mail for one reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clarion.channels import BadAddress, email
from clarion.rules.delivery import Refused, Sent
from clarion.rules.prose import to_plain
from tests.channels.samples import MESSAGE, NOW, PARCEL, message, parcel
from tests.channels.sinks import Relay, relay

ADDRESSES = [
    "v@x.test>\r\nRCPT TO:<evil@x.test",
    "v@x.test\r\nDATA",
    "v@x.test\r\n",
    "v@x.test\n",
    "v@x.test\x0b",
    "v@x.test\x85",
    "v@x.test\u2028",
    "a@x.test,b@x.test",
    "a@x.test;b@x.test",
    "a@x.test b@x.test",
    "a\x00@x.test",
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    "=?x?@x.test",
    "=?utf-8?q?a=40x.test=3E?=@x.test",
    "a@=?x?=.test",
    "a" * 400 + "@x.test",
    "a@" + "x" * 300 + ".test",
    '"a\\"b"@x',
    '"a b"@x.test',
    "a@x",
    "a@localhost",
    "<a@x.test>",
    "Ann <a@x.test>",
    "a@x.test SIZE=1",
    "a(c)@x.test",
    "@relay.test:a@x.test",
    "a%x.test@relay.test",
    "a@b@x.test",
    "a..b@x.test",
    ".a@x.test",
    "a@-x.test",
    "a@x..test",
    "a@x.test.",
    "ä@x.test",
    "a@x\uff20y.test",
    "\ud800@x.test",
    "a\u202e@x.test",
    "a",
    "@x.test",
    "a@",
    "@",
    "",
]
BODIES = [
    "\r\n.\r\nMAIL FROM:<e@x>\r\nRCPT TO:<evil@x.test>\r\nDATA\r\nhi\r\n.\r\n",
    "\n.\n",
    "\r.\r",
    "\n.\r\n",
    "\r\n.\n",
    "\r\n.\r",
    "\r\n\x00.\r\n",
    ".",
    "..",
    ".\n.\n.",
    "a\n.\nb",
    ".hidden",
    "From here",
    "=\r\n.\r\n",
    "=2E=0D=0A",
    "--=_x--",
    "x" * 73 + ".\n" + "y" * 74 + "." + "z" * 80,
    ". " * 200,
]


@pytest.fixture(scope="module")
def peer() -> Iterator[Relay]:
    with relay() as found:
        yield found


@pytest.fixture(scope="module")
def session(peer: Relay) -> Iterator[email.Session]:
    config = email.Config("127.0.0.1", "status@example.org", "S", port=peer.port, tls="none", timeout=5)
    with email.connect(config) as opened:
        yield opened


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_hostile_address_is_refused_with_a_sentence_and_not_cut(
    address: str, peer: Relay, session: email.Session
) -> None:
    with pytest.raises(BadAddress) as told:
        email.clean_address(address)
    assert str(told.value).endswith(".")
    assert len(address) < 4 or address not in str(told.value)


@pytest.mark.parametrize("address", ADDRESSES)
def test_even_past_the_first_check_it_is_never_spoken(
    address: str, peer: Relay, session: email.Session
) -> None:
    """An address may reach the table by an import or an old version; the channel looks again."""
    before = len(peer.commands)
    outcome = session.send(MESSAGE, parcel(address=address), now=NOW)
    assert Refused("this is not a plain mail address") == outcome
    assert before == len(peer.commands)


def heard(peer: Relay, session: email.Session, body: str) -> EmailMessage:
    """Sends the body and gives the mail, having checked that the relay heard exactly one."""
    mails, commands = len(peer.mails), len(peer.commands)
    assert isinstance(session.send(message(title=body, body=body), PARCEL, now=NOW), Sent)
    spoken = [line for line in peer.commands[commands:] if not line.startswith(b"ehlo")]
    assert [b"MAIL FROM:<status@example.org>\r\n", b"RCPT TO:<ann@example.org>\r\n", b"DATA\r\n"] == spoken
    assert mails + 1 == len(peer.mails)
    wire = peer.mails[-1]
    rest = wire.replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest
    assert b"\n." not in wire
    assert wire.isascii()
    found = message_from_bytes(wire, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def told(mail: EmailMessage) -> str:
    plain = next(iter(mail.iter_parts())).get_content()
    return str(plain).replace("\r\n", "\n")


@pytest.mark.parametrize("body", BODIES)
def test_a_hostile_text_is_one_mail_and_arrives_as_written(
    body: str, peer: Relay, session: email.Session
) -> None:
    assert to_plain(body) in told(heard(peer, session, body))


SNIPPETS = st.sampled_from(
    ["\r", "\n", ".", "\r\n", "\n.\n", "\r\n.\r\n", "=", "From ", "x" * 75, "ü", "\x00", "--"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(SNIPPETS | st.text(max_size=5), max_size=25).map("".join))
@example("\n.")
@example("." * 500)
def test_no_text_ends_its_own_mail(peer: Relay, session: email.Session, body: str) -> None:
    assert to_plain(body) in told(heard(peer, session, body))


@given(st.emails() | st.text(max_size=40) | st.text(max_size=10).map(lambda text: f"a{text}@x.test"))
def test_an_accepted_address_is_one_plain_word(address: str) -> None:
    try:
        clean = email.clean_address(address)
    except BadAddress:
        return
    assert re.fullmatch(r"[A-Za-z0-9!#$&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+", clean)
    assert clean == email.clean_address(clean)
