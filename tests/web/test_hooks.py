"""``POST /hooks/<source>``: a body that cannot be seen whole is refused, never kept as if it were empty."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from clarion.store.models import Hook
from clarion.web import hooks
from tests import factories as make
from tests.living import HOOK_TOKEN, installation

PATH = "/hooks/alertmanager"


def post(body: bytes = b"", **environ: str) -> Any:
    """A request as a WSGI server hands it on: ``environ`` replaces what belongs to the body."""
    given = {"HTTP_AUTHORIZATION": f"Bearer {make.TOKEN}"} | environ
    request = RequestFactory().generic("POST", PATH, body, content_type="application/json", **given)
    return hooks.receive(request, "alertmanager")


def refused(response: Any, status: int, sentence: str) -> None:
    assert (status, "application/problem+json") == (response.status_code, response.headers["Content-Type"])
    assert sentence in response.content.decode()
    assert 0 == Hook.objects.count()


@pytest.fixture
def house(db: None, settings: Any) -> make.House:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make.House()


REFUSED = [
    ("in chunks", {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411, "with Content-Length"),
    ("without a length, as HTTP/2 may", {"CONTENT_LENGTH": ""}, 411, "Nothing was kept"),
    ("a length that is none", {"CONTENT_LENGTH": "-1"}, 411, "with Content-Length"),
    ("an empty body", {"CONTENT_LENGTH": "0"}, 400, "has no body"),
    ("a length over the limit", {"CONTENT_LENGTH": "1000001"}, 413, "at most 1000000 bytes"),
    ("a length of 5000 digits", {"CONTENT_LENGTH": "9" * 5000}, 413, "at most 1000000 bytes"),
]


@pytest.mark.parametrize(
    ("environ", "status", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_kept_whole_is_refused_with_a_sentence(
    house: make.House, environ: dict[str, str], status: int, sentence: str
) -> None:
    """Though its token is right. Nothing is kept, and the sender learns that."""
    refused(post(make.alert(), **environ), status, sentence)


def test_a_request_with_its_length_is_kept(house: make.House) -> None:
    """Byte for byte."""
    assert 202 == post(make.alert()).status_code
    assert make.alert() == bytes(Hook.objects.get().body)


def test_chunks_over_a_real_socket_are_refused_too(tmp_path: Path) -> None:
    """Our own web server hands them on without a length; that is what this stands on."""
    body = make.alert()
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {HOOK_TOKEN}\r\n"
    sent = b"%s%s\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (
        head.encode(),
        b"Transfer-Encoding: chunked",
        len(body),
        body,
    )
    with installation(tmp_path / "clarion") as here:
        here.start_web()
        with socket.create_connection(("127.0.0.1", here.port), timeout=30) as connection:
            connection.sendall(sent)
            said = connection.recv(65536).decode()
        kept = here.python("from clarion.store.models import Hook\nresult = Hook.objects.count()")
    assert said.startswith("HTTP/1.1 411 ")
    assert ("application/problem+json" in said, 0) == (True, kept)
