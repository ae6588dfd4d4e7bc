"""Reports that could not be read wait for a person, who sees them safely."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.store.queries import intake
from clarion.web.console.quarantine import MOST_SHOWN
from tests import factories as make
from tests.web.console.conftest import Desk, words


@pytest.fixture
def path(house: make.House) -> str:
    return f"/console/quarantine/{make.hook(b'<script>alert(1)</script>')}"


def test_the_list_says_what_is_wrong(lead: Desk, path: str) -> None:
    seen = lead.read("/console/quarantine")
    assert "alertmanager" in seen
    assert "body:" in seen
    assert "There is no such report." in lead.read("/console/quarantine?state=discarded")


def test_the_body_is_shown_as_the_text_it_is(lead: Desk, path: str) -> None:
    page = lead.get(path).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("body", [b"\x00\x01\xff\xfe", b"\xf0\x9f", "‮evil".encode(), b"{" * 5000])
def test_any_bytes_can_be_looked_at(house: make.House, lead: Desk, body: bytes) -> None:
    assert "It could not be read." in lead.read(f"/console/quarantine/{make.hook(body)}")


def test_a_long_body_is_cut_and_says_so(house: make.House, lead: Desk) -> None:
    body = b"x" * (MOST_SHOWN + 10)
    page: Any = lead.get(f"/console/quarantine/{make.hook(body)}")
    assert "Only the first 64 KB are shown. All 65546 bytes are kept." in words(page)
    assert len(page.content) < MOST_SHOWN + 20_000


def test_reading_it_again_says_what_is_still_wrong(lead: Desk, path: str) -> None:
    answer = lead.send(path, "replay")
    assert 422 == answer.status_code
    assert "It still cannot be read." in words(answer)


def test_it_is_discarded_with_a_reason_or_not_at_all(lead: Desk, path: str) -> None:
    assert 422 == lead.send(path, "discard", reason=" ").status_code
    assert 302 == lead.send(path, "discard", reason="A test by the vendor").status_code
    assert "discarded" == intake.hook(path.rsplit("/", 1)[1]).state
    assert "Read it again" not in lead.read(path)


def test_somebody_else_was_faster(house: make.House, lead: Desk, path: str) -> None:
    page = lead.get(path)
    Desk(house.administrator).send(path, "discard", reason="Seen")
    answer = lead.send(path, "discard", page=page, reason="Mine")
    assert 302 == answer.status_code
    assert "This hook is discarded" in lead.read("/console/")


def test_a_reviewer_may_look_and_not_touch(accuracy: Desk, path: str) -> None:
    assert "This needs the role Communications lead or Administrator" in accuracy.read(path)
    assert "/discard" not in accuracy.get(path).content.decode()


def test_a_report_that_was_read_leads_to_its_incident(house: make.House, lead: Desk) -> None:
    hook = make.incident_by_hook().signals.get().hook_id
    page = lead.get(f"/console/quarantine/{hook}")
    assert "Signals read from it" in words(page)
    assert "/console/incidents/" in page.content.decode().split("Signals read from it")[1]
