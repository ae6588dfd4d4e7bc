"""A notice to one of our own people as mail: plain text, and nothing of anybody else's in it."""

from __future__ import annotations

from email.utils import format_datetime

from clarion.channels._letter import Sender, message_id
from clarion.channels._mime import mailbox, one_line, quoted_printable, text_header
from clarion.rules.delivery import Parcel
from clarion.rules.notices import Notice
from clarion.rules.types import require_aware


def mail(notice: Notice, parcel: Parcel, sender: Sender) -> bytes:
    """The whole mail, the same bytes each time; ``parcel.address`` must already be known to be plain."""
    lines = (
        f"To: {parcel.address}",
        f"Message-ID: {message_id(parcel, sender)}",
        f"From: {mailbox(sender.name, sender.address)}",
        f"Date: {format_datetime(require_aware(notice.at))}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Language: en",
        "Content-Transfer-Encoding: quoted-printable",
    )
    head = text_header("Subject", notice.subject) + "".join(f"{line}\r\n" for line in lines).encode("ascii")
    body = "\n".join(one_line(line) for line in notice.body.split("\n"))
    return head + b"\r\n" + quoted_printable(body) + b"\r\n"
