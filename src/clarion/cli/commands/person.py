"""`clarion person add`: a colleague, from the operator's shell."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from clarion.cli import password, start
from clarion.rules.access import ROLE_LABELS

HELP = "add people"


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a person with roles")
    add.add_argument("--email", required=True, metavar="ADDRESS", help="address to sign in with")
    add.add_argument("--name", required=True, help="name that colleagues see")
    add.add_argument(
        "--role", action="append", default=[], choices=ROLE_LABELS, help="may be given more than once"
    )
    add.add_argument("--password-file", type=Path, metavar="FILE", help="password; asked for if not given")
    add.add_argument(
        "--time-zone", default="Etc/UTC", metavar="ZONE", help="IANA name (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    start.require_installation()
    from clarion import pipeline
    from clarion.actions import people
    from clarion.rules.access import SYSTEM

    secret = password.obtain(args.password_file, option="--password-file", who=args.email)
    entry = pipeline.run(
        people.create_person,
        email=args.email,
        name=args.name,
        password=secret,
        roles=args.role,
        time_zone=args.time_zone,
        actor=SYSTEM,
        now=datetime.now(UTC),
    )
    roles = ", ".join(ROLE_LABELS[role] for role in args.role) or "no role"
    print(f"Added {args.name} ({args.email}) with {roles}. Ledger entry {entry.entry_id}.")
    return 0
