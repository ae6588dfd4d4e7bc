"""A message says its times in UTC and in the reader's zone, whatever channel carries it."""

from __future__ import annotations

import email
import json
from email.message import EmailMessage
from email.policy import default

import pytest

from clarion.channels import _letter, webhook
from tests.channels.samples import message, parcel

TITLE = "Down since {2026-11-25T15:30Z}"
BODY = "Back by **{2026-11-25T18:00Z}**. `{2026-11-25T18:00Z}`"
READERS = [
    ("Europe/Berlin", "25 Nov 2026, 15:30 UTC (16:30 CET)", "25 Nov 2026, 18:00 UTC (19:00 CET)"),
    (
        "Asia/Kathmandu",
        "25 Nov 2026, 15:30 UTC (21:15 UTC+05:45)",
        "25 Nov 2026, 18:00 UTC (23:45 UTC+05:45)",
    ),
    ("Etc/UTC", "25 Nov 2026, 15:30 UTC", "25 Nov 2026, 18:00 UTC"),
]


@pytest.mark.parametrize(("zone", "since", "until"), READERS)
def test_a_mail_says_them_in_subject_text_and_html(zone: str, since: str, until: str) -> None:
    sender = _letter.Sender("Example", "status@example.org")
    letter = _letter.compose(message(title=TITLE, body=BODY, time_zone=zone), sender).for_reader(parcel())
    mail = email.message_from_bytes(letter, policy=default)
    assert isinstance(mail, EmailMessage)
    plain, html = (part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
    assert f"Down since {since}" in mail["Subject"]
    assert f"Down since {since}" in plain and f"Down since {since}" in html
    assert f"Back by {until}. {{2026-11-25T18:00Z}}" in plain
    assert f'<strong><time datetime="2026-11-25T18:00:00Z">{until}</time></strong>' in html


@pytest.mark.capability("3.3", face="api")
@pytest.mark.parametrize(("zone", "since", "until"), READERS)
def test_a_webhook_says_them_in_its_markdown_too(zone: str, since: str, until: str) -> None:
    data = json.loads(webhook.body_without_link(message(title=TITLE, body=BODY, time_zone=zone)) + '""}}')[
        "data"
    ]
    assert f"Down since {since}" == data["incident"]["title"]
    assert f"Back by **{until}**. `{{2026-11-25T18:00Z}}`" == data["update"]["body"]
    assert f"Back by {until}. {{2026-11-25T18:00Z}}" == data["update"]["body_plain"]
