"""In a demo: the mails and calls that were sent, as the catchers in the demo's process received them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from clarion.rules.errors import NotFound
from clarion.web.console.base import Looking, page_of, screen, show

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,200}\.(eml|json)")
MOST_READ = 1_000_000
HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)


def folder() -> Path:
    return settings.CLARION.home / "mailbox"


@screen(None)
def index(request: Looking) -> HttpResponse:
    """Newest first. Outside a demo there is no such page."""
    _only_in_a_demo()
    found = sorted(_files(), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    page = page_of(request, found)
    mails = [{"name": path.name, **_told(path)} for path in page]
    return show(request, "console/mailbox.html", {"page": page, "mails": mails, "filters": ""})


@screen(None)
def page(request: Looking, name: str) -> HttpResponse:
    _only_in_a_demo()
    if not _NAME.fullmatch(name) or not (folder() / name).is_file():
        raise NotFound("There is no such mail.")
    if name.endswith(".json"):
        return show(request, "console/call.html", _call(folder() / name))
    mail = _read(folder() / name)
    context = {
        **_summary(mail),
        "headers": [(header, _header(mail, header)) for header in HEADERS if _header(mail, header)],
        "text": _part(mail, "plain"),
        # The HTML part is shown as its source: what a mail says must not become part of the console.
        "html": _part(mail, "html"),
        "links": re.findall(r"https?://[^\s<>\"]+", _header(mail, "List-Unsubscribe")),
    }
    return show(request, "console/mail.html", context)


def _only_in_a_demo() -> None:
    if not settings.CLARION.demo:
        raise NotFound("There is no such page.")


def _files() -> list[Path]:
    return [path for path in folder().glob("*") if _NAME.fullmatch(path.name)] if folder().is_dir() else []


def _told(path: Path) -> dict[str, Any]:
    return _call(path) if path.suffix == ".json" else _summary(_read(path))


def _call(path: Path) -> dict[str, Any]:
    """A call to the demo's endpoint, with what its signature check said."""
    try:
        kept = json.loads(path.read_bytes()[:MOST_READ])
        headers, body = dict(kept["headers"]), str(kept["body"])
    except (ValueError, TypeError, KeyError, RecursionError):
        kept, headers, body = {}, {}, "(This call cannot be read.)"
    return {
        "call": True,
        "subject": "A call to the subscriber's webhook",
        "date": str(kept.get("received_at", "")),
        "at": _instant(datetime.fromisoformat, str(kept.get("received_at", ""))),
        "verified": kept.get("verified") is True,
        "problem": str(kept.get("problem", "")),
        "headers": [(str(name), str(value)) for name, value in sorted(headers.items())],
        "body": _indented(body),
    }


def _indented(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        found = message_from_bytes(file.read(MOST_READ), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def _header(mail: EmailMessage, name: str) -> str:
    """A header as text; what cannot be read is said rather than raised."""
    try:
        return str(mail.get(name, ""))[:2000]
    except Exception:  # the parser raises many kinds for broken headers
        return "(cannot be read)"


def _summary(mail: EmailMessage) -> dict[str, Any]:
    return {
        "subject": _header(mail, "Subject") or "(no subject)",
        "to": _header(mail, "To"),
        "date": _header(mail, "Date"),
        "at": _instant(parsedate_to_datetime, _header(mail, "Date")),
    }


def _instant(read: Callable[[str], datetime], text: str) -> datetime | None:
    """The moment that a text names; None for anything that names none, with its zone."""
    try:
        found = read(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _part(mail: EmailMessage, kind: str) -> str:
    try:
        part = mail.get_body(preferencelist=(kind,))
        return str(part.get_content())[:MOST_READ] if part is not None else ""
    except Exception:  # unknown charsets, broken encodings
        return "(This part cannot be read.)"
