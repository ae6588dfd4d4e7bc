"""Takes in the bodies of requests, so that slow, large and endless ones cost strangers' time, not ours.

The server gives each request a thread and its body as it comes, and waits for the rest without end. So
only some of the threads may wait for bodies at once: the others stay for readers of the page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from clarion.web.public import Application, StartResponse

#: How many requests of one server process may wait for their bodies at once.
AT_ONCE = 8
#: How long one body may take, in seconds.
SECONDS = 10.0
#: Small, since the time is looked at between two pieces only.
_PIECE = 1024
#: These answer for themselves, each in its own words.
_OWN_WORDS = ("/hooks/", "/api/v1/")


class Bodies:
    """A WSGI application: reads the whole body, within limits, then calls the one behind it.

    Answers 503 at once when too many bodies are being waited for, 408 for one that takes too long, and
    400 for one that ends early. The body of a request that gives no length, or one over the limit, is
    not read at all: the application behind finds it empty, and refuses it by its length.
    """

    def __init__(
        self, behind: Application, *, limit: int, at_once: int = AT_ONCE, seconds: float = SECONDS
    ) -> None:
        self._behind, self._limit, self._seconds = behind, limit, seconds
        self._slots = BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        length, body = _length(environ), b""
        if 0 < length <= self._limit:
            if not self._slots.acquire(blocking=False):
                return _refuse(
                    start_response, 503, "Too many requests are being sent at once. Send it again."
                )
            try:
                found = self._read(environ["wsgi.input"].read, length)
            finally:
                self._slots.release()
            if found is None:
                return _refuse(start_response, 408, f"The body took over {self._seconds:g} s. Send it again.")
            if len(found) < length:
                return _refuse(start_response, 400, "The request ended before its body did.")
            body = found
        return self._behind({**environ, "wsgi.input": BytesIO(body)}, start_response)

    def _read(self, read: Callable[[int], bytes], length: int) -> bytes | None:
        """The body, shorter where the sender stopped; None when it took too long."""
        body, end = bytearray(), time.monotonic() + self._seconds
        while len(body) < length:
            try:
                piece = read(min(_PIECE, length - len(body)))
            except OSError:
                piece = b""
            if not piece:
                break
            body += piece
            if time.monotonic() > end:
                return None
        return bytes(body)


def _length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH") or ""
    # Python reads no number of any length; one of 19 digits is over every limit.
    return int(text[:19]) if text.isascii() and text.isdecimal() else 0


def _refuse(start_response: StartResponse, status: int, detail: str) -> list[bytes]:
    """An error as RFC 9457 has it; the connection ends, since the rest of the body is not wanted."""
    title = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "status": status, "title": title, "detail": detail}
    body = json.dumps(problem).encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
    ]
    if status == 503:
        headers.append(("Retry-After", "5"))
    start_response(f"{status} {title}", headers)
    return [body]


class SizeMiddleware:
    """Refuses a body over the limit by its length, before anything takes it apart."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _length(request.META) > limit and not request.path.startswith(_OWN_WORDS):
            text = f"A form holds at most {limit} bytes. Nothing was done.\n"
            return HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class NoFiles(FileUploadHandler):
    """No form of Clarion takes a file, so none is ever put on the disk: the request is refused, with 400."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SuspiciousOperation("No form here takes a file.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
