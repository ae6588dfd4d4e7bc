"""Where the demo's updates arrive: a mail server and a web endpoint, both on this machine only.

Each message becomes a file of the mailbox folder: a mail its raw bytes (``.eml``), a call a JSON object
(``.json``) with ``received_at``, ``verified``, ``problem``, ``headers`` and ``body``. Names sort by arrival.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from clarion.cli.trouble import Trouble

HOST = "127.0.0.1"
LONGEST_CALL = 1_000_000
_log = logging.getLogger("clarion.demo")


class Mailbox:
    """A folder that takes messages whole: each is written beside its place and renamed into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._lock = Lock()

    def keep(self, content: bytes, extension: str) -> Path:
        """Writes one message; returns its file. Raises OSError."""
        with self._lock:
            number = next(self._numbers)
        path = self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{number:04d}.{extension}"
        temporary = path.with_name(f".{path.name}")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return path


class _KeepMail:
    """What aiosmtpd asks about a message: kept before it is accepted, as every mail server must."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        try:
            self._mailbox.keep(bytes(envelope.original_content), "eml")
        except OSError:
            _log.exception("a mail could not be kept")
            return "452 4.3.1 The mailbox cannot be written"
        return "250 2.0.0 Kept"


@contextmanager
def catch_mail(mailbox: Mailbox) -> Iterator[int]:
    """A mail server while the block runs; gives its port."""
    port = free_port()
    controller = Controller(_KeepMail(mailbox), hostname=HOST, port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def catch_calls(mailbox: Mailbox, *, secret: str, port: int) -> Iterator[int]:
    """A web endpoint while the block runs; gives its port: ``port`` if it is free, else another."""
    handler = type("KeepCall", (_KeepCall,), {"mailbox": mailbox, "webhook": Webhook(secret)})
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError:
        server = ThreadingHTTPServer((HOST, 0), handler)
    thread = Thread(target=server.serve_forever, name="endpoint", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


class _KeepCall(BaseHTTPRequestHandler):
    """Checks the signature as any receiver would, and keeps the call either way."""

    mailbox: Mailbox
    webhook: Webhook
    timeout = 20

    def do_POST(self) -> None:  # noqa: N802
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LONGEST_CALL:
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        problem = self._problem(headers, body)
        kept = {
            "received_at": datetime.now(UTC).isoformat(),
            "verified": not problem,
            "problem": problem,
            "headers": headers,
            "body": body.decode("utf-8", "replace"),
        }
        try:
            self.mailbox.keep(json.dumps(kept, indent=1).encode(), "json")
        except OSError:
            _log.exception("a call could not be kept")
            self._answer(503)
            return
        self._answer(401 if problem else 204)

    def _problem(self, headers: dict[str, str], body: bytes) -> str:
        try:
            self.webhook.verify(body, headers)
        except (WebhookVerificationError, ValueError) as error:
            return str(error) or "the signature does not hold"
        return ""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the mailbox shows what came."""


def free_port() -> int:
    """A port that nobody listens on now."""
    try:
        with socket.create_server((HOST, 0)) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise Trouble(
            f"No port is free on {HOST} ({error.strerror}). Stop some programs and try again."
        ) from None
