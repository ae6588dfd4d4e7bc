"""`clarion demo`: a whole installation on this machine, to look at and to walk through."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clarion.cli.commands import init, serve
from clarion.cli.demo import catchers, children, home, rows, walk, words
from clarion.cli.demo.client import Client, until
from clarion.cli.trouble import Trouble

HELP = "start a whole installation on this machine, with a real alert and one login per role"
DEFAULT_PORT = 8000
READY_SECONDS = 30.0
LOOK_SECONDS = 0.5


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reset", action="store_true", help="forget the earlier demo and start fresh")
    parser.add_argument(
        "--headless", action="store_true", help="walk the line through the API, print each step, and end"
    )
    parser.add_argument(
        "--port", type=int, help=f"port of the web server (default: {DEFAULT_PORT}; headless: any free one)"
    )
    parser.add_argument(
        "--home",
        type=Path,
        metavar="FOLDER",
        help="folder of the demo (default: var/demo or var/demo-headless)",
    )
    parser.add_argument(
        "--database", default="", metavar="URL", help="an empty database to use (default: a SQLite file)"
    )


def run(args: argparse.Namespace) -> int:
    """A second run goes on where the first was; headless always starts fresh, in a folder of its own."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    folder = (args.home or Path("var", "demo-headless" if args.headless else "demo")).absolute()
    with home.held(folder):
        port = args.port or (catchers.free_port() if args.headless else DEFAULT_PORT)
        _require_free(port)
        demo = home.prepare(folder, database_url=args.database, fresh=args.reset or args.headless)
        try:
            with running(demo, port) as started:
                if args.headless:
                    return walk.Walk(demo, port, started.environ).run()
                print(words.welcome(demo, port=port, news=_replay(demo, port)), flush=True)
                _stay(started.children)
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)
            return 130 if args.headless else 0
    return 0


def _require_free(port: int) -> None:
    """Raises Trouble that helps those who came by make, too."""
    try:
        serve.require_free("127.0.0.1", port)
    except Trouble as error:
        other = port + 1 if 1023 < port < 65535 else DEFAULT_PORT
        raise Trouble(f"{error} With make: `make demo PORT={other}`.") from None


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that answers."""

    environ: dict[str, str]
    children: list[children.Child]


@contextmanager
def running(demo: home.Demo, port: int) -> Iterator[Running]:
    """Catchers, web server and worker while the block runs; everything is up when it begins."""
    with ExitStack() as stack:
        demo.webhook_secret = demo.webhook_secret or _new_secret()
        mailbox = catchers.Mailbox(demo.mailbox)
        mail_port = stack.enter_context(catchers.catch_mail(mailbox))
        calls = catchers.catch_calls(mailbox, secret=demo.webhook_secret, port=demo.webhook_port)
        demo.webhook_port = stack.enter_context(calls)
        environ = home.environment(demo, port=port, mail_port=mail_port)
        _fill(demo, environ)
        started = stack.enter_context(children.running(port=port, folder=demo.folder, environ=environ))
        _wait_until_ready(started, port)
        try:
            yield Running(environ, started)
        finally:
            # A second Ctrl-C must not leave servers behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _new_secret() -> str:
    from clarion.channels.webhook import new_secret

    return new_secret()


def _fill(demo: home.Demo, environ: dict[str, str]) -> None:
    """Keys, tables and rows, in this process, under the demo's own settings."""
    for name in [name for name in os.environ if name.startswith("CLARION_")]:
        del os.environ[name]
    os.environ.update(environ)
    now = datetime.now(UTC)
    init.prepare_home()
    init.prepare_rows(now)
    if not demo.ready:
        rows.create(demo, now)
    rows.subscribe_endpoint(demo, now)
    demo.ready = True
    demo.save()


def _wait_until_ready(started: list[children.Child], port: int) -> None:
    """Until web server and worker say that all is well and the page is there."""
    reader = Client(port)

    def look() -> bool | None:
        for child in started:
            child.require_alive()
        health = reader.send("GET", "/health")
        return (health.status == 200 and reader.send("GET", "/").status == 200) or None

    logs = " and ".join(str(child.log) for child in started)
    until(look, "web server and worker", seconds=READY_SECONDS, hint=f"{logs} may say why.")


def _replay(demo: home.Demo, port: int) -> str:
    answer: dict[str, Any] = walk.fire(demo, port, "alertmanager_firing.json")
    words.keep_resolved(demo)
    if answer["status"] == "already held":
        return "The alert of an earlier run is there; what you did then is too."
    return "A real alert, captured from Alertmanager, has just come in."


def _stay(started: list[children.Child]) -> None:
    """Until Ctrl-C; raises Trouble when a server ends by itself."""
    while True:
        for child in started:
            child.require_alive()
        time.sleep(LOOK_SECONDS)


def _interrupt(number: int, frame: Any) -> None:
    """A polite request to end is treated like Ctrl-C, and Ctrl-C works where a shell had switched it off."""
    raise KeyboardInterrupt
