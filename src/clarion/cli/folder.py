"""Writing an export: a whole new folder or none, and for its owner's eyes only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from clarion.cli.trouble import Trouble


def require_new(folder: Path) -> None:
    """Raises Trouble when something is there: an export mixed with other files would not verify."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise Trouble(f"{folder} is there and not empty. Name a new folder with --to.")


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files and then gives the folder its name, so that a half-written export never has it.

    Readable by this user only, since an export may hold internal texts.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = folder.with_name(f".{folder.name}.{os.getpid()}")
    building.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            path = building / name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        building.replace(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
