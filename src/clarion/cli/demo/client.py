"""HTTP to the demo's own server: what any program of a customer could send."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from clarion.cli.trouble import Trouble

HOST = "127.0.0.1"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Client:
    """Calls one server, each time on a new connection; ``key`` signs in as the key's owner."""

    def __init__(self, port: int, *, key: str = "") -> None:
        self.port = port
        self._key = key

    def send(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; raises OSError or http.client.HTTPException when there is no answer."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        sent = dict(headers or {})
        if self._key:
            sent["authorization"] = f"Bearer {self._key}"
        try:
            connection.request(method, path, body=body or None, headers=sent)
            response = connection.getresponse()
            got = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, got, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """The JSON at this path; raises Trouble for anything but 200."""
        return self._expect(self.send("GET", path), "GET", path).json

    def write(self, method: str, path: str, value: Mapping[str, Any]) -> Answer:
        """Sends JSON; raises Trouble, with the server's own words, unless it was done."""
        headers = {"content-type": "application/json"}
        return self._expect(
            self.send(method, path, body=json.dumps(value).encode(), headers=headers), method, path
        )

    def _expect(self, answer: Answer, method: str, path: str) -> Answer:
        if not 200 <= answer.status < 300:
            problem = answer.json if isinstance(answer.json, dict) else {}
            words = problem.get("detail") or answer.text[:200]
            raise Trouble(f"{method} {path} was answered {answer.status}: {words}")
        return answer


def until(
    look: Callable[[], Found | None], what: str, *, seconds: float, hint: str = "", pause: float = 0.1
) -> Found:
    """What ``look`` finds; raises Trouble naming ``what`` when it has found nothing for so long."""
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except (OSError, http.client.HTTPException):
            found = None  # the server is starting
        if found is not None:
            return found
        if time.monotonic() >= give_up_at:
            raise Trouble(f"Waited {seconds:.0f} s in vain for {what}. {hint}".rstrip())
        time.sleep(pause)
