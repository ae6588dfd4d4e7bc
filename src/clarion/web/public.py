"""Serves the public page from its files, before Django: no session, no middleware, no SQL.

This is for small installations; nginx, a bucket or a CDN can serve the same files. With the database
gone, this still answers with the last approved update.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any

from clarion.web.security import PUBLIC_POLICY

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: Everything Django answers; every other path is a file of the page.
DYNAMIC = ("/console", "/api/v1", "/hooks", "/static", "/health", "/unsubscribe")
MOST_CACHED = 2000

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def _holds(if_none_match: str, tag: str) -> bool:
    """Whether the reader has the file already (RFC 9110, 13.1.2): by ``*``, or by a tag, weak or strong."""
    if not if_none_match:
        return False
    held = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in held or held == ["*"]


class PublicFiles:
    """A WSGI application: files of the page first, Django for the rest."""

    def __init__(self, folder: Path, django: Application) -> None:
        self._root = str(folder)
        self._django = django
        self._cache: dict[str, tuple[tuple[int, int, int], bytes, list[tuple[str, str]], str]] = {}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/") or "/"
        if path.startswith(DYNAMIC) and any(path == p or path.startswith(p + "/") for p in DYNAMIC):
            return self._django(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0")])
            return [b""]
        found = self._find(path)
        if found is None:
            return self._missing(environ, start_response)
        body, headers, tag = found
        if _holds(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start_response("304 Not Modified", [(k, v) for k, v in headers if k != "Content-Length"])
            return [b""]
        start_response("200 OK", headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _find(self, path: str) -> tuple[bytes, list[tuple[str, str]], str] | None:
        """Body, headers and ETag of the file for a URL path; None when there is none."""
        if "\x00" in path or "/." in path or "\\" in path or not path.startswith("/"):
            return None
        name = self._root + path
        try:
            status = os.stat(name)  # noqa: PTH116 - this is the hot path of every reader
            if os.path.stat.S_ISDIR(status.st_mode):  # type: ignore[attr-defined]
                name = name.rstrip("/") + "/index.html"
                status = os.stat(name)  # noqa: PTH116
        except (OSError, ValueError):
            return None
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        held = self._cache.get(name)
        if held is None or held[0] != seen:
            try:
                held = self._read(name, seen, status.st_mtime)
            except OSError:  # removed since, or not ours to read
                return None
        return held[1], held[2], held[3]

    def _read(self, name: str, seen: tuple[int, int, int], changed: float) -> Any:
        body = Path(name).read_bytes()
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        extension = os.path.splitext(name)[1]  # noqa: PTH122
        headers = [
            ("Content-Type", TYPES.get(extension, "application/octet-stream")),
            ("Content-Length", str(len(body))),
            ("ETag", tag),
            ("Last-Modified", formatdate(changed, usegmt=True)),
            (
                "Cache-Control",
                "public, max-age=31536000, immutable" if extension == ".css" else "public, max-age=10",
            ),
            ("Content-Security-Policy", PUBLIC_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Access-Control-Allow-Origin", "*"),
        ]
        if len(self._cache) >= MOST_CACHED:
            self._cache.clear()
        held = (seen, body, headers, tag)
        self._cache[name] = held
        return held

    def _missing(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The same answer for what never existed and for what must not be known to exist."""
        page = self._find("/404.html")
        body = page[0] if page else b"Not found.\n"
        kind = TYPES[".html"] if page else TYPES[".txt"]
        start_response(
            "404 Not Found",
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "public, max-age=10"),
                ("Content-Security-Policy", PUBLIC_POLICY),
                ("X-Content-Type-Options", "nosniff"),
                ("Access-Control-Allow-Origin", "*"),
            ],
        )
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]
