"""One careful HTTP POST: to the public internet only, no redirect, no proxy, a short answer."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pycurl  # type: ignore[import-untyped]

from clarion.channels._guard import is_public

#: Of an answer, this much is read, headers included; then the connection is cut.
ANSWER_LIMIT = 64 * 1024
#: Connections kept open between calls.
KEPT_CONNECTIONS = 16

_log = logging.getLogger(__name__)


class Poster:
    """Posts again and again over kept connections. Not for use by two threads at once."""

    def __init__(self, *, timeout: float, connect_timeout: float, ca_file: str = "") -> None:
        self.status = 0
        """Status of the last answer, 0 for none."""
        self.retry_after = ""
        """Its Retry-After header as it came."""
        self._read = 0
        self._private = False
        self._sockets: list[socket.socket] = []
        self._curl = pycurl.Curl()
        self._set_up(timeout, connect_timeout, ca_file or _system_certificates())

    def post(self, url: str, headers: Mapping[str, str], body: bytes, *, private: bool) -> int:
        """Posts, fills ``status`` and ``retry_after``; gives curl's error code, 0 for none.

        ``url`` must be in the form ``_guard.parse`` gives. ``private`` lets it lead anywhere: for
        addresses the operator has named.
        """
        self.status, self.retry_after, self._read, self._private = 0, "", 0, private
        curl = self._curl
        # An empty Expect keeps curl from waiting for a go-ahead before the body.
        lines = [*(f"{name}: {value}" for name, value in headers.items()), "Expect:"]
        try:
            curl.setopt(pycurl.URL, url.encode("utf-8"))
            curl.setopt(pycurl.HTTPHEADER, lines)
            curl.setopt(pycurl.POSTFIELDS, body)
            curl.perform()
            code = 0
        except pycurl.error as error:
            code = int(error.args[0])
        finally:
            self._private = False
            # curl works on its own copies of these.
            while self._sockets:
                self._sockets.pop().close()
        self.status = int(curl.getinfo(pycurl.RESPONSE_CODE))
        return code

    def close(self) -> None:
        self._curl.close()

    def _set_up(self, timeout: float, connect_timeout: float, ca_file: str) -> None:
        web = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
        options: dict[int, Any] = {
            pycurl.POST: 1,
            pycurl.PROTOCOLS: web,
            pycurl.REDIR_PROTOCOLS: web,
            pycurl.FOLLOWLOCATION: 0,
            # Signals would be delivered to the wrong thread.
            pycurl.NOSIGNAL: 1,
            # A proxy from the environment would open the sockets in our place, unguarded.
            pycurl.PROXY: "",
            pycurl.NOPROXY: "*",
            pycurl.SSL_VERIFYPEER: 1,
            pycurl.SSL_VERIFYHOST: 2,
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
            pycurl.MAXCONNECTS: KEPT_CONNECTIONS,
            pycurl.TIMEOUT_MS: int(timeout * 1000),
            pycurl.CONNECTTIMEOUT_MS: int(connect_timeout * 1000),
            pycurl.OPENSOCKETFUNCTION: self._open_socket,
            pycurl.HEADERFUNCTION: self._take_header,
            pycurl.WRITEFUNCTION: self._take_body,
        }
        if ca_file:
            options[pycurl.CAINFO] = ca_file
        for option, value in options.items():
            self._curl.setopt(option, value)

    def _open_socket(self, _purpose: int, address: Any) -> Any:
        """Opens the socket if its address, the very one that will be called, may be called."""
        try:
            family, kind, protocol, place = address
            if family not in (socket.AF_INET, socket.AF_INET6):
                return pycurl.SOCKET_BAD
            if not (self._private or is_public(place[0])):
                _log.warning("a webhook leads to %s, which is not public: not called", place[0])
                return pycurl.SOCKET_BAD
            opened = socket.socket(family, kind, protocol)
        except Exception:
            # What goes wrong in here cannot be raised through curl, and must not open a door.
            _log.exception("a webhook's socket could not be opened")
            return pycurl.SOCKET_BAD
        self._sockets.append(opened)
        return opened

    def _take_header(self, line: bytes) -> int:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"retry-after":
            self.retry_after = value.strip().decode("latin-1")
        return self._take_body(line)

    def _take_body(self, data: bytes) -> int:
        """Says how much was taken; less than was given makes curl cut the connection."""
        self._read += len(data)
        return len(data) if self._read <= ANSWER_LIMIT else 0


def _system_certificates() -> str:
    """Where this system keeps its trusted certificates; the built-in curl may look elsewhere."""
    found = ssl.get_default_verify_paths().cafile
    return found if found and Path(found).is_file() else ""
