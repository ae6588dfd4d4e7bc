"""Signing in and out: nothing is told to strangers, and guessing is slow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clarion.actions import people
from tests import factories as make
from tests.web.console.conftest import Desk, words

LOGIN = "/console/login"
WRONG = "Address and password do not belong together."


def sign_in(email: str, password: str = make.PASSWORD, path: str = LOGIN) -> Any:
    desk = Desk()
    return desk.send(path, "", username=email, password=password)


def test_the_address_may_be_written_in_capitals(house: make.House) -> None:
    answer = sign_in(house.lead.email.upper())
    assert (302, "/console/") == (answer.status_code, answer["Location"])


def test_unknown_wrong_and_switched_off_are_answered_alike(house: make.House) -> None:
    make.run(people.deactivate_person, user_id=house.legal.id, actor=make.SYSTEM)
    answers = [
        sign_in("nobody@larkspur.example"),
        sign_in(house.lead.email, "wrong"),
        sign_in(house.legal.email),
    ]
    assert [422, 422, 422] == [answer.status_code for answer in answers]
    assert all(WRONG in words(answer) for answer in answers)


def test_the_address_stays_typed_and_the_password_does_not(house: make.House) -> None:
    page = sign_in(house.lead.email, "wrong-but-secret").content.decode()
    assert f'value="{house.lead.email}"' in page
    assert "wrong-but-secret" not in page


def test_the_fifth_wrong_try_costs_time_even_with_the_right_password(house: make.House, now: Any) -> None:
    for _ in range(5):
        sign_in(house.lead.email, "wrong")
    refused = sign_in(house.lead.email)
    assert 429 == refused.status_code
    assert "Wait" in words(refused)
    now.shift(timedelta(seconds=5))
    assert 302 == sign_in(house.lead.email).status_code


def test_nobody_is_locked_out_by_tries_at_another_address(house: make.House) -> None:
    for _ in range(8):
        sign_in(house.accuracy.email, "wrong")
    assert 302 == sign_in(house.lead.email).status_code


def test_an_unknown_address_is_slowed_down_like_a_known_one(house: make.House) -> None:
    for _ in range(5):
        sign_in("nobody@larkspur.example")
    assert 429 == sign_in("nobody@larkspur.example").status_code


def tries(desk: Desk, number: int, **meta: str) -> int:
    """Status of the last of so many wrong tries, each at another account."""
    values = desk.form(LOGIN, "")
    for count in range(number):
        typed = values | {"username": f"nobody{count}@larkspur.example", "password": "wrong"}
        answer = desk.client.post(LOGIN, typed, **meta)
    return answer.status_code


def test_one_machine_cannot_try_every_account(house: make.House) -> None:
    assert 429 == tries(Desk(), 51, REMOTE_ADDR="8.8.8.8")


def test_a_stranger_locks_nobody_out_who_comes_through_the_same_proxy(house: make.House) -> None:
    """With the proxy's name in the settings or without."""
    assert 422 == tries(Desk(), 51, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert 302 == sign_in(house.lead.email).status_code


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("/console/ledger", "/console/ledger"),
        ("https://evil.example/", "/console/"),
        ("//evil.example/", "/console/"),
        ("javascript:alert(1)", "/console/"),
        ("http:///evil.example", "/console/"),
    ],
)
def test_signing_in_leads_nowhere_else(house: make.House, back: str, expected: str) -> None:
    desk = Desk()
    answer = desk.send(LOGIN, "", username=house.lead.email, password=make.PASSWORD, next=back)
    assert expected == answer["Location"]


def test_signing_out_needs_the_button(lead: Desk) -> None:
    assert 405 == lead.get("/console/logout").status_code
    assert 200 == lead.get("/console/").status_code
    answer = lead.send("/console/", "logout")
    assert LOGIN == answer["Location"]
    assert 302 == lead.get("/console/").status_code
