"""Peers for the channels: a mail relay and a web endpoint on loopback that do what they are told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pycurl

from clarion.channels import webhook

#: A scripted relay closes the connection, or says nothing until the test is over.
DROP, HANG = b"<drop>", b"<hang>"

GREETINGS = {
    "HELLO": b"220 relay.test ESMTP",
    "EHLO": b"250 relay.test",
    "DATA": b"354 go on",
    "QUIT": b"221 bye",
}


@dataclass
class Relay:
    """A scripted SMTP relay. ``script`` maps a step to its next answers; after those, all is well.

    Steps are HELLO, EHLO, MAIL, RCPT, DATA, RSET and ``.`` for the end of a mail.
    """

    port: int
    script: dict[str, list[bytes]] = field(default_factory=dict)
    commands: list[bytes] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    """Raw bytes between DATA and the last dot, dots still doubled; accepted or not."""
    calls: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, step: str) -> bytes:
        waiting = self.script.get(step)
        return waiting.pop(0) if waiting else GREETINGS.get(step, b"250 ok")

    def talk(self, connection: socket.socket) -> None:
        self.calls += 1
        with connection, connection.makefile("rb") as lines:
            step = "HELLO"
            while True:
                answer = self.answer(step)
                if answer == HANG:
                    self.over.wait(30)
                if answer in (DROP, HANG):
                    return
                connection.sendall(answer + b"\r\n")
                if step == "QUIT" or answer.startswith(b"421"):
                    return
                if step == "DATA" and answer.startswith(b"354"):
                    self.mails.append(_until_dot(lines))
                    step = "."
                    continue
                command = lines.readline()
                if not command:
                    return
                self.commands.append(command)
                step = command[:4].upper().decode("ascii", "replace").strip()


def _until_dot(lines: Iterator[bytes]) -> bytes:
    collected = []
    for line in lines:
        if line == b".\r\n":
            break
        collected.append(line)
    return b"".join(collected)


@contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Runs ``talk`` in a thread for each connection to a loopback port; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_connections: list[socket.socket] = []

    def run(connection: socket.socket) -> None:
        try:
            talk(connection)
        except OSError:
            pass  # the other side hung up, as some tests want
        finally:
            connection.close()

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_connections.append(connection)
            threading.Thread(target=run, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        # Closing alone does not wake a thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_connections:
            connection.close()


@contextmanager
def relay(**script: list[bytes]) -> Iterator[Relay]:
    """A scripted relay; the step ``.`` is spelled ``END`` here."""
    if "END" in script:
        script["."] = script.pop("END")
    found = Relay(port=0, script=script)
    with serving(found.talk) as port:
        found.port = port
        try:
            yield found
        finally:
            found.over.set()


@dataclass(frozen=True)
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Endpoint:
    """A web endpoint that collects requests and answers with ``answers`` in turn, then with the last."""

    answers: list[bytes]
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    calls: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    def talk(self, connection: socket.socket) -> None:
        self.calls += 1
        with connection, connection.makefile("rb") as lines:
            while line := lines.readline():
                headers = {}
                while (header := lines.readline().strip()) != b"":
                    name, _, value = header.decode("latin-1").partition(":")
                    assert name.lower() not in headers, f"{name} came twice"
                    headers[name.lower()] = value.strip()
                body = lines.read(int(headers.get("content-length", "0")))
                self.requests.append(Request(line.decode("latin-1").strip(), headers, body))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if not self.say(connection, answer):
                    return

    def say(self, connection: socket.socket, answer: bytes) -> bool:
        if answer.endswith(HANG):
            connection.sendall(answer.removesuffix(HANG))
            self.over.wait(30)
            return False
        connection.sendall(answer.removesuffix(DROP))
        return not answer.endswith(DROP)


@contextmanager
def endpoint(*answers: bytes) -> Iterator[Endpoint]:
    found = Endpoint(list(answers) or [answered("200 OK")])
    with serving(found.talk) as port:
        found.port = port
        try:
            yield found
        finally:
            found.over.set()


def answered(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def resolving(session: webhook.Session, name: str, port: int, *addresses: str) -> None:
    """From now on the session's name server says this, whatever it said before."""
    session._poster._curl.setopt(pycurl.RESOLVE, [f"-{name}:{port}", f"{name}:{port}:{','.join(addresses)}"])


@contextmanager
def canary() -> Iterator[tuple[int, list[bool]]]:
    """A port nobody may connect to, and the list of those who did."""
    caught: list[bool] = []
    with serving(lambda connection: caught.append(True)) as port:
        yield port, caught


def dead_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
