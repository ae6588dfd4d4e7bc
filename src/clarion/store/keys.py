"""The key that signs checkpoints, kept in a file outside the database."""

from __future__ import annotations

import base64
import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from clarion.rules.notes import Signer, VerifierKey


class NoSigningKey(Exception):
    """The signing key is missing or damaged.

    Nothing can be sealed until it is put back, or `clarion init` makes one for a new log.
    """


def signing_key_path() -> Path:
    return Path(settings.CLARION.home) / "keys" / "ledger"


@lru_cache(maxsize=4)
def _signer(path: Path, log_name: str) -> Signer:
    try:
        seed = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
        return Signer.from_seed(log_name, seed)
    except FileNotFoundError:
        raise NoSigningKey(
            f"{path} is missing. Put the key back, or run `clarion init` for a new log."
        ) from None
    except (OSError, ValueError) as error:
        raise NoSigningKey(f"{path} cannot be read as a key: {error}. Put it back from your copy.") from None


def signer() -> Signer:
    """The signer of this log's checkpoints; raises NoSigningKey."""
    return _signer(signing_key_path(), settings.CLARION.log_name)


def verifier() -> VerifierKey:
    """The public half, as auditors get it; raises NoSigningKey."""
    return signer().verifier


def create_keys(home: Path) -> list[Path]:
    """Makes the ledger's key and the web secret where they are missing; returns the files made."""
    folder = home / "keys"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = []
    for name, value in (
        ("ledger", base64.b64encode(secrets.token_bytes(32)).decode()),
        ("secret", secrets.token_urlsafe(50)),
    ):
        path = folder / name
        if not path.exists():
            _write(path, value)
            made.append(path)
    return made


def keep_log_name(home: Path, name: str) -> bool:
    """Keeps the ledger's name beside its key, unless one is kept; True when it was written.

    Every checkpoint bears the name, so it must outlive a change of the address it was first made from.
    """
    path = home / "keys" / "log-name"
    if path.exists():
        return False
    _write(path, name)
    return True


def _write(path: Path, value: str) -> None:
    """The file whole or not at all, and on disk when this returns; for its owner alone."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
