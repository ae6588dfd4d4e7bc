"""Passwords for new people: from a file or the keyboard. Others can read a command line."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from clarion.cli.trouble import Trouble


def obtain(file: Path | None, *, option: str, who: str) -> str:
    """The password in the file's first line, or asked for twice; raises Trouble where nobody can answer."""
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        if not lines or not lines[0]:
            raise Trouble(f"{file} is empty. Write the password into its first line.")
        return lines[0]
    if not sys.stdin.isatty():
        raise Trouble(f"Nobody is there to type a password. Put it into a file and name it with {option}.")
    first = getpass.getpass(f"Password for {who}: ")
    if first != getpass.getpass("The same again: "):
        raise Trouble("The two passwords differ. Try again.")
    return first
