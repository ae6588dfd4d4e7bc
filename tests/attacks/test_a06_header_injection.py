"""Titles come from outside tools. Whatever stands in one, the mail has the headers we meant, once each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clarion.channels import email
from clarion.channels._mime import header_value, mailbox, quoted_printable, text_header
from clarion.rules.delivery import Message, Parcel, Refused, Sent
from tests.channels.samples import MESSAGE, NOW, PARCEL, message, parcel
from tests.channels.sinks import Relay, relay

HEADERS = [
    "To",
    "Message-ID",
    "References",
    "In-Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Subject",
    "From",
    "Date",
    "List-Id",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
HOSTILE = [
    "x\r\nBcc: e@x.test",
    "x\nBcc: e@x.test",
    "x\rBcc: e@x.test",
    "x\u2028Bcc: e@x.test",
    "x\u2029Bcc: e@x.test",
    "x\x85Bcc: e@x.test",
    "x\x0bBcc: e@x.test",
    "x\x0cBcc: e@x.test",
    "x\x1cBcc: e@x.test",
    "x\x00\nBcc: e@x.test",
    "x\r\n\r\n<script>body</script>",
    "x\r\n Bcc: e@x.test",
    "\r\nBcc: e@x.test",
    "=?utf-8?q?x=0d=0aBcc:_evil@x.test?=",
    "=?utf-8?b?eA0KQmNjOiBldmlsQHgudGVzdA==?=",
    "[Investigating] =?utf-8?q?API=0a=0a<script>body?=",
    "plain =?utf-8?q?=0d=0a.=0d=0aMAIL_FROM:<a@b>?=",
    "=\x00?utf-8?q?x=0d=0aBcc:_evil@x.test?=",
    "=\r\n?utf-8?q?x=0aBcc:_evil@x.test?\r\n=",
    "ü =?utf-8?q?x=0d=0aBcc:_evil@x.test?=",
    "=" * 40 + "?utf-8?q?x=0aBcc:_e@x.test?=",
    '" <evil@x.test>, "',
    "evil@x.test",
    "a" * 2000,
    "é" * 2000,
    "\ud800\udfff",
    "\u202egro.elpmaxe\u202c",
]


@pytest.fixture(scope="module")
def peer() -> Iterator[Relay]:
    with relay() as found:
        yield found


def config(port: int, sender_name: str = "Example Status") -> email.Config:
    return email.Config("127.0.0.1", "status@example.org", sender_name, port=port, tls="none", timeout=5)


def on_the_wire(peer: Relay, told: Message, to: Parcel, *, sender_name: str = "Example Status") -> bytes:
    before = len(peer.mails)
    with email.connect(config(peer.port, sender_name)) as session:
        assert isinstance(session.send(told, to, now=NOW), Sent)
    assert before + 1 == len(peer.mails)
    return peer.mails[-1]


def header_names(wire: bytes) -> list[str]:
    """The names as the bytes have them: a line is new unless it begins with a space."""
    head = wire.partition(b"\r\n\r\n")[0]
    assert b"\r" not in head.replace(b"\r\n", b"")
    assert b"\n" not in head.replace(b"\r\n", b"")
    return [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]


def assert_as_meant(wire: bytes) -> EmailMessage:
    assert HEADERS == header_names(wire)
    mail = message_from_bytes(wire, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert HEADERS == mail.keys()
    assert not mail.defects
    assert ["ann@example.org"] == [address.addr_spec for address in mail["To"].addresses]
    assert ["status@example.org"] == [address.addr_spec for address in mail["From"].addresses]
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in mail.iter_parts()]
    assert_survives_a_careless_program(mail)
    return mail


def assert_survives_a_careless_program(mail: EmailMessage) -> None:
    """A program on the way that decodes each header, even twice, and writes it anew (CVE-2024-6923)."""
    again = EmailMessage(policy=policy.SMTP)
    for name in ("Subject", "From", "List-Id"):
        again[name] = str(mail[name])
        twice = "".join(
            piece.decode(charset or "latin-1", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(str(mail[name]))
        )
        assert not re.search(r"[\r\n]", twice)
    assert ["Subject", "From", "List-Id"] == header_names(again.as_bytes())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_title_changes_no_header(text: str, peer: Relay) -> None:
    mail = assert_as_meant(on_the_wire(peer, message(title=text, first_of_incident=False), PARCEL))
    assert mail["Subject"].startswith("[Investigating]")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_word_anywhere_else_changes_no_header(text: str, peer: Relay) -> None:
    told = message(
        body=text,
        first_of_incident=False,
        state=text,
        impact=text,
        components=(text, text),
        page_name=text,
        page_url=f"https://{text}/",
        incident_url=f"https://status.example.org/{text}",
        incident_id=text,
        update_id=text,
    )
    assert_as_meant(on_the_wire(peer, told, parcel(delivery_id=text), sender_name=text))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != "evil@x.test" and not text.isalpha()])
def test_a_hostile_unsubscribe_link_stops_the_mail(text: str, peer: Relay) -> None:
    before = len(peer.mails)
    with email.connect(config(peer.port)) as session:
        outcome = session.send(MESSAGE, parcel(unsubscribe_url=text), now=NOW)
    assert Refused("the unsubscribe link is not a plain web address") == outcome
    assert before == len(peer.mails)


def test_a_link_keeps_its_question_marks(peer: Relay) -> None:
    """Parting ``=?`` belongs to headers only; a link in the text must stay whole."""
    link = "https://status.example.org/i?q=?x"
    wire = on_the_wire(peer, message(incident_url=link, first_of_incident=False), PARCEL)
    plain, html = message_from_bytes(wire, policy=policy.default).iter_parts()  # type: ignore[attr-defined]
    assert f"Details: {link}" in plain.get_content()
    assert f'href="{link}"' in html.get_content()


TEXTS = st.lists(st.sampled_from([*HOSTILE[:18], "ü", " ", "word"]) | st.text(max_size=30), max_size=6).map(
    "".join
)


@given(TEXTS)
@example("\r\n")
@example("")
@example("=\x7f?")
def test_no_text_at_all_starts_a_header_of_its_own(text: str) -> None:
    line = text_header("Subject", text)
    assert ["Subject"] == header_names(line + b"\r\n")
    assert line.isascii()
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", line)
    assert max(map(len, line.split(b"\r\n"))) <= 90
    read = message_from_bytes(line + b"\r\n", policy=policy.default)["Subject"]
    assert re.sub(r"\s+", " ", header_value(text)) == re.sub(r"\s+", " ", read)


@given(TEXTS)
def test_no_sender_name_adds_a_sender(name: str) -> None:
    line = f"From: {mailbox(name, 'status@example.org')}\r\n".encode("ascii")
    assert ["From"] == header_names(line + b"\r\n")
    found = message_from_bytes(line + b"\r\n", policy=policy.default)["From"]
    assert ["status@example.org"] == [address.addr_spec for address in found.addresses]


@given(TEXTS | st.text())
def test_no_body_has_a_bare_line_end_a_long_line_or_a_dot_in_front(text: str) -> None:
    body = quoted_printable(text)
    assert body.isascii()
    for line in body.split(b"\r\n"):
        assert not re.search(rb"[\r\n]", line)
        assert not line.startswith((b".", b"From "))
        assert len(line) <= 76
