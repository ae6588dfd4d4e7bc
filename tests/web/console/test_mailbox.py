"""The demo's mailbox shows mails and never runs them."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests import factories as make
from tests.web.console.conftest import Desk

MAILBOX = "/console/mailbox"


@pytest.fixture
def demo(house: make.House) -> Any:
    """Frozen for the product; switched on in place here."""
    object.__setattr__(django_settings.CLARION, "demo", True)
    yield
    object.__setattr__(django_settings.CLARION, "demo", False)


@pytest.fixture
def folder(demo: Any, clarion_home: Path) -> Path:
    (clarion_home / "mailbox").mkdir(parents=True)
    return clarion_home / "mailbox"


def mail(**headers: str) -> EmailMessage:
    found = EmailMessage()
    for name, value in headers.items():
        found[name.replace("_", "-")] = value
    found.set_content("Cards fail.\n")
    found.add_alternative("<p>Cards <script>alert(1)</script> fail.</p>", subtype="html")
    return found


def test_outside_a_demo_there_is_no_mailbox(lead: Desk) -> None:
    assert 404 == lead.get(MAILBOX).status_code
    assert 404 == lead.get(f"{MAILBOX}/1.eml").status_code
    assert "Mailbox" not in lead.read("/console/")


def test_an_empty_one_says_when_mail_comes(demo: Any, lead: Desk) -> None:
    assert "Nothing has arrived yet." in lead.read(MAILBOX)


def test_a_mail_is_shown_with_its_headers_text_and_way_out(folder: Path, lead: Desk) -> None:
    link = "http://127.0.0.1:8000/unsubscribe/abc"
    sent = mail(Subject="Cards – fail", To="r@example.org", List_Unsubscribe=f"<{link}>")
    (folder / "1.eml").write_bytes(bytes(sent))
    assert "Cards – fail to r@example.org" in lead.read(MAILBOX)
    page = lead.get(f"{MAILBOX}/1.eml").content.decode()
    assert "Cards fail." in page
    assert f'<a href="{link}">' in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: =?utf-8?q?=FF=FE?=\r\n\r\nx",
        b"Subject: <script>alert(1)</script>\r\nTo: ,,,;;<<>>\r\n\r\nx",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 50,
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"List-Unsubscribe: <javascript:alert(1)>\r\n\r\nx",
    ],
)
def test_no_mail_breaks_it(folder: Path, lead: Desk, raw: bytes) -> None:
    (folder / "1.eml").write_bytes(raw)
    assert 200 == lead.get(MAILBOX).status_code
    page = lead.get(f"{MAILBOX}/1.eml")
    assert 200 == page.status_code
    assert "<script>alert" not in page.content.decode()
    assert 'href="javascript' not in page.content.decode()


@pytest.mark.parametrize(
    "name", ["../keys/secret", "..%2f..%2fkeys%2fledger", ".eml", "1.eml%00", "%2e%2e", "none.eml"]
)
def test_only_mails_are_read(folder: Path, lead: Desk, name: str) -> None:
    assert 404 == lead.get(f"{MAILBOX}/{name}").status_code


def test_a_call_is_shown_with_what_its_signature_check_said(folder: Path, lead: Desk) -> None:
    kept = {
        "received_at": "2026-03-01T14:05:00Z",
        "verified": True,
        "problem": "",
        "headers": {"webhook-id": "m1"},
    }
    (folder / "1.json").write_text(json.dumps({**kept, "body": '{"type":"update.published"}'}))
    (folder / "2.json").write_text(
        json.dumps({**kept, "verified": False, "problem": "no match", "body": "<b>"})
    )
    seen = lead.read(MAILBOX)
    assert ("Signature verified" in seen, "Signature refused" in seen) == (True, True)
    assert '"type": "update.published"' in lead.read(f"{MAILBOX}/1.json")
    assert "Signature refused: no match" in lead.read(f"{MAILBOX}/2.json")


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'{"headers": 1, "body": 2}', b"[" * 100_000, b"\xff"])
def test_no_call_breaks_it(folder: Path, lead: Desk, raw: bytes) -> None:
    (folder / "1.json").write_bytes(raw)
    assert 200 == lead.get(MAILBOX).status_code
    assert "(This call cannot be read.)" in lead.read(f"{MAILBOX}/1.json")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Sun, 01 Mar 2026 19:50:00 +0545", "14:05 UTC"),
        ("Sun, 01 Mar 2026 14:05:00", "Sun, 01 Mar 2026 14:05:00"),
    ],
)
def test_times_are_told_as_everywhere_else(folder: Path, lead: Desk, written: str, read: str) -> None:
    """In UTC and the reader's zone; a date without a zone stands as it came."""
    (folder / "1.eml").write_bytes(bytes(mail(Subject="S", Date=written)))
    assert read in lead.read(MAILBOX)
