"""`clarion key add`: a key for a program that acts as a person."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from clarion.cli import start
from clarion.cli.trouble import Trouble
from clarion.rules.access import SCOPES

HELP = "add keys for programs"


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make a key and print its secret, once")
    add.add_argument("--owner", required=True, metavar="ADDRESS", help="mail address of whom it acts as")
    add.add_argument("--label", required=True, help="what it is for")
    add.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=SCOPES,
        metavar="SCOPE",
        help=f"may be given more than once; one of {', '.join(SCOPES)}",
    )


def run(args: argparse.Namespace) -> int:
    start.require_installation()
    from clarion import pipeline
    from clarion.actions import people
    from clarion.rules.access import SYSTEM
    from clarion.store.ids import new_api_key
    from clarion.store.queries import people as queries

    owner = queries.people().filter(email__iexact=args.owner).first()
    if owner is None:
        raise Trouble(f"Nobody has the address {args.owner}. Add them with `clarion person add`.")
    secret = new_api_key()
    pipeline.run(
        people.create_api_key,
        owner_id=owner.id,
        label=args.label,
        scopes=args.scope,
        secret=secret,
        actor=SYSTEM,
        now=datetime.now(UTC),
    )
    # The secret alone goes to standard output, for KEY=$(clarion key add …).
    print(f"A key for {owner.name}. It is shown this once; keep it now:", file=sys.stderr)
    print(secret)
    return 0
