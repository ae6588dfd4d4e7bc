"""Readers cost the database nothing: no request to a public path runs a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test import RequestFactory

from clarion.web.public import PublicFiles
from tests import factories as make

Ask = Callable[..., int]


@pytest.fixture
def folder(db: None, clarion_home: Path, tmp_path: Path) -> Path:
    """A page with an update on it, written as the worker writes it."""
    make.keys(clarion_home)
    place = make.site(tmp_path / "page")
    make.House().update()
    make.settle()
    return place


@pytest.fixture
def queries() -> list[str]:
    return []


@pytest.fixture
def ask(folder: Path, queries: list[str]) -> Iterable[Ask]:
    """Requests to the very application that `clarion serve` runs; gives the status."""
    app = PublicFiles(folder, get_wsgi_application())

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    def send(path: str, method: str = "GET", **headers: str) -> int:
        statuses: list[str] = []
        environ = RequestFactory().generic(method, path, headers=headers).environ
        b"".join(app(environ, lambda status, *_: statuses.append(status)))
        return int(statuses[0].split()[0])

    # They would close the connection that the test's transaction lives on, as Django's test client knows.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        with connection.execute_wrapper(note):
            yield send
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def public_paths(folder: Path) -> list[str]:
    """Every file and folder of the page, and what does not exist."""
    found = [f"/{path.relative_to(folder)}" for path in folder.rglob("*") if "/." not in str(path)]
    return [
        *found,
        *(path.removesuffix("index.html") for path in found if path.endswith("index.html")),
        "/",
        "/incidents/nothing00000/",
        "/api/v2/nothing.json",
        "/consolation",
        "/../keys/ledger",
        "/?page=9999",
    ]


@pytest.mark.django_db
def test_no_request_to_a_public_path_runs_a_query(ask: Ask, folder: Path, queries: list[str]) -> None:
    """Whatever the method, with a session cookie or without."""
    queries.clear()
    asked = public_paths(folder)
    assert len(asked) > 20
    for path in asked:
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            status = ask(path, method, Cookie="sessionid=0123456789abcdef0123456789abcdef")
            assert status in (200, 404, 405), (method, path)
    assert [] == queries


@pytest.mark.django_db
def test_a_query_would_have_been_seen(ask: Ask, queries: list[str]) -> None:
    """The same watch on an address that does need the database."""
    queries.clear()
    assert ask("/health") in (200, 503)
    assert queries
