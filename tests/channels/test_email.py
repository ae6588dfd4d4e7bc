"""A reader gets one clear mail per update, in one thread per incident, with a way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from clarion.channels import BadAddress, email
from clarion.channels._letter import Sender, compose, html_body, plain_body
from clarion.rules.delivery import Sent
from clarion.rules.prose import to_html, to_plain
from tests.channels.samples import BODY, MESSAGE, NOW, PARCEL, message, parcel
from tests.channels.sinks import dead_port

HEADERS = [
    "to",
    "message-id",
    "references",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "subject",
    "from",
    "date",
    "list-id",
    "auto-submitted",
    "mime-version",
    "content-type",
]


class Inbox:
    """Keeps what a real SMTP server took in."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 taken"

    def mail(self, place: int = -1) -> EmailMessage:
        content = self.envelopes[place].original_content
        assert content is not None
        found = message_from_bytes(content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=dead_port())
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


def parts(mail: EmailMessage) -> list[str]:
    """The text and the HTML as a mail program shows them."""
    return ["\n".join(part.get_content().splitlines()) for part in mail.iter_parts()]


def config(port: int, **changes: Any) -> email.Config:
    plain = email.Config("127.0.0.1", "status@example.org", "Example Status", tls="none", timeout=5)
    return replace(plain, port=port, **changes)


@pytest.fixture
def inbox(server: tuple[Inbox, int]) -> Inbox:
    server[0].envelopes.clear()
    return server[0]


@pytest.fixture
def session(server: tuple[Inbox, int], inbox: Inbox) -> Iterator[email.Session]:
    with email.connect(config(server[1])) as opened:
        yield opened


def test_a_mail_goes_from_the_sender_to_the_reader_alone(session: email.Session, inbox: Inbox) -> None:
    outcome = session.send(MESSAGE, PARCEL, now=NOW)
    assert Sent("the relay answered 250 taken") == outcome
    assert "status@example.org" == inbox.envelopes[0].mail_from
    assert ["ann@example.org"] == inbox.envelopes[0].rcpt_tos


def test_the_headers_say_who_what_and_when(session: email.Session, inbox: Inbox) -> None:
    session.send(MESSAGE, PARCEL, now=NOW)
    mail = inbox.mail()
    assert HEADERS == [name.lower() for name in mail]
    assert "ann@example.org" == mail["To"]
    assert "Example Status <status@example.org>" == mail["From"]
    assert "[Investigating] API errors" == mail["Subject"]
    assert datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC) == parsedate_to_datetime(mail["Date"])
    assert "<dlv_1@example.org>" == mail["Message-ID"]
    assert "Example Status <updates.status.example.org>" == mail["List-Id"]
    assert "auto-generated" == mail["Auto-Submitted"]


def test_unsubscribing_takes_one_click_in_the_mail_program(server: tuple[Inbox, int], inbox: Inbox) -> None:
    with email.connect(config(server[1], unsubscribe_mailto="leave@example.org")) as session:
        session.send(MESSAGE, PARCEL, now=NOW)
    mail = inbox.mail()
    ways = re.findall("<(.*?)>", mail["List-Unsubscribe"])
    assert [PARCEL.unsubscribe_url, "mailto:leave@example.org?subject=unsubscribe"] == ways
    assert "List-Unsubscribe=One-Click" == mail["List-Unsubscribe-Post"]


def test_one_click_is_not_promised_without_https(session: email.Session, inbox: Inbox) -> None:
    session.send(MESSAGE, parcel(unsubscribe_url="http://status.example.org/u"), now=NOW)
    assert "<http://status.example.org/u>" == inbox.mail()["List-Unsubscribe"]
    assert inbox.mail()["List-Unsubscribe-Post"] is None


def test_both_parts_tell_the_same_and_end_with_the_way_out(session: email.Session, inbox: Inbox) -> None:
    session.send(MESSAGE, PARCEL, now=NOW)
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in inbox.mail().iter_parts()]
    told, shown = parts(inbox.mail())
    assert to_plain(BODY) in told
    assert told.endswith(f"Unsubscribe: {PARCEL.unsubscribe_url}")
    assert "Affected: API, Web\n" in told
    assert "Published: 14 Mar 2026, 09:26 UTC (10:26 CET)\n" in told
    assert "Next update by: 14 Mar 2026, 09:56 UTC (10:56 CET)\n" in told
    assert to_html(BODY) in shown
    assert f'<a href="{PARCEL.unsubscribe_url}">Unsubscribe</a>' in shown
    for fact in ("API, Web", "14 Mar 2026, 09:26 UTC", "09:56 UTC (10:56 CET)", "Major", "Investigating"):
        assert fact in shown


def test_the_html_calls_nothing_from_elsewhere_and_leaves_the_colours_to_the_reader(
    session: email.Session, inbox: Inbox
) -> None:
    session.send(MESSAGE, PARCEL, now=NOW)
    _, html = parts(inbox.mail())
    assert not re.search(r"\ssrc=|url\(|@import|<link|<script|<img", html)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert not re.search(r"[\"; ](color|background[a-z-]*):", html)


def test_what_is_not_known_is_left_out(session: email.Session, inbox: Inbox) -> None:
    bare = message(impact="none", components=(), next_update_at=None, state="resolved")
    session.send(bare, parcel(unsubscribe_url=""), now=NOW)
    plain, html = parts(inbox.mail())
    for absent in ("Impact", "Affected", "Next update", "Unsubscribe"):
        assert absent not in plain + html
    assert not [name for name in inbox.mail() if name.lower().startswith("list-uns")]


def test_mails_about_one_incident_hang_together_even_when_the_first_never_came(
    session: email.Session, inbox: Inbox
) -> None:
    session.send(MESSAGE, PARCEL, now=NOW)
    later = message(update_id="upd_2", state="resolved", first_of_incident=False)
    session.send(later, parcel(delivery_id="dlv_2"), now=NOW)
    first, second = inbox.mail(0), inbox.mail(1)
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert first["In-Reply-To"] is None
    assert first["Message-ID"] != second["Message-ID"]


def test_another_incident_or_reader_is_another_thread(session: email.Session, inbox: Inbox) -> None:
    session.send(MESSAGE, PARCEL, now=NOW)
    session.send(message(incident_id="inc_2"), PARCEL, now=NOW)
    session.send(MESSAGE, parcel(address="bob@example.org"), now=NOW)
    assert 3 == len({inbox.mail(place)["References"] for place in range(3)})


def test_one_composition_serves_all_readers_and_mixes_nobody_up(session: email.Session, inbox: Inbox) -> None:
    links = [f"https://status.example.org/u?t={'x' * number}" for number in range(1, 120, 7)]
    for number, link in enumerate(links):
        reader = parcel(address=f"r{number}@example.org", delivery_id=f"d{number}", unsubscribe_url=link)
        session.send(MESSAGE, reader, now=NOW)
    for number, link in enumerate(links):
        mail = inbox.mail(number)
        assert (f"r{number}@example.org", f"<d{number}@example.org>") == (mail["To"], mail["Message-ID"])
        plain, html = parts(mail)
        assert [link] == re.findall("Unsubscribe: (.*)", plain)
        assert [link] == re.findall('<a href="([^"]*)">Unsubscribe', html)


def test_two_texts_under_one_update_id_are_never_confused(session: email.Session, inbox: Inbox) -> None:
    session.send(message(title="For partners"), PARCEL, now=NOW)
    session.send(message(title="For everyone"), PARCEL, now=NOW)
    assert ["[Investigating] For partners", "[Investigating] For everyone"] == [
        inbox.mail(place)["Subject"] for place in (0, 1)
    ]


TITLES = ["API errors", "Störung bei Zahlungen", "障害" * 60, "a " * 150, 'a "b" <c>, (d)']


@pytest.mark.parametrize("title", TITLES)
def test_a_title_in_any_language_arrives_whole(session: email.Session, inbox: Inbox, title: str) -> None:
    session.send(message(title=title[:230].strip()), PARCEL, now=NOW)
    assert f"[Investigating] {title[:230].strip()}" == inbox.mail()["Subject"]
    content = inbox.envelopes[-1].original_content or b""
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_an_overlong_title_is_cut_in_the_subject_and_whole_in_the_mail(
    session: email.Session, inbox: Inbox
) -> None:
    session.send(message(title="long " * 200), PARCEL, now=NOW)
    assert inbox.mail()["Subject"].endswith("…")
    plain, _ = parts(inbox.mail())
    assert ("long " * 200).strip() in plain


def test_the_standard_library_would_have_built_the_same_mail(session: email.Session, inbox: Inbox) -> None:
    session.send(MESSAGE, PARCEL, now=NOW)
    mail = inbox.mail()
    plain, html = parts(mail)
    reference = EmailMessage(policy=policy.SMTP)
    for name in mail.keys()[:-2]:
        reference[name] = str(mail[name])
    reference.set_content(plain, cte="quoted-printable")
    reference.add_alternative(html, subtype="html", cte="quoted-printable")
    wire = inbox.envelopes[-1].original_content
    assert isinstance(wire, bytes)
    assert reference.as_bytes().split(b"\r\n")[:10] == wire.split(b"\r\n")[:10]
    again = message_from_bytes(reference.as_bytes(), policy=policy.default)
    assert [(name, str(mail[name])) for name in HEADERS[:-2]] == [
        (name, str(again[name])) for name in HEADERS[:-2]
    ]
    assert isinstance(again, EmailMessage)
    assert [plain, html] == parts(again)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("ann@example.org", "ann@example.org"),
        (" Ann.Lee+status@EXAMPLE.org ", "Ann.Lee+status@example.org"),
        ("o'neil_x@sub.example.co.uk", "o'neil_x@sub.example.co.uk"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("v@x.test", "v@x.test"),
    ],
)
def test_an_address_is_kept_in_one_form(written: str, stored: str) -> None:
    assert stored == email.clean_address(written)
    assert stored == email.clean_address(stored)


def test_a_password_is_neither_shown_nor_sent_in_the_clear() -> None:
    assert "geheim" not in repr(config(25, tls="tls", username="u", password="geheim"))
    with pytest.raises(ValueError, match="never sent in the clear"):
        email.Config("relay.example.org", "s@example.org", "S", tls="none", username="u", password="p")


@pytest.mark.parametrize("change", [{"tls": "ssl"}, {"sender_address": "nobody"}, {"password": "ü"}])
def test_a_wrong_setting_fails_loudly(change: dict[str, str]) -> None:
    with pytest.raises((ValueError, BadAddress)):
        config(25, **change)


def test_words_in_another_language_than_was_asked_for_are_marked() -> None:
    """The note says it in both parts of the mail, and a screen reader knows which language follows."""
    told = message(language="en", instead_of="Deutsch", reader_language="de")
    note = "Auf Deutsch gibt es noch keinen Text, deshalb ist dieser auf English."
    assert plain_body(told).startswith(f"{note}\n\nAPI errors")
    assert f'<p>{note}</p>\n<div lang="en">\n<h1' in html_body(told)
    assert '<html lang="de"' in html_body(told)
    assert note not in plain_body(message())


def test_a_translation_says_which_language_it_is_in() -> None:
    letter = compose(message(language="de", title="Störung"), Sender("Larkspur", "status@example.org"))
    for part in (letter.until_plain_link, letter.until_html_link):
        assert b"\r\nContent-Language: de\r\n" in part
    assert '<div lang="de">' in html_body(message(language="de"))
