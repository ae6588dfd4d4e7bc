"""What a person can do on a screen, a program can do too: docs/reference/api.md promises it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from clarion.cli.main import build_parser

WEB = Path(__file__).resolve().parents[2] / "src" / "clarion" / "web"
MODULES = "clarion.actions"


def used(folder: Path) -> set[str]:
    """Actions that the modules of a folder name, as ``module.function``."""
    return {name for path in folder.glob("*.py") for name in named(path.read_text(encoding="utf-8"))}


def named(source: str) -> set[str]:
    """``from clarion.actions import draft as d`` with ``d.edit_draft``, or a function imported by itself."""
    tree = ast.parse(source)
    modules: dict[str, str] = {}
    found: set[str] = set()
    for part in ast.walk(tree):
        if not isinstance(part, ast.ImportFrom) or part.module is None:
            continue
        if part.module == MODULES:
            modules |= {alias.asname or alias.name: alias.name for alias in part.names}
        elif part.module.startswith(f"{MODULES}."):
            found |= {f"{part.module.removeprefix(f'{MODULES}.')}.{alias.name}" for alias in part.names}
    for part in ast.walk(tree):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in modules:
            found.add(f"{modules[part.value.id]}.{part.attr}")
    return found


def test_the_actions_of_a_module_are_found() -> None:
    source = (
        "from clarion.actions import draft as d\nfrom clarion.actions.closing import end\nd.edit()\nd.cut"
    )
    assert {"draft.edit", "draft.cut", "closing.end"} == named(source)


def test_everything_the_console_does_a_program_can_do() -> None:
    """One action behind both faces; whichever the API lacks is named here."""
    console, api = used(WEB / "console"), used(WEB / "api")
    assert len(console) > 15
    assert set() == console - api


def commands() -> list[tuple[str, list[str]]]:
    """Every ``clarion …`` that a screen tells people to run, with its words."""
    found = re.compile(r"<code>clarion ([a-z -]+)")
    pages = sorted((WEB / "templates").rglob("*.html"))
    return [(path.name, text.split()) for path in pages for text in found.findall(path.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "words"), commands())
def test_a_command_that_a_screen_names_exists(
    page: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It has a help of its own, which an unknown command or action has not."""
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([*words, "--help"])
    assert 0 == ended.value.code, page
