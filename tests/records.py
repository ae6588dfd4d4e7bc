"""A record as whoever got it treats it: unpack, and run the program inside, alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path


def unpacked(content: bytes, to: Path) -> Path:
    """The one folder that the ZIP file holds."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        archive.extractall(to)
    [folder] = to.iterdir()
    return folder


def verified(folder: Path, key: str) -> tuple[int, str]:
    """What the verifier in the folder says, with nothing of ours around it."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", ".", "--key", key],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr
