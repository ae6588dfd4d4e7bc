"""A real installation for tests that need one: own home, own database, web and worker as processes.

Everything goes through the command line and HTTP, as with a user's installation, and dies with the test.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

CLARION = str(Path(sys.executable).parent / "clarion")
HOOK_TOKEN = "living-installation-hook-token-0123456789"
PASSWORD = "a long password for tests"


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], seconds: float = 30, what: str = "it") -> Any:
    """The condition's first true value; fails the test when it stays false."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


@dataclass(slots=True)
class Answer:
    """What a server said. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Installation:
    """One Clarion, from `clarion init` to the last process killed."""

    home: Path
    database_url: str
    extra: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("CLARION_")}
        return own | {
            "CLARION_HOME": str(self.home),
            "CLARION_DATABASE_URL": self.database_url,
            "CLARION_BASE_URL": self.base_url,
            "CLARION_SWEEP_SECONDS": "0.5",
            "CLARION_CHANNEL_EMAIL_SENDER_ADDRESS": "status@example.com",
            "PYTHONWARNINGS": "default",
            **self.extra,
        }

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs one `clarion` command to its end."""
        done = subprocess.run(
            [CLARION, *arguments], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def python(self, code: str) -> Any:
        """Runs a snippet inside the installation; the value it assigns to ``result`` comes back as JSON."""
        program = (
            "import os, json\nos.environ['DJANGO_SETTINGS_MODULE'] = 'clarion.settings'\n"
            "import django\ndjango.setup()\nfrom datetime import UTC, datetime\n"
            "now = datetime.now(UTC)\nresult = None\n"
            f"{code}\nprint(json.dumps(result))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, name: str, *arguments: str) -> None:
        """Starts a `clarion` command that stays, under a name of its own."""
        log = (self.home / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [CLARION, *arguments], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def start_web(self) -> None:
        self.start("web", "serve", "--port", str(self.port))
        until(self.answers, what="the web server's first answer")

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.get("/health").status in (200, 503)
        return False

    def start_worker(self) -> None:
        self.start("worker", "worker")

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Ends a process and everything it started, by its own process group."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(timeout=20)

    def close(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, None, headers)

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """One request; an error status is an answer like any other."""
        asked = urllib.request.Request(self.base_url + path, body, dict(headers), method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as said:
                return Answer(said.status, {k.lower(): v for k, v in said.headers.items()}, said.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def log_of(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")


SEED = f"""
from clarion import pipeline
from clarion.actions import people, setup
from clarion.rules.access import SYSTEM
from clarion.store.queries.incidents import components
pipeline.run(setup.add_component, name="API", actor=SYSTEM, now=now)
pipeline.run(setup.add_source, slug="alertmanager", kind="alertmanager",
             config={{"tokens": ["{HOOK_TOKEN}"]}},
             component_id=components()[0].id, actor=SYSTEM, now=now)
for role in ("communications_lead", "accuracy", "clarity", "auditor", "administrator"):
    pipeline.run(people.create_person, email=role.replace("_", "-") + "@example.com",
                 name=role.replace("_", " ").capitalize(), password="{PASSWORD}", roles=[role],
                 actor=SYSTEM, now=now)
"""


@contextlib.contextmanager
def installation(folder: Path, *, seed: str = SEED, **extra: str) -> Iterator[Installation]:
    """An installation on the database the tests run on; its processes end with the block.

    It is a copy of one that `clarion init` and the seed made, since making each anew takes seconds.
    """
    url = os.environ.get("CLARION_DATABASE_URL", "sqlite:")
    made = _made(url, seed)
    shutil.copytree(made.home, folder, dirs_exist_ok=True)
    with _database(url, folder, copy_of=made.database_url) as own_url:
        here = Installation(home=folder, database_url=own_url, extra=extra)
        _move_site(own_url, folder / "site")
        try:
            yield here
        finally:
            here.close()


@functools.cache
def _made(url: str, seed: str) -> Installation:
    """The installation that copies are made of; goes when the tests end."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clarion-living-")))
    made = Installation(home=folder, database_url=stack.enter_context(_database(url, folder)))
    made.run("init")
    if seed:
        made.python(seed)
    return made


@contextlib.contextmanager
def _database(url: str, folder: Path, *, copy_of: str = "") -> Iterator[str]:
    """A database of its own beside the one the tests run on; on SQLite the folder holds it already."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'clarion.sqlite3'}"
        return
    server, _, _ = url.rpartition("/")
    name = f"clarion_living_{uuid.uuid4().hex[:12]}"
    like = f" TEMPLATE {copy_of.rpartition('/')[2]}" if copy_of else ""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}{like}")
        try:
            yield f"{server}/{name}"
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _move_site(database_url: str, site: Path) -> None:
    """Lets the copy write its page into its own folder."""
    statement = f"UPDATE store_sitestate SET config = '{json.dumps({'path': str(site)})}'"
    if database_url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database:
            database.execute(statement)
            database.commit()
        return
    with psycopg.connect(database_url) as database:
        database.execute(statement)
