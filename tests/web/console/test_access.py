"""Who gets in, and who may see and do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern, reverse

from clarion.web.console.urls import urlpatterns
from tests import factories as make
from tests.web.console.conftest import Desk, words

DUMMY: dict[str, Any] = {"number": 1, "name": "a.eml"}
OPEN_TO_ALL = {"login", "logout", "settings"}


def address(pattern: URLPattern) -> str:
    names = pattern.pattern.converters
    return reverse(
        f"console:{pattern.name}", kwargs={name: DUMMY.get(name, "abcdefghijkl") for name in names}
    )


SCREENS = {str(pattern.name): address(pattern) for pattern in urlpatterns}


@pytest.mark.parametrize("name", sorted(SCREENS.keys() - OPEN_TO_ALL))
def test_a_stranger_is_sent_to_the_login_wherever_they_knock(house: make.House, name: str) -> None:
    """Also where nothing is: what exists is not told to strangers."""
    answer = Desk().get(SCREENS[name])
    assert 302 == answer.status_code
    assert answer["Location"].startswith("/console/login?next=/console/")


@pytest.mark.parametrize("name", sorted(SCREENS.keys() - OPEN_TO_ALL))
def test_nothing_is_sent_without_the_token_of_the_page(house: make.House, name: str) -> None:
    answer = Desk(house.administrator).client.post(SCREENS[name])
    assert (403, True) == (answer.status_code, "Please send it again" in words(answer))


def test_a_fragment_asks_for_the_whole_page_when_the_session_is_over(house: make.House) -> None:
    answer = Desk().get(SCREENS["live"], headers={"HX-Request": "true"})
    assert (204, "true") == (answer.status_code, answer["HX-Refresh"])


def test_somebody_without_a_role_sees_nothing_and_is_told_what_to_do(house: make.House) -> None:
    answer = Desk(make.person()).get("/console/")
    assert 403 == answer.status_code
    assert "ask an administrator" in words(answer)
    assert "Checkout" not in words(answer)


@pytest.mark.parametrize("path", ["people", "sources"])
@pytest.mark.parametrize("role", ["lead", "accuracy", "clarity", "legal", "auditor"])
def test_only_administrators_see_people_and_sources(house: make.House, role: str, path: str) -> None:
    desk = Desk(getattr(house, role))
    assert 403 == desk.get(SCREENS[path]).status_code
    assert SCREENS[path] not in desk.get("/console/").content.decode()
    assert 200 == Desk(house.administrator).get(SCREENS[path]).status_code


@pytest.mark.parametrize(
    "path", ["incidents", "drafts", "subscribers", "deliveries", "components", "ledger", "policy"]
)
def test_an_auditor_reads_everything_and_finds_no_button(auditor: Desk, path: str) -> None:
    page = auditor.get(SCREENS[path])
    assert 200 == page.status_code
    assert "/add" not in page.content.decode()


def test_an_auditor_cannot_do_what_has_no_button(auditor: Desk, house: make.House) -> None:
    token = {"csrfmiddlewaretoken": auditor.form("/console/", "logout")["csrfmiddlewaretoken"]}
    values = {**token, "channel": "email", "address": "x@example.org", "audience": "customers"}
    answer = auditor.client.post(SCREENS["subscriber_add"], values)
    assert 403 == answer.status_code
    assert "This needs the role Communications lead or Administrator" in words(answer)


@pytest.mark.parametrize(
    "name", ["incident", "draft", "draft_edit", "hook", "entry", "person", "draft_version"]
)
def test_what_is_not_there_is_one_and_the_same_page(admin: Desk, house: make.House, name: str) -> None:
    admin = admin if name != "draft_edit" else Desk(house.lead)
    answer = admin.get(SCREENS[name])
    assert 404 == answer.status_code
    assert answer.content == admin.get("/console/no/such/page").content


def test_nobody_revokes_the_key_of_somebody_else(house: make.House, lead: Desk) -> None:
    make.api_key(house.accuracy, label="hers")
    make.api_key(house.lead, label="mine")
    theirs = Desk(house.accuracy).get(SCREENS["keys"]).content.decode()
    foreign = theirs.split("/revoke")[0].rsplit("/", 1)[1]
    token = lead.form(SCREENS["keys"], "revoke")["csrfmiddlewaretoken"]
    path = reverse("console:key_revoke", args=[foreign])
    answer = lead.client.post(path, {"csrfmiddlewaretoken": token})
    assert 404 == answer.status_code
    assert "There is no such key." in words(answer)
    assert "Revoked" not in Desk(house.accuracy).read(SCREENS["keys"])


def test_internal_pages_do_not_stay_in_a_browser(lead: Desk) -> None:
    assert "no-store" in lead.get("/console/")["Cache-Control"]


def test_no_page_runs_code_that_is_not_ours(lead: Desk) -> None:
    page = lead.get("/console/")
    assert "script-src 'self'" in page["Content-Security-Policy"]
    body = page.content.decode()
    assert (
        body.count("<script")
        == body.count('<script src="/static/django_htmx/htmx-2.min.js" defer></script>')
        == 1
    )
    assert " style=" not in body
    assert " on" not in {part[:3] for part in body.split("<")}
