"""What every test gets: no way out of this machine, a far-away time zone, and a home of its own.

Marks that tests carry:

``capability(number, face)``
    shows one capability of the product on one face; counted by `make capabilities`.
``service(*names)``
    needs outside parts; skipped without them, failed without them under CLARION_REQUIRE_SERVICES=1.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import time
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tools import capabilities, results, services

#: 45 minutes off the hour, so that a local time mistaken for UTC cannot look right by chance.
FAR_ZONE = "Asia/Kathmandu"


class OutsideConnection(RuntimeError):
    """A test tried to reach a machine other than this one. Not an OSError, so that nothing swallows it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", help="append one JSON line per test to this file")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--results")
    if path and not hasattr(config, "workerinput"):
        url = os.environ.get("CLARION_DATABASE_URL", "sqlite:")
        config.pluginmanager.register(results.Recorder(Path(path), url.split(":")[0]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("capability"):
            item.user_properties.append(("capability", capability_of(mark)))
        for mark in item.iter_markers("service"):
            if not mark.args or not set(mark.args) <= services.NAMES:
                raise pytest.UsageError(f"{item.nodeid}: service{mark.args} names no known service")


def capability_of(mark: pytest.Mark) -> list[str]:
    """Number and face of a capability mark; raises UsageError when one of them is missing or unknown."""
    number, face = (*mark.args, mark.kwargs.get("face"), "")[:2]
    if number not in capabilities.table()["capabilities"]:
        raise pytest.UsageError(f"capability{mark.args}: its number is not in capabilities.yaml")
    if face not in capabilities.FACES:
        raise pytest.UsageError(f"capability{mark.args} needs face= one of {', '.join(capabilities.FACES)}")
    return [number, face]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("service"):
        for name in mark.args:
            if not services.available(name):
                pytest.skip(f"service {name} missing")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    reason = results.skip_reason(report)
    if services.required() and reason.startswith("service ") and reason.endswith(" missing"):
        report.outcome = "failed"
        report.longrepr = f"{reason}, and CLARION_REQUIRE_SERVICES=1 allows no test to be left out for that"
    return report


@pytest.fixture(scope="session", autouse=True)
def no_way_out() -> Iterator[None]:
    """Connections from Python to anything but this machine raise OutsideConnection."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


def guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            raise OutsideConnection(f"tests stay on this machine; this one reached for {address[0]}")
        return original(self, address)

    return connect


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def far_zone() -> Iterator[None]:
    """The machine's own zone is far from UTC, and whatever a test does to it ends with the test."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = FAR_ZONE
    time.tzset()
    yield
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture(autouse=True)
def clarion_home(tmp_path: Path) -> Iterator[Path]:
    """An empty CLARION_HOME of the test's own: keys, site and data never meet those of a real run."""
    home = tmp_path / "home"
    module = sys.modules.get("clarion.settings")
    if module is None:
        yield home
        return
    # Frozen for the product; changed in place here, since modules may already hold the object.
    values = module.CLARION
    before = {"home": values.home, "site_path": values.site_path}
    for name, value in {"home": home, "site_path": home / "site"}.items():
        object.__setattr__(values, name, value)
    yield home
    for name, value in before.items():
        object.__setattr__(values, name, value)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite tests use a file, as the product does: one in memory would know no second connection."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("db") / "test.sqlite3")


@pytest.fixture
def fresh_database_url(tmp_path: Path) -> Iterator[str]:
    """URL of an empty database for programs that a test starts; gone afterwards.

    Of the same kind as this run's: a SQLite file, or a new database on the PostgreSQL server.
    """
    url = os.environ.get("CLARION_DATABASE_URL", "sqlite:")
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
        return
    name = f"clarion_fresh_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(services.postgres_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield services.with_database(url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, with everybody else hung up on before it is dropped.

    A live server's thread keeps its connection, and PostgreSQL drops no database that somebody uses.
    """
    from django.db import connection

    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
