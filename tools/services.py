"""Finds the outside parts that some tests need: a browser, a database server, other people's programs."""

from __future__ import annotations

import os
import shutil
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import psycopg

DEFAULT_POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/postgres"
#: Service → the programs it needs. PostgreSQL is asked over the network instead.
PROGRAMS = {
    "alertmanager": ("prometheus-alertmanager",),
    "chromium": ("chromium",),
    "nginx": ("nginx",),
    "npm": ("node", "npm"),
    "openssl": ("openssl", "od"),
}
NAMES = frozenset({*PROGRAMS, "postgres"})
#: Debian keeps servers where an ordinary user's PATH does not look.
SEARCH_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


class UnknownService(LookupError):
    """There is no service of that name."""


def required() -> bool:
    """True where a missing service is a failure rather than a reason to skip."""
    return os.environ.get("CLARION_REQUIRE_SERVICES", "") in ("1", "yes", "true")


def program(name: str) -> str | None:
    """Full path of a program, or None."""
    return shutil.which(name, path=SEARCH_PATH)


def postgres_url() -> str:
    """Where tests look for PostgreSQL: CLARION_TEST_POSTGRES_URL, or the local server."""
    return os.environ.get("CLARION_TEST_POSTGRES_URL") or DEFAULT_POSTGRES_URL


def place(url: str) -> str:
    """Host and port of a database URL, without user or password, for people to read."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'local socket'}:{parts.port or 5432}"


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@cache
def postgres_version(url: str) -> str | None:
    """Version of the server that answers there, such as ``15.20``; None when none does within 3 s."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.Error:
        return None
    return str(row[0]).split()[0] if row else None


def available(name: str) -> bool:
    """Is the service there? Raises UnknownService for a name that no test may ask for."""
    if name == "postgres":
        return postgres_version(postgres_url()) is not None
    if name not in PROGRAMS:
        raise UnknownService(f"no service {name!r}; there are: {', '.join(sorted(NAMES))}")
    return all(program(needed) for needed in PROGRAMS[name])


def main() -> None:
    """Prints the services that are missing here, one a line."""
    for name in sorted(NAMES):
        if not available(name):
            print(name)


if __name__ == "__main__":
    main()
