"""Runs the scripts of bench/ one after the other: all of them, or those whose name holds a word.

Each is a program of its own that prints its figures, appends them to ``var/bench.jsonl`` and fails when
one misses its goal.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def scripts(folder: Path, word: str) -> list[Path]:
    """Bench scripts by name; a leading underscore marks what they share."""
    return [path for path in sorted(folder.glob("[!_]*.py")) if word in path.stem]


def main(arguments: list[str]) -> int:
    word = arguments[0] if arguments else ""
    chosen = scripts(ROOT / "bench", word)
    if not chosen:
        print(f"bench/ has no script named like {word!r}.", file=sys.stderr)
        return 1
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    failed = []
    for script in chosen:
        print(f"== {script.stem}", flush=True)
        if subprocess.call([sys.executable, str(script)], cwd=ROOT, env=environment) != 0:
            failed.append(script.stem)
    if failed:
        print(f"Missed or broken: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
