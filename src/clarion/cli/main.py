"""Finds the command, runs it, and turns whatever goes wrong into one sentence."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from clarion import plugins
from clarion.cli import trouble

EPILOG = "Ends with 0: done; 1: checked, and it does not hold; 2: could not be done; 3: unexpected."


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(
        prog="clarion", description="Status updates during incidents.", epilog=EPILOG
    )
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in plugins.modules("clarion.cli.commands").items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help="show where an error comes from"
        )
        module.arguments(command)
        command.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code (see ``clarion.cli``)."""
    args = build_parser().parse_args(argv)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; a second complaint at exit would reach nobody either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return trouble.NOT_DONE
    except (Exception, SystemExit) as error:
        if isinstance(error, SystemExit) and not isinstance(error.code, str):
            raise
        if args.debug:
            traceback.print_exc()
        sentence, code = trouble.describe(error)
        print(f"clarion {args.command}: {sentence}", file=sys.stderr)
        return code
