"""The reader's own link out, as RFC 8058 has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clarion.store.queries import ledger
from clarion.store.tokens import token, unsubscribe_url
from tests import factories as make
from tests.web.console.conftest import words

FIELD = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reader(house: make.House) -> Any:
    return make.subscriber()


@pytest.fixture
def link(reader: Any) -> str:
    return "/" + unsubscribe_url(reader.id).split("/", 3)[3]


@pytest.fixture
def stranger() -> Client:
    """No cookie, and a server that checks for forged requests."""
    return Client(enforce_csrf_checks=True)


def state_of(reader: Any) -> str:
    reader.refresh_from_db()
    return str(reader.state)


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_looking_never_acts(stranger: Client, reader: Any, link: str, method: str) -> None:
    getattr(stranger, method)(link)
    getattr(stranger, method)(f"{link}?List-Unsubscribe=One-Click")
    assert "active" == state_of(reader)


@pytest.mark.parametrize("multipart", [True, False])
def test_the_mail_programs_post_acts_at_once(
    stranger: Client, reader: Any, link: str, multipart: bool
) -> None:
    more = {} if multipart else {"content_type": "application/x-www-form-urlencoded"}
    answer = stranger.post(link, FIELD if multipart else "List-Unsubscribe=One-Click", **more)  # type: ignore[arg-type]
    assert (200, "unsubscribed") == (answer.status_code, state_of(reader))
    assert "set-cookie" not in {name.lower() for name, _ in answer.items()}
    entry = ledger.entries(kind="subscriber.unsubscribed").get()
    assert f"subscriber:{reader.id}" == entry.actor


def test_the_form_of_the_page_sends_the_same_field(stranger: Client, reader: Any, link: str) -> None:
    page = stranger.get(link)
    assert "reader@example.org gets status updates by mail" in words(page)
    assert '<input type="hidden" name="List-Unsubscribe" value="One-Click">' in page.content.decode()


def test_a_second_time_is_no_error(stranger: Client, reader: Any, link: str) -> None:
    stranger.post(link, FIELD)
    answer = stranger.post(link, FIELD)
    assert (200, True) == (answer.status_code, "You are unsubscribed" in words(answer))
    assert "You are unsubscribed" in words(stranger.get(link))
    assert 1 == ledger.entries(kind="subscriber.unsubscribed").count()


@pytest.mark.parametrize("sent", [{}, {"List-Unsubscribe": "yes"}, {"list-unsubscribe": "One-Click"}])
def test_any_other_post_does_nothing(stranger: Client, reader: Any, link: str, sent: dict[str, str]) -> None:
    assert 400 == stranger.post(link, sent).status_code
    assert "active" == state_of(reader)


def test_a_link_that_proves_nothing_is_the_page_of_any_wrong_address(
    stranger: Client, reader: Any, link: str
) -> None:
    forged = [
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        f"/unsubscribe/{reader.id}",
        f"/unsubscribe/{token('confirm', reader.id)}",
        f"/unsubscribe/{token('unsubscribe', 'nobody')}",
    ]
    missing = stranger.get("/no/such/page").content
    for address in forged:
        for answer in (stranger.get(address), stranger.post(address, FIELD)):
            assert (404, missing) == (answer.status_code, answer.content)
    assert "active" == state_of(reader)


def test_the_link_is_a_key_and_is_kept_like_one(stranger: Client, link: str) -> None:
    answer = stranger.get(link)
    assert "no-store" in answer["Cache-Control"]
    assert "no-referrer" == answer["Referrer-Policy"]
