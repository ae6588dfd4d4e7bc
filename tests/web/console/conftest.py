"""Somebody at a desk: a signed-in person who reads pages and sends the forms that stand on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from tests import factories as make


class _Forms(HTMLParser):
    """Every form of a page: its action and the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self._open = False
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
            self._open = True
        if not self._open:
            return
        values = self.forms[-1][1]
        if tag == "input" and name:
            self._input(values, name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in values):
            values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._textarea = name
            values[name] = ""

    def _input(self, values: dict[str, Any], name: str, given: dict[str, str | None]) -> None:
        if given.get("type") == "checkbox":
            if "checked" in given:
                values.setdefault(name, []).append(given.get("value") or "on")
        elif given.get("type") != "radio" or "checked" in given:
            values[name] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1][1][self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            # The parser of a browser drops the line end right after the tag, which Django writes.
            name, self._textarea = self._textarea, ""
            self.forms[-1][1][name] = re.sub(r"\A\r?\n", "", self.forms[-1][1][name])


def words(response: Any) -> str:
    """What a reader of the page sees, spaces folded."""
    bare = re.sub(r"<(head|script)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r" ([.,:)])", r"\1", " ".join(unescape(bare).split()))


class Desk:
    """One person's browser."""

    def __init__(self, person: Any = None) -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        if person is not None:
            self.client.force_login(person)

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def read(self, path: str) -> str:
        """The words of a page that must be there."""
        response = self.get(path)
        assert 200 == response.status_code, words(response)
        return words(response)

    def form(self, path: str, action: str, page: Any = None) -> dict[str, Any]:
        """What the form with this action (its end, empty for the page itself) would send as it stands."""
        found = _Forms()
        found.feed((page or self.get(path)).content.decode())
        fitting = [
            values for target, values in found.forms if target.endswith(action) and (action or not target)
        ]
        assert fitting, f"no form {action!r} on {path}; there are {[target for target, _ in found.forms]}"
        return fitting[0]

    def send(self, path: str, action: str, *, page: Any = None, **typed: Any) -> Any:
        """Reads the page, changes the form as typed (``__`` for ``.``) and sends it."""
        values = self.form(path, action, page)
        values.update({name.replace("__", "."): value for name, value in typed.items()})
        return self.client.post(self.target(path, action, page), values)

    def target(self, path: str, action: str, page: Any = None) -> str:
        if not action:
            return path.split("?")[0]
        found = _Forms()
        found.feed((page or self.get(path)).content.decode())
        return next(target for target, _ in found.forms if target.endswith(action))


@pytest.fixture
def now() -> Iterator[Any]:
    """The clock stands at ``factories.NOW`` until the test moves it."""
    with time_machine.travel(make.NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def house(db: None, now: Any, settings: Any) -> make.House:
    """People with passwords that are quick to hash, since no story here is about them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return make.House()


@pytest.fixture
def lead(house: make.House) -> Desk:
    return Desk(house.lead)


@pytest.fixture
def accuracy(house: make.House) -> Desk:
    return Desk(house.accuracy)


@pytest.fixture
def clarity(house: make.House) -> Desk:
    return Desk(house.clarity)


@pytest.fixture
def admin(house: make.House) -> Desk:
    return Desk(house.administrator)


@pytest.fixture
def auditor(house: make.House) -> Desk:
    return Desk(house.auditor)
