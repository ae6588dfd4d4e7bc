"""The folder of a demo: one run at a time, and only a demo's folder is ever deleted."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from clarion.cli.trouble import Trouble

MARKER = "demo.json"
KIND = "clarion-demo"
LEAST_FREE_BYTES = 50 * 1024 * 1024


@dataclass
class Demo:
    """What must be the same when the demo is started again. Secrets of a demo guard nothing real."""

    folder: Path
    database_url: str
    password: str = field(default_factory=lambda: f"demo-{secrets.token_hex(4)}", repr=False)
    source_token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    webhook_secret: str = field(default="", repr=False)
    webhook_port: int = 0
    api_keys: dict[str, str] = field(default_factory=dict, repr=False)
    alert_began: str = ""
    """The start that the demo's alert was given, RFC 3339; the same in every report of it."""
    ready: bool = False
    """Whether it was ever prepared to the end."""

    @property
    def mailbox(self) -> Path:
        return self.folder / "mailbox"

    def save(self) -> None:
        """Writes the marker, for this user only."""
        values = asdict(self) | {"folder": str(self.folder), "kind": KIND}
        temporary = self.folder / f".{MARKER}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(values, file, indent=1)
        temporary.replace(self.folder / MARKER)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for one run alone; raises Trouble while another has it.

    The lock lies beside the folder, since a reset deletes the folder. The system frees it with the process.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"A demo is running in {folder} already. Use that one, or stop it with Ctrl-C in its window."
            ) from None
        yield
    finally:
        os.close(handle)


def prepare(folder: Path, *, database_url: str, fresh: bool) -> Demo:
    """The demo that lives in this folder, or a new one. ``fresh`` forgets an earlier one first."""
    known = _read(folder)
    if folder.exists() and known is None and any(folder.iterdir()):
        raise Trouble(
            f"{folder} holds something else than a demo. Move it away, or name another with --home."
        )
    # What was never finished was never shown to anybody.
    if known is not None and (fresh or not known.ready):
        shutil.rmtree(folder)
        known = None
    if known is not None and database_url and database_url != known.database_url:
        raise Trouble("The demo uses another database. Forget it with --reset, or name another --home.")
    folder.mkdir(parents=True, exist_ok=True)
    _require_space(folder)
    demo = known or Demo(folder, database_url or f"sqlite:///{folder / 'clarion.sqlite3'}")
    demo.mailbox.mkdir(exist_ok=True)
    demo.save()
    return demo


def _read(folder: Path) -> Demo | None:
    """What the marker says; None for a folder without one. Follows no link, so that none can be deleted."""
    if folder.is_symlink():
        raise Trouble(f"{folder} is a link. Name the folder itself with --home.")
    try:
        values = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        if values.pop("kind") != KIND:
            return None
        return Demo(**values | {"folder": folder})
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _require_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise Trouble(
            f"{folder} has {free // 1024 // 1024} MB left, and the demo needs "
            f"{LEAST_FREE_BYTES // 1024 // 1024}. Free some space and try again."
        )


def environment(demo: Demo, *, port: int, mail_port: int) -> dict[str, str]:
    """The environment of everything that belongs to this demo.

    No setting of a real installation gets in: a demo never writes to its database nor mails its readers.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CLARION_") or name == "CLARION_TIME_ZONE"
    }
    own = {
        "CLARION_HOME": str(demo.folder),
        "CLARION_DATABASE_URL": demo.database_url,
        "CLARION_BASE_URL": f"http://127.0.0.1:{port}",
        "CLARION_PAGE_NAME": "Example Cloud status",
        "CLARION_DEMO": "yes",
        "CLARION_CHANNEL_EMAIL_HOST": "127.0.0.1",
        "CLARION_CHANNEL_EMAIL_PORT": str(mail_port),
        "CLARION_CHANNEL_EMAIL_TLS": "none",
        "CLARION_CHANNEL_EMAIL_SENDER_ADDRESS": "status@example.com",
        "CLARION_CHANNEL_WEBHOOK_ALLOW_PRIVATE": f"127.0.0.1:{demo.webhook_port}",
    }
    return {"CLARION_TIME_ZONE": "Europe/Berlin"} | kept | own
