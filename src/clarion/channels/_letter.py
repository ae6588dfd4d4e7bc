"""A message as mail: composed once for all readers, the personal parts spliced in as bytes.

Headers after RFC 5322, list headers after RFC 2369, RFC 2919 and RFC 8058 (one-click unsubscribe),
``Auto-Submitted`` after RFC 3834.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from urllib.parse import urlsplit

from clarion.channels._mime import mailbox, one_line, quoted_printable, text_header
from clarion.rules.delivery import Message, Parcel
from clarion.rules.instants import spoken
from clarion.rules.prose import to_html, to_plain
from clarion.rules.times import spoken_time
from clarion.rules.types import require_aware

#: A longer title is cut in the subject; the mail itself always has all of it.
SUBJECT_LIMIT = 250
#: So that the header with the link stays below the 998 characters of RFC 5322 section 2.1.1.
LINK_LIMIT = 900

_LINK = re.compile(r"https?://[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]+")
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_SOFT_BREAK = b"=\r\n"


class BadLink(ValueError):
    """The unsubscribe link is no plain web address"""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail is from. ``domain`` ends every Message-ID, ``mailto`` may be empty."""

    name: str
    address: str
    mailto: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as mail with its personal places left open."""

    sender: Sender
    incident_id: str
    opens_thread: bool
    headers: bytes
    """The headers that are the same for everyone, up to the empty line."""
    until_plain_link: bytes
    until_html_link: bytes
    end: bytes
    unsubscribe: str
    """What the link out is called."""

    def for_reader(self, parcel: Parcel) -> bytes:
        """The whole mail for one reader, the same bytes each time; raises BadLink.

        ``parcel.address`` must already be known to be plain.
        """
        link = checked_link(parcel.unsubscribe_url)
        own_id = message_id(parcel, self.sender)
        thread = f"<{thread_id(self.incident_id, parcel.address)}@{self.sender.domain}>"
        lines = [f"To: {parcel.address}", f"Message-ID: {own_id}", f"References: {thread}"]
        if not self.opens_thread:
            lines.append(f"In-Reply-To: {thread}")
        lines += _unsubscribe_headers(link, self.sender.mailto)
        personal = "".join(f"{line}\r\n" for line in lines).encode("ascii")
        label = self.unsubscribe
        plain = quoted_printable(f"{label}: {link}") if link else b""
        html = quoted_printable(f'<a href="{escape(link)}">{escape(label)}</a>') if link else b""
        parts = (personal, self.headers, self.until_plain_link, plain, self.until_html_link, html, self.end)
        return b"".join(parts)


def compose(message: Message, sender: Sender) -> Letter:
    """The mail of a message, for all its readers at once."""
    content = f"{message.update_id}\n{message.text}".encode("utf-8", "replace")
    # "=" can begin nothing but an escape in quoted-printable, so "=_" is in no body.
    boundary = "=_" + sha256(content).hexdigest()[:32]
    plain, html, language = plain_body(message), html_body(message), message.language
    return Letter(
        sender=sender,
        incident_id=message.incident_id,
        opens_thread=message.first_of_incident,
        headers=_common_headers(message, sender, boundary),
        until_plain_link=_part_head(boundary, "plain", language) + quoted_printable(plain),
        until_html_link=b"\r\n" + _part_head(boundary, "html", language) + quoted_printable(html),
        end=_SOFT_BREAK + quoted_printable("</p>\n</body>\n</html>\n") + f"--{boundary}--\r\n".encode(),
        unsubscribe=message.words.say("mail.unsubscribe"),
    )


def message_id(parcel: Parcel, sender: Sender) -> str:
    """The Message-ID of a delivery: the same on every try."""
    return f"<{_id(parcel.delivery_id)}@{sender.domain}>"


def thread_id(incident_id: str, address: str) -> str:
    """What all mails to one reader about one incident refer to.

    No mail has it as its own Message-ID: a reader may join late, or get a newer update instead of
    the first, and the rest must hang together all the same.
    """
    return "thread." + sha256(f"{incident_id}\n{address}".encode("utf-8", "replace")).hexdigest()[:32]


def checked_link(link: str) -> str:
    """The link as it is; raises BadLink unless it is empty or a plain ASCII web address."""
    if link and (len(link) > LINK_LIMIT or not _LINK.fullmatch(link)):
        raise BadLink("the unsubscribe link is not a plain web address")
    return link


def facts(message: Message) -> list[tuple[str, str]]:
    """What stands under the text: label and value, on one line each."""
    words, zone = message.words, message.time_zone
    rows = [("status", _state(message))]
    if message.impact not in ("", "none"):
        rows.append(("impact", words.label("impact", one_line(message.impact))))
    if message.components:
        rows.append(("affected", ", ".join(map(one_line, message.components))))
    rows.append(("published", spoken_time(message.published_at, zone, words)))
    if message.next_update_at is not None:
        rows.append(("next_update", spoken_time(message.next_update_at, zone, words)))
    return [(words.say(f"mail.{name}"), value) for name, value in rows]


def plain_body(message: Message) -> str:
    """The text part, up to the place of the unsubscribe link."""
    words, body = message.words, to_plain(message.text.body, message.time_zone, message.text_words)
    table = "\n".join(f"{label}: {value}" for label, value in facts(message))
    note = f"{one_line(message.language_note)}\n\n" if message.language_note else ""
    return (
        f"{note}{_title(message)}\n\n{body}\n\n{table}\n\n"
        f"{words.say('mail.details')}: {one_line(message.incident_url)}\n\n-- \n"
        f"{words.say('mail.because', page=one_line(message.page_name))}\n"
        f"{one_line(message.page_url)}\n"
    )


def html_body(message: Message) -> str:
    """The HTML part, up to the place of the unsubscribe link.

    No picture, font or style from anywhere. No colour is set, so the reader's own light or dark
    theme holds and keeps its contrast.
    """
    title = escape(_title(message))
    rows = "\n".join(
        f'<tr><th scope="row" style="text-align:left;vertical-align:top;padding:2px 16px 2px 0;'
        f'font-weight:600">{escape(label)}</th><td style="padding:2px 0">{escape(value)}</td></tr>'
        for label, value in facts(message)
    )
    words, lang = message.words, escape(one_line(message.language))
    note = f"<p>{escape(one_line(message.language_note))}</p>\n" if message.language_note else ""
    because = escape(words.say("mail.because", page="\0")).replace(
        "\0", _anchor(message.page_url, message.page_name)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}" style="color-scheme:light dark">\n'
        '<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n</head>\n"
        '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:38em;'
        f'margin:0 auto;padding:16px">\n{note}<div lang="{lang}">\n'
        f'<h1 style="font-size:22px;line-height:1.3;margin:0 0 16px">{title}</h1>\n'
        f"{to_html(message.text.body, message.time_zone, message.text_words)}</div>\n"
        f'<table style="border-collapse:collapse;margin:16px 0">\n{rows}\n</table>\n'
        f"<p>{_anchor(message.incident_url, words.say('mail.see_incident'))}</p>\n"
        '<p style="font-size:14px;border-top:1px solid;padding-top:8px;margin-top:24px">'
        f"{because}<br>\n"
    )


def _common_headers(message: Message, sender: Sender, boundary: str) -> bytes:
    title = _title(message)
    cut = title if len(title) <= SUBJECT_LIMIT else title[: SUBJECT_LIMIT - 1] + "…"
    list_id = mailbox(message.page_name, f"updates.{_page_host(message.page_url) or sender.domain}")
    if not list_id.endswith(">"):
        list_id = f"<{list_id}>"
    lines = (
        f"From: {mailbox(sender.name, sender.address)}",
        f"Date: {format_datetime(require_aware(message.published_at))}",
        f"List-Id: {list_id}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    )
    subject = text_header("Subject", f"[{_state(message)}] {cut}")
    return subject + "".join(f"{line}\r\n" for line in lines).encode("ascii") + b"\r\n"


def _part_head(boundary: str, kind: str, language: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Language: {one_line(language)}\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")


def _unsubscribe_headers(link: str, mailto: str) -> list[str]:
    ways = [f"<{link}>"] if link else []
    if mailto:
        ways.append(f"<mailto:{mailto}?subject=unsubscribe>")
    lines = ["List-Unsubscribe: " + ",\r\n ".join(ways)] if ways else []
    if link.startswith(("https:", "http://127.0.0.1", "http://localhost")):
        # RFC 8058 section 3.1 knows one-click only over HTTPS; a trial on one machine has no certificate.
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return lines


def _anchor(link: str, shown: str) -> str:
    text = escape(one_line(shown))
    return f'<a href="{escape(link)}">{text}</a>' if _LINK.fullmatch(link) else text


def _title(message: Message) -> str:
    return one_line(spoken(message.text.title, message.time_zone, message.text_words))


def _state(message: Message) -> str:
    return message.words.label("state", one_line(message.state))


def _id(delivery_id: str) -> str:
    """The delivery's id, or its hash when it has a character with a meaning of its own in a header."""
    if _PLAIN_ID.fullmatch(delivery_id):
        return delivery_id
    return sha256(delivery_id.encode("utf-8", "replace")).hexdigest()


def _page_host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""
