"""A program that talks to the API, and the house it talks to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import factories as make


class Program:
    """Calls ``/api/v1`` with a key; answers are Django's test responses."""

    def __init__(self, secret: str = "") -> None:
        self._client = Client(raise_request_exception=False)
        self._secret = secret

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """``body``: bytes as they are, anything else as JSON. Header names with ``_`` for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._secret:
            sent.setdefault("Authorization", f"Bearer {self._secret}")
        more: dict[str, Any] = {} if body is None else {"data": body, "content_type": "application/json"}
        address = path if path.startswith("/api/") else f"/api/v1{path}"
        return self._client.generic(method, address, headers=sent, **_encoded(more))

    def get(self, path: str, **headers: str) -> Any:
        """The JSON of a GET that must succeed."""
        return _fine(self.call("GET", path, **headers), 200)

    def post(self, path: str, body: Any = None, *, status: int = 201, **headers: str) -> Any:
        return _fine(self.call("POST", path, body, **headers), status)


def _encoded(more: dict[str, Any]) -> dict[str, Any]:
    if "data" in more and not isinstance(more["data"], bytes):
        more["data"] = json.dumps(more["data"])
    return more


def _fine(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content.decode()
    return response.json()


def found(program: Program, draft_id: str, severity: str) -> list[str]:
    """Fingerprints of what is found in a draft, as a program that submits or approves has to name them."""
    items = program.get(f"/drafts/{draft_id}/findings")["items"]
    return [item["fingerprint"] for item in items if item["severity"] == severity]


@pytest.fixture
def now() -> Iterator[Any]:
    """The clock stands still at ``factories.NOW``."""
    with time_machine.travel(make.NOW, tick=False):
        yield make.NOW


@pytest.fixture
def house(db: None, now: Any, settings: Any) -> make.House:
    """People with passwords that are quick to hash, since no story here is about them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make.House(now=now)


@pytest.fixture
def lead(house: make.House) -> Program:
    """A program of the communications lead."""
    return Program(make.api_key(house.lead))


@pytest.fixture
def admin(house: make.House) -> Program:
    return Program(make.api_key(house.administrator))


def problem(response: Any, status: int, code: str) -> Any:
    """The problem that a response is; checks its whole shape."""
    assert status == response.status_code, response.content.decode()
    assert "application/problem+json" == response.headers["Content-Type"]
    found = response.json()
    assert {"type", "title", "status", "detail", "code", "errors"} == set(found)
    assert (status, code) == (found["status"], found["code"])
    assert found["type"].endswith(f"/api/v1/docs#problem-{code}")
    assert "Traceback" not in response.content.decode()
    assert all(set(item) == {"field", "detail"} for item in found["errors"])
    return found
