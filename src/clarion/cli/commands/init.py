"""`clarion init`: everything an installation needs, made where it is missing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from clarion.cli import password, start
from clarion.cli.trouble import Trouble

HELP = "prepare folder, keys, database, policy and status page; safe to run again"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--admin-email", metavar="ADDRESS", help="add a first administrator with this address"
    )
    parser.add_argument("--admin-name", metavar="NAME", default="Administrator", help="their name")
    parser.add_argument(
        "--admin-password-file", metavar="FILE", type=Path, help="their password; asked for if not given"
    )


def run(args: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    made = prepare_home()
    names = ", ".join(path.name for path in made)
    print(f"Keys made: {names}. Keep a copy." if made else "Keys are there.")
    _refuse_second_log([path for path in made if path.name == "ledger"])
    for line in prepare_rows(now):
        print(line)
    if args.admin_email:
        print(_add_administrator(args, now))
    print("Ready. Start `clarion serve` and `clarion worker`, then ask `clarion check`.")
    return 0


def prepare_home() -> list[Path]:
    """Folder and keys; returns the keys that were made.

    They must be there before Django reads its settings, once and for all.
    """
    from clarion import settings
    from clarion.store.keys import create_keys, keep_log_name

    home = settings.CLARION.home
    (home / "static").mkdir(parents=True, exist_ok=True)  # where Django's collectstatic would put files
    made = create_keys(home)
    keep_log_name(home, settings.CLARION.log_name)
    settings.SECRET_KEY = settings.secret_key(home, os.environ)
    start.ready()
    close_database_file(settings.DATABASES["default"])
    return made


def close_database_file(database: Mapping[str, object]) -> None:
    """Takes the SQLite file away from everybody else on the machine, and makes it where it is missing.

    A group that was let in stays in, for web server and worker may be two users of it. SQLite gives the
    files that it keeps beside it the same mode.
    """
    path = Path(str(database["NAME"]))
    if database["ENGINE"] != "django.db.backends.sqlite3" or not path.parent.is_dir():
        return
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and file.stat().st_mode & 0o007:
            file.chmod(file.stat().st_mode & 0o770)


def _refuse_second_log(made: list[Path]) -> None:
    """A new key over an old log would make every export of it fail, so the old key has to come back."""
    if not made:
        return
    from django.db import DatabaseError

    from clarion.store.queries import ledger

    try:
        signed_before = ledger.checkpoints().exists()
    except DatabaseError:  # no tables yet
        return
    if signed_before:
        made[0].unlink()
        raise Trouble(
            f"The ledger was signed with a key that is gone. Put {made[0]} back from your copy; "
            "a new key cannot continue the log."
        )


def prepare_rows(now: datetime) -> list[str]:
    """Tables, policy and publishing target; returns what was done, a sentence each."""
    from django.conf import settings
    from django.core.management import call_command

    from clarion import pipeline
    from clarion.actions import policy, setup
    from clarion.rules.access import SYSTEM
    from clarion.rules.errors import AlreadyDone
    from clarion.store import policies

    call_command("migrate", verbosity=0, interactive=False)
    done = ["Database is up to date."]
    try:
        done.append(f"Policy in force: version {policies.current()[0]}.")
    except policies.NoPolicy:
        pipeline.run(policy.install_policy, document=policies.default_document(), actor=SYSTEM, now=now)
        done.append("Default policy installed.")
    try:
        path = str(settings.CLARION.site_path)
        pipeline.run(setup.add_site, name="page", kind="folder", config={"path": path}, now=now)
        done.append(f"Status page goes to {path}.")
    except AlreadyDone:
        done.append("Status page is set up.")
    return done


def _add_administrator(args: argparse.Namespace, now: datetime) -> str:
    from clarion import pipeline
    from clarion.actions import people
    from clarion.rules.access import SYSTEM
    from clarion.store.queries import people as queries

    if queries.people().filter(email__iexact=args.admin_email).exists():
        return f"{args.admin_email} is there."
    secret = password.obtain(args.admin_password_file, option="--admin-password-file", who=args.admin_email)
    pipeline.run(
        people.create_person,
        email=args.admin_email,
        name=args.admin_name,
        password=secret,
        roles=["administrator"],
        actor=SYSTEM,
        now=now,
    )
    return f"Administrator {args.admin_email} added."
