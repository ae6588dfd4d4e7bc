"""Where updates arrive: a mail server and a web endpoint on loopback that keep what they were sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests.living import free_port


@dataclass
class Mailbox:
    """Every mail as it came over the wire, with the addresses of its envelope."""

    port: int = field(default_factory=free_port)
    folder: Path | None = None
    """Where to put each mail as a file too, as the demo's mailbox does."""
    raw: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        content = bytes(envelope.original_content)
        if self.folder is not None:
            self.folder.mkdir(exist_ok=True)
            (self.folder / f"mail-{len(self.raw)}.eml").write_bytes(content)
        self.raw.append(content)
        return "250 2.0.0 kept"

    def of(self, address: str, about: str) -> list[EmailMessage]:
        """The mails to one reader that speak of an incident, in their order."""
        found = [message_from_bytes(raw, policy=policy.default) for raw in list(self.raw)]
        assert all(isinstance(mail, EmailMessage) for mail in found)
        return [mail for mail in found if mail["To"] == address and about in part(mail, "plain")]  # type: ignore[arg-type,misc]


def part(mail: EmailMessage, kind: str) -> str:
    """The text of one part; fails the test when the mail has none of that kind."""
    found = mail.get_body(preferencelist=(kind,))
    assert found is not None, f"no {kind} part"
    return str(found.get_content())


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[Mailbox]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass(frozen=True)
class Call:
    headers: dict[str, str]
    body: bytes


@dataclass
class Endpoint:
    """A web endpoint that keeps every call and answers 204."""

    port: int
    calls: list[Call] = field(default_factory=list)

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.pair}/updates"

    def of(self, about: str) -> list[Call]:
        """The calls that speak of an incident."""
        return [call for call in list(self.calls) if about.encode() in call.body]


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["content-length"]))
            found.calls.append(Call({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Endpoint(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
