"""The import contracts hold, and each of them fails when it is broken."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Contract → (file that is written or lengthened, the line that breaks it). A violation names a module that
#: is there anyway, so that nothing but the planted line can be at fault.
VIOLATIONS = {
    "Floors: imports go down only": [
        ("rules/planted.py", "import clarion.store"),
        ("actions/planted.py", "import clarion.bell"),
        ("bell.py", "import clarion.pipeline"),
        ("pipeline.py", "import clarion.web"),
        ("web/planted.py", "import clarion.cli"),
        ("channels/planted.py", "import clarion.store"),
        ("store/planted.py", "import clarion.actions"),
        ("pages/planted.py", "import clarion.sites"),
        ("plugins.py", "import clarion.rules"),
        ("data/verify.py", "import clarion.rules"),
        ("attic.py", "VALUE = 1"),
    ],
    "Rules: no Django, network, clock or settings": [
        ("rules/planted.py", "import django.utils.timezone"),
        ("rules/planted.py", "import http.client"),
        ("rules/planted.py", "import socket"),
        ("rules/planted.py", "import time"),
        ("rules/planted.py", "import clarion.settings"),
        ("rules/planted.py", "import pycurl"),
    ],
    "Leaves: no Django and no settings": [
        ("channels/planted.py", "from django.core import mail"),
        ("sources/planted.py", "import django.http"),
        ("sites/planted.py", "import clarion.settings"),
        ("pages/planted.py", "import django.template"),
    ],
    "Leaves: none imports another": [
        ("channels/planted.py", "import clarion.channels.planted_too"),
        ("sources/planted.py", "import clarion.channels.planted_too"),
        ("sites/planted.py", "import clarion.pages.view"),
        ("channels/planted.py", "import clarion.channels._planted_part"),
    ],
    "Pages: no network and no clock": [
        ("pages/planted.py", "import socket"),
        ("pages/planted.py", "import time"),
    ],
    "Actions: none imports another": [
        ("actions/planted.py", "import clarion.actions.planted_too"),
    ],
    "Models: only store and actions touch them": [
        ("web/planted.py", "from clarion.store import models"),
        ("cli/planted.py", "import clarion.store.models"),
        ("pipeline.py", "import clarion.store.models"),
        ("worker/planted.py", "from clarion.store.models import planted"),
    ],
    "Engines: only the bell imports them": [
        ("web/planted.py", "import django_tasks"),
        ("worker/planted.py", "import procrastinate"),
        ("actions/planted.py", "from django_tasks import task"),
    ],
}
CASES = [(contract, *case) for contract, cases in VIOLATIONS.items() for case in cases]


def house(folder: Path) -> Path:
    """A copy of the source with its contracts; modules planned but not written yet are there, empty."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy(ROOT / ".importlinter", folder)
    package = folder / "src" / "clarion"
    for name in ("settings", "bell", "pipeline"):
        if not (package / name).is_dir():
            (package / f"{name}.py").touch()
    for name in ("channels", "sources", "sites", "actions", "store/models"):
        (package / name / "planted_too.py").write_text("VALUE = 1\n", encoding="utf-8")
    (package / "store" / "models" / "planted.py").touch()
    part = "import clarion.channels.planted_too\n"
    (package / "channels" / "_planted_part.py").write_text(part, encoding="utf-8")
    return folder


def broken(folder: Path) -> tuple[set[str], str]:
    """Names of the contracts that do not hold, and the whole report; fails when there was no judgement."""
    environment = os.environ | {"PYTHONPATH": f"{folder / 'src'}:{ROOT}", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    found = {name for name in VIOLATIONS if f"{name} BROKEN" in done.stdout}
    assert bool(found) == (done.returncode != 0), done.stdout
    return found, done.stdout


def test_the_house_keeps_its_contracts(tmp_path: Path) -> None:
    """As it stands, no contract is broken."""
    found, report = broken(house(tmp_path))
    assert found == set(), report


def test_every_contract_is_shown_to_fail() -> None:
    """A contract that nobody tried to break may be one that cannot break."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    names = {config[section]["name"] for section in config if "contract" in section}
    assert set(VIOLATIONS) == names


@pytest.mark.parametrize(("contract", "file", "line"), CASES)
def test_a_planted_import_breaks_its_contract(contract: str, file: str, line: str, tmp_path: Path) -> None:
    folder = house(tmp_path)
    with (folder / "src" / "clarion" / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    found, report = broken(folder)
    assert contract in found, report


def test_leaves_may_share_a_part(tmp_path: Path) -> None:
    """A module with a leading underscore is no leaf of its own."""
    folder = house(tmp_path)
    channels = folder / "src" / "clarion" / "channels"
    (channels / "_planted_part.py").write_text("VALUE = 1\n", encoding="utf-8")
    for name in ("planted", "planted_too"):
        (channels / f"{name}.py").write_text("import clarion.channels._planted_part\n", encoding="utf-8")
    found, report = broken(folder)
    assert "Leaves: none imports another" not in found, report
