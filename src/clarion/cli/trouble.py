"""What went wrong, in one sentence for the person at the keyboard."""

from __future__ import annotations

import errno

from clarion.rules.errors import Refusal

NOT_DONE = 2
UNEXPECTED = 3

_OS_SENTENCES = {
    errno.EROFS: "{name} is on a read-only disk. Choose a folder that can be written to.",
    errno.EACCES: "{name} cannot be used by this user. Give yourself access to it, or choose another place.",
    errno.EPERM: "{name} cannot be used by this user. Give yourself access to it, or choose another place.",
    errno.ENOSPC: "{name} cannot be written, since the disk is full. Free some space and try again.",
    errno.EDQUOT: "{name} cannot be written, since your disk quota is used up. Free some space.",
    errno.ENOENT: "{name} does not exist.",
    errno.ENOTDIR: "{name} cannot be a folder, since a part of its path is a file. Choose another place.",
    errno.EEXIST: "{name} is a file, and a folder is needed. Choose another place.",
    errno.EISDIR: "{name} is a folder, and a file is needed.",
}
_DATABASE_SENTENCES = {
    "disk is full": "The database cannot be written, since the disk is full. Free some space and try again.",
    "readonly database": "The database is read-only. Give this user write access to its file and folder.",
    "unable to open": (
        "The database file cannot be opened. Run `clarion init`, or set CLARION_HOME or CLARION_DATABASE_URL."
    ),
    "no such table": "The database lacks a table. Run `clarion init`.",
    "does not exist": "The database or a table is missing. Run `clarion init`, or set CLARION_DATABASE_URL.",
    "is locked": "The database is busy. Try again in a moment.",
}


class Trouble(Exception):
    """A command cannot do what was asked; the message says why and what to do. ``code`` ends the program."""

    def __init__(self, message: str, *, code: int = NOT_DONE) -> None:
        super().__init__(message)
        self.code = code


def describe(error: BaseException) -> tuple[str, int]:
    """A sentence and an exit code for anything that a command raised."""
    if isinstance(error, Trouble):
        return str(error), error.code
    if isinstance(error, Refusal):
        field = f" ({error.field})" if error.field else ""
        return f"{error.message}{field}", NOT_DONE
    if isinstance(error, SystemExit):  # a BadSetting, or a library that gives up
        return str(error.code), NOT_DONE
    if isinstance(error, OSError):
        return describe_os_error(error), NOT_DONE
    if _is_database_error(error):
        return describe_database_error(error), NOT_DONE
    kind = type(error).__name__
    return (
        f"Something unexpected happened ({kind}: {_first_line(error)}). Add --debug to see where.",
        UNEXPECTED,
    )


def describe_os_error(error: OSError) -> str:
    """What the operating system refused."""
    name = error.filename if error.filename is not None else "A file"
    sentence = _OS_SENTENCES.get(error.errno or 0)
    if sentence is None:
        return f"{name}: {error.strerror or error}."
    return sentence.format(name=name)


def describe_database_error(error: BaseException) -> str:
    """What the database refused."""
    text = str(error)
    for mark, sentence in _DATABASE_SENTENCES.items():
        if mark in text:
            return sentence
    return f"The database refused: {_first_line(error)}. `clarion check` says more."


def _is_database_error(error: BaseException) -> bool:
    from django.db import Error  # here, so that commands without a database start without Django

    return isinstance(error, Error)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no details"
