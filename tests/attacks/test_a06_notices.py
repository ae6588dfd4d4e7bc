"""Notices carry an incident's title too. Whatever stands in one, the mail has the headers we meant."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from clarion.channels import email
from clarion.rules.delivery import Refused, Sent
from clarion.rules.notices import Notice, compose
from tests.attacks.test_a06_header_injection import HOSTILE, config
from tests.channels.samples import NOW, parcel
from tests.channels.sinks import Relay, relay
from tests.rules.test_notices import ABOUT, replace

HEADERS = [
    *("Subject", "To", "Message-ID", "From", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"),
    *("Content-Language", "Content-Transfer-Encoding"),
]


@pytest.fixture(scope="module")
def peer() -> Iterator[Relay]:
    with relay() as found:
        yield found


def sent(peer: Relay, notice: Notice) -> EmailMessage:
    with email.connect(config(peer.port)) as session:
        assert isinstance(session.notify(notice, parcel(delivery_id="d-miss0-p"), now=NOW), Sent)
    mail = message_from_bytes(peer.mails[-1], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_word_changes_no_header_of_a_notice(text: str, peer: Relay) -> None:
    """And the body stays one part of plain text."""
    mail = sent(peer, compose("miss", 0, replace(ABOUT, incident=text, reason=text, audiences=text), NOW))
    assert HEADERS == mail.keys()
    assert not mail.defects
    assert ["ann@example.org"] == [address.addr_spec for address in mail["To"].addresses]
    assert "<d-miss0-p@example.org>" == mail["Message-ID"]
    assert ("text/plain", False) == (mail.get_content_type(), mail.is_multipart())
    assert mail["Subject"].startswith("[Missed] Next update promised")


def test_a_notice_arrives_as_it_was_written(peer: Relay) -> None:
    """The same bytes each time, and nobody is offered to unsubscribe."""
    notice = compose("remind", 2, ABOUT, NOW)
    mail = sent(peer, notice)
    assert notice.body.split() == mail.get_content().split()
    assert sent(peer, notice).as_bytes() == mail.as_bytes()
    assert mail["List-Unsubscribe"] is None


def test_a_person_whose_address_is_none_gets_no_mail(peer: Relay) -> None:
    with email.connect(config(peer.port)) as session:
        outcome = session.notify(compose("miss", 0, ABOUT, NOW), parcel(address="a b@x"), now=NOW)
    assert Refused("this is not a plain mail address") == outcome
