"""A folder on this machine, which a web server or Clarion itself serves.

Each file is written beside its place, flushed to the disk and renamed over it, so a reader gets the old
bytes or the new ones. Everything slow or likely to fail happens before the first rename: a full disk
changes nothing. A killed writer leaves at most files named ``.clarion-…``, which the next one clears.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clarion.sites import SiteError
from clarion.sites._files import check_names, in_order

LABEL = "Folder on this machine"

_LOCK = ".clarion-lock"
_TEMPORARY = ".clarion-new-"
#: A disk takes many flushes at once in little more than the time of one.
_FLUSHES_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Config:
    path: Path
    """Clarion's alone: what it did not write there is removed, except names that start with a dot."""


def write(config: Config, files: Mapping[str, bytes]) -> int:
    """Makes the folder hold exactly these files; returns how many were written or removed.

    Files that are as they should be stay untouched. Raises SiteError with a sentence for a person.
    """
    check_names(files)
    root = Path(config.path)
    try:
        _prepare(root)
        with _locked(root):
            return _write(root, files)
    except OSError as error:
        raise SiteError(_sentence(root, error)) from error


def _prepare(root: Path) -> None:
    """Makes the folder; refuses one that holds other things, since those would be removed."""
    if not root.is_absolute():
        raise SiteError(
            f"The folder {str(root)!r} does not say where it starts. Give its whole path, from /."
        )
    root.mkdir(parents=True, exist_ok=True)
    if (root / _LOCK).exists():
        return
    if any(not entry.name.startswith(".") for entry in root.iterdir()):
        raise SiteError(f"{root} already holds other files. Choose an empty folder for the status page.")


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One writer at a time, over threads and processes. The system frees the lock of a killed writer.

    The lock file stays for ever, and marks the folder as Clarion's.
    """
    handle = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(root: Path, files: Mapping[str, bytes]) -> int:
    present = _sweep(root)
    changed = [name for name in in_order(files) if not _holds(root / name, files[name])]
    _clear_way(root, changed)
    try:
        with ThreadPoolExecutor(_FLUSHES_AT_ONCE) as pool:
            ready = list(pool.map(lambda name: _stage(root / name, files[name]), changed))
    except OSError:
        _sweep(root)
        raise
    for name, staged in zip(changed, ready, strict=True):
        staged.replace(root / name)
    _flush(root, changed)
    stale = [name for name in present if name not in files and (root / name).is_file()]
    for name in stale:
        (root / name).unlink()
    _drop_empty(root, stale)
    return len(changed) + len(stale)


def _sweep(root: Path) -> list[str]:
    """Names of the files present, after removing what a killed writer left."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if name.startswith(_TEMPORARY):
                path.unlink()
            elif not name.startswith("."):
                found.append(path.relative_to(root).as_posix())
    return found


def _holds(path: Path, content: bytes) -> bool:
    try:
        return not path.is_symlink() and path.is_file() and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _clear_way(root: Path, names: Iterable[str]) -> None:
    """Makes the folders; a file or link in the place of a folder goes, and a folder in that of a file."""
    for name in names:
        for folder in reversed(Path(name).parents[:-1]):
            path = root / folder
            if path.is_symlink() or path.is_file():
                path.unlink()
            path.mkdir(exist_ok=True)
        if (root / name).is_dir() and not (root / name).is_symlink():
            shutil.rmtree(root / name)


def _stage(path: Path, content: bytes) -> Path:
    """A new file with this content on the disk, in the folder where it will be renamed."""
    temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    return temporary


def _flush(root: Path, names: Iterable[str]) -> None:
    """Puts the renames themselves on the disk: a folder is flushed like a file."""
    for folder in {root, *((root / name).parent for name in names)}:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _drop_empty(root: Path, removed: Iterable[str]) -> None:
    for name in removed:
        for folder in Path(name).parents[:-1]:
            try:
                (root / folder).rmdir()
            except OSError:
                break


def _named(root: Path, error: OSError) -> Path:
    """What the error is about, by a name that stays the same from one try to the next."""
    where = Path(os.fsdecode(error.filename)) if error.filename else root
    return where.parent if where.name.startswith(_TEMPORARY) else where


def _sentence(root: Path, error: OSError) -> str:
    where = _named(root, error)
    reasons = {
        errno.ENOSPC: f"The disk of {root} is full. Free some space; the page still shows its last state.",
        errno.EDQUOT: f"The disk quota of {root} is used up. Raise it; the page still shows its last state.",
        errno.EROFS: f"{root} is on a read-only disk. Mount it for writing or choose another folder.",
        errno.EACCES: f"No permission to write {where}. Give it to the user that Clarion runs as.",
        errno.EPERM: f"No permission to write {where}. Give it to the user that Clarion runs as.",
        errno.ENOTDIR: f"{where} is not a folder. Remove that file or choose another folder.",
        errno.EEXIST: f"{where} is not a folder. Remove that file or choose another folder.",
        errno.ENAMETOOLONG: f"A name below {root} is too long for this disk. Choose a shorter path.",
    }
    if error.errno in reasons:
        return reasons[error.errno]
    return f"{where} could not be written: {error.strerror or error}. Check the folder {root}."
