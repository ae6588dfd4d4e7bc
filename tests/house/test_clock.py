"""Nothing below the faces reads the clock: `now` is an argument, so that decisions can be replayed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS_WITHOUT_A_CLOCK = ("rules", "actions", "channels", "sources", "sites", "pages")
FACES = ("web", "cli")
READS = {
    "datetime.now": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "datetime.today": "import datetime\n\nNOW = datetime.datetime.today()\n",
    "date.today": "from datetime import date\n\nNOW = date.today()\n",
    "time.time": "import time\n\nNOW = time.time()\n",
    "time.time, renamed": "from time import time as clock\n\nNOW = clock()\n",
    "Django's now": "from django.utils import timezone\n\nNOW = timezone.now()\n",
    "Django's now by name": "from django.utils.timezone import now\n\nNOW = now()\n",
}


def findings(source: str, place: str) -> str:
    """What Ruff says, under the project's own settings, about this text at that place."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "check", "--no-cache", "--select", "TID251", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--stdin-filename", f"src/clarion/{place}", "-"],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize("floor", FLOORS_WITHOUT_A_CLOCK)
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_a_planted_clock_read_is_refused(floor: str, read: str) -> None:
    assert "TID251" in findings(read, f"{floor}/planted.py")


@pytest.mark.parametrize("floor", FACES)
def test_the_faces_read_the_clock_and_pass_it_down(floor: str) -> None:
    assert "TID251" not in findings(READS["datetime.now"], f"{floor}/planted.py")


def test_no_line_excuses_itself_from_the_ban() -> None:
    """A `noqa` on a clock read would be a hole in every replay."""
    excused = [
        f"{path.relative_to(ROOT)}:{number}"
        for floor in FLOORS_WITHOUT_A_CLOCK
        for path in sorted((ROOT / "src" / "clarion" / floor).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "noqa: TID251" in line
    ]
    assert excused == []
