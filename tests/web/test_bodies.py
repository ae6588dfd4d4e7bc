"""Bodies that come slowly, are cut short, are too large or hold files: nobody else waits for them."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.test import Client

from clarion.web.bodies import Bodies
from tests import factories as make
from tests.living import HOOK_TOKEN, installation

SLOW = b"POST /hooks/alertmanager HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\nx"


def test_readers_and_tools_get_answers_while_thirty_senders_dawdle(tmp_path: Path) -> None:
    """Over real sockets. Slow senders share half of the server's threads; readers have the others."""
    with installation(tmp_path / "clarion") as here, ExitStack() as slow:
        site = here.home / "site"
        site.mkdir(exist_ok=True)
        (site / "index.html").write_text("the page")
        here.start_web()
        for _ in range(30):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", here.port), timeout=30))
            connection.sendall(SLOW)
        assert [b"the page"] * 20 == [here.get("/").body for _ in range(20)]
        token = {"Authorization": f"Bearer {HOOK_TOKEN}", "Content-Type": "application/json"}
        refused = here.request("POST", "/hooks/alertmanager", make.alert(), token)
        assert (503, "5") == (refused.status, refused.headers["retry-after"])
        slow.close()
        for _ in range(100):
            answer = here.request("POST", "/hooks/alertmanager", make.alert(), token)
            if answer.status != 503:
                break
        assert 202 == answer.status


class Sender:
    """A connection that hands out pieces as asked, each after what ``before`` does."""

    def __init__(self, body: bytes, before: Any = None) -> None:
        self._body, self._before = io.BytesIO(body), before

    def read(self, size: int) -> bytes:
        if self._before:
            self._before()
        return self._body.read(size)


def behind(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(bodies: Bodies, sender: Sender, length: str) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    environ = {"CONTENT_LENGTH": length, "wsgi.input": sender}
    body = b"".join(bodies(environ, lambda status, headers: said.extend((status, headers))))
    return said[0], dict(said[1]), body


CASES = [
    ("a body as it was sent", "4000", "200 OK", b"x" * 4000),
    ("a body cut short", "4001", "400 Bad Request", None),
    ("one over the limit is never read", "5001", "200 OK", b""),
    ("one with no length is never read", "", "200 OK", b""),
    ("a length that is none", "-5", "200 OK", b""),
    ("a length of 5000 digits", "9" * 5000, "200 OK", b""),
]


@pytest.mark.parametrize(("length", "status", "seen"), [row[1:] for row in CASES], ids=[r[0] for r in CASES])
def test_what_the_application_behind_sees(length: str, status: str, seen: bytes | None) -> None:
    answered, _, body = ask(Bodies(behind, limit=5000), Sender(b"x" * 4000), length)
    assert status == answered
    assert seen is None or seen == body


def test_a_body_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own thread is free again after the time that one body may take."""
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr("clarion.web.bodies.time.monotonic", lambda: next(clock))
    status, headers, _ = ask(Bodies(behind, limit=10**6, seconds=10), Sender(b"x" * 900_000), "900000")
    assert ("408 Request Timeout", "close") == (status, headers["Connection"])


def test_a_place_is_free_again_after_each_body() -> None:
    """Whether it came whole, was cut short, or broke off with an error."""
    bodies = Bodies(behind, limit=5000, at_once=1)

    def broken() -> None:
        raise OSError("gone")

    for sender in (Sender(b"xx"), Sender(b""), Sender(b"xx", broken)):
        ask(bodies, sender, "2")
    assert "200 OK" == ask(bodies, Sender(b"xx"), "2")[0]


def test_over_the_number_of_places_the_answer_comes_at_once() -> None:
    bodies, meet = Bodies(behind, limit=5000, at_once=1), Barrier(2, timeout=30)

    def wait() -> None:
        meet.wait()
        meet.wait()

    first = Thread(target=ask, args=(bodies, Sender(b"x", wait), "1"))
    first.start()
    meet.wait()
    status, headers, body = ask(bodies, Sender(b"x"), "1")
    meet.wait()
    first.join()
    assert ("503 Service Unavailable", "5") == (status, headers["Retry-After"])
    assert b"Send it again" in body


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is put on the disk for an upload."""
    made: list[str] = []
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", made.append)
    yield made
    assert [] == made


def stranger() -> Client:
    """With a cookie of its own making, as it takes to have a form read at all."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    return client


def test_a_large_form_is_refused_by_its_length(db: None, no_files: list[str]) -> None:
    """A stranger cannot fill the disk by way of the login."""
    upload = io.BytesIO(b"x" * 3_000_000)
    upload.name = "big.bin"
    answer = stranger().post("/console/login", {"username": "a", "file": upload})
    assert (413, True) == (answer.status_code, b"at most 1000000 bytes" in answer.content)


def test_a_form_with_a_file_is_refused(db: None, no_files: list[str]) -> None:
    upload = io.BytesIO(b"x" * 1000)
    upload.name = "small.bin"
    answer = stranger().post("/console/login", {"username": "a", "file": upload})
    assert 400 == answer.status_code
