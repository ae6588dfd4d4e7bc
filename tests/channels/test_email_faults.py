"""Relays answer late, wrongly, twice or not at all. A mail is lost to none of that, and doubled knowingly."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clarion.channels import email
from clarion.rules.delivery import Outcome, Refused, Retry, Sent
from tests.channels.samples import MESSAGE, NOW, PARCEL, parcel
from tests.channels.sinks import DROP, HANG, Relay, dead_port, relay


def config(port: int, **changes: Any) -> email.Config:
    settings: dict[str, Any] = {"tls": "none", "timeout": 0.5, **changes}
    return email.Config("127.0.0.1", "status@example.org", "Example Status", port=port, **settings)


def send(peer: Relay, times: int = 1) -> list[Outcome]:
    with email.connect(config(peer.port)) as session:
        return [session.send(MESSAGE, PARCEL, now=NOW) for _ in range(times)]


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("HELLO", b"554 5.3.2 not now", Retry),
        ("HELLO", b"421 too busy", Retry),
        ("MAIL", b"451 4.3.0 later", Retry),
        ("MAIL", b"550 5.7.1 sender not allowed", Retry),
        ("RCPT", b"450 4.2.0 greylisted", Retry),
        ("RCPT", b"421 4.7.0 too many", Retry),
        ("RCPT", b"550 5.1.1 no such user", Refused),
        ("RCPT", b"552 5.2.2 mailbox full", Refused),
        ("RCPT", b"530 5.7.0 sign in first", Retry),
        ("RCPT", b"503 5.5.1 bad sequence", Retry),
        ("DATA", b"451 4.3.0 later", Retry),
        ("DATA", b"554 5.6.0 no", Refused),
        ("END", b"452 4.3.1 disk full", Retry),
        ("END", b"554 5.7.1 content refused", Refused),
        ("END", b"nonsense", Retry),
        ("END", b"250 2.0.0 queued as 4F1", Sent),
    ],
)
def test_a_later_answer_is_tried_again_and_a_final_one_is_not(step: str, answer: bytes, kind: type) -> None:
    with relay(**{step: [answer]}) as peer:
        [outcome] = send(peer)
    assert isinstance(outcome, kind), outcome


@pytest.mark.parametrize("step", ["HELLO", "EHLO", "MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("fault", [DROP, HANG])
def test_a_relay_that_hangs_or_hangs_up_is_tried_again_later(step: str, fault: bytes) -> None:
    with relay(**{step: [fault, fault, fault]}) as peer:
        [outcome] = send(peer)
    assert isinstance(outcome, Retry), outcome


def test_after_every_fault_the_same_session_serves_the_next_reader() -> None:
    faults = {"MAIL": [b"451 x", DROP], "RCPT": [b"550 x", b"421 x", DROP], "END": [DROP, b"554 x"]}
    with relay(**faults) as peer, email.connect(config(peer.port)) as session:
        outcomes = [session.send(MESSAGE, PARCEL, now=NOW) for _ in range(8)]
    assert isinstance(outcomes[-1], Sent), outcomes


def test_one_connection_serves_many_readers_and_ends_politely() -> None:
    with relay() as peer:
        send(peer, times=5)
    assert 1 == peer.calls
    assert 5 == len(peer.mails)
    assert b"quit\r\n" == peer.commands[-1]


def test_a_refused_reader_leaves_nothing_behind_for_the_next() -> None:
    with relay(RCPT=[b"550 no"]) as peer:
        send(peer, times=2)
    assert [b"ehlo", b"MAIL", b"RCPT", b"rset", b"MAIL"] == [line[:4] for line in peer.commands[:5]]


@pytest.mark.parametrize("farewell", [DROP, b"421 4.4.2 idle too long"])
def test_a_connection_that_the_relay_closed_meanwhile_is_called_anew_at_once(farewell: bytes) -> None:
    with relay(MAIL=[b"250 ok", farewell]) as peer:
        assert [Sent, Sent] == [type(outcome) for outcome in send(peer, times=2)]
    assert 2 == peer.calls
    assert 2 == len(peer.mails)


def test_a_mail_lost_after_its_last_dot_is_never_sent_again_in_the_same_breath() -> None:
    with relay(END=[b"250 ok", DROP]) as peer:
        outcomes = send(peer, times=2)
    assert Retry("the relay hung up before it confirmed the mail") == outcomes[1]
    assert 2 == len(peer.mails)


def test_the_second_try_is_byte_for_byte_the_first() -> None:
    with relay(END=[DROP]) as peer:
        assert [Retry, Sent] == [type(outcome) for outcome in send(peer, times=2)]
    assert peer.mails[0] == peer.mails[1]
    assert b"\r\nMessage-ID: <dlv_1@example.org>\r\n" in peer.mails[0]


def test_a_dead_relay_costs_a_try_and_no_exception() -> None:
    with email.connect(config(dead_port())) as session:
        assert Retry("the relay cannot be reached, or hung up") == session.send(MESSAGE, PARCEL, now=NOW)


def test_a_relay_that_repeats_what_we_sent_gives_no_secret_away() -> None:
    link = PARCEL.unsubscribe_url.encode()
    with relay(END=[b"554 5.7.1 bad link " + link + b"\x1b]0;x\x07"]) as peer:
        [outcome] = send(peer)
    assert Refused("the relay answered 554 5.7.1 bad link … ]0;x") == outcome


def test_a_broken_unsubscribe_link_stops_the_mail() -> None:
    with relay() as peer, email.connect(config(peer.port)) as session:
        broken = parcel(unsubscribe_url="https://a.test/>\r\nBcc: e@x.test")
        assert Refused("the unsubscribe link is not a plain web address") == session.send(
            MESSAGE, broken, now=NOW
        )
    assert 0 == peer.calls


class Doorkeeper:
    """Signs in one user and no other."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"clarion", b"geheim"), handled=False)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken += 1
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay.test")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "relay.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def guarded(certificate: Path) -> Iterator[tuple[Doorkeeper, int]]:
    """A real server that wants STARTTLS and a sign-in before it takes anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    keeper = Doorkeeper()
    controller = Controller(
        keeper,
        hostname="127.0.0.1",
        port=dead_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=keeper,
    )
    controller.start()
    try:
        yield keeper, controller.port
    finally:
        controller.stop()


def signed_in(port: int, certificate: Path, **changes: Any) -> Outcome:
    settings = {"tls": "starttls", "timeout": 5, "username": "clarion", "password": "geheim"}
    settings |= {"ca_file": str(certificate), **changes}
    with email.connect(config(port, **settings)) as session:
        return session.send(MESSAGE, PARCEL, now=NOW)


def test_a_relay_with_encryption_and_sign_in_takes_the_mail(
    guarded: tuple[Doorkeeper, int], certificate: Path
) -> None:
    assert isinstance(signed_in(guarded[1], certificate), Sent)
    assert 1 == guarded[0].taken


def test_a_wrong_password_is_named_but_not_shown_and_the_mail_waits(
    guarded: tuple[Doorkeeper, int], certificate: Path
) -> None:
    outcome = signed_in(guarded[1], certificate, password="falsch")
    assert Retry("the relay refuses our sign-in (535); check user name and password") == outcome
    assert base64.b64encode(b"falsch").decode() not in repr(outcome)


def test_an_unknown_certificate_stops_the_talk(guarded: tuple[Doorkeeper, int], certificate: Path) -> None:
    outcome = signed_in(guarded[1], certificate, ca_file="")
    assert Retry("the relay's certificate or encryption is not accepted; check the settings") == outcome


def test_a_relay_that_offers_no_encryption_gets_nothing(certificate: Path) -> None:
    with relay() as peer:
        outcome = signed_in(peer.port, certificate)
    assert Retry("the relay lacks STARTTLS or a way to sign in that we know; check the settings") == outcome
    assert not peer.mails


@pytest.mark.parametrize(
    ("address", "said", "kept"),
    [
        ("ann@example.org", "550 5.1.1 <ann@example.org>: Recipient refused", "5.1.1 <…>: Recipient refused"),
        ("ann@example.org", "550 5.1.1 <ANN@Example.ORG>: no", "5.1.1 <…>: no"),
        ("ann@example.org", "550 5.1.1 user Ann unknown", "5.1.1 user … unknown"),
        ("ann+status@example.org", "550 no mailbox ann here", "no mailbox … here"),
        ("ann@example.org", "450 4.2.0 ann=example.org@relay.example: greylisted", "4.2.0 …: greylisted"),
        (
            "ann@example.org",
            "550 5.1.1 the announcement channel is closed",
            "5.1.1 the announcement channel is closed",
        ),
    ],
)
def test_what_the_relay_says_is_kept_without_the_reader_s_address(address: str, said: str, kept: str) -> None:
    """Reasons are shown and recorded for good; who the reader is stands with the reader alone."""
    with relay(RCPT=[said.encode()]) as peer, email.connect(config(peer.port)) as session:
        outcome = session.send(MESSAGE, parcel(address=address), now=NOW)
    assert isinstance(outcome, Refused | Retry)
    assert f"the relay answered {said[:3]} {kept}" == outcome.reason
