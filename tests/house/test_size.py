"""Functions stay short and files stay small: one giant file is what spoils a codebase."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "clarion"
MOST_LINES_IN_A_FILE = 300
MOST_LINES_IN_A_FUNCTION = 40
#: Written by Django, or shipped as data; nobody reads these top-down.
EXEMPT = ("store/migrations/", "data/")


def files() -> list[Path]:
    found = sorted(SOURCE.rglob("*.py"))
    return [path for path in found if not str(path.relative_to(SOURCE)).startswith(EXEMPT)]


def long_functions(source: str) -> Iterable[tuple[str, int]]:
    """Name and length of each function whose body is over the limit; its docstring is not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if length > MOST_LINES_IN_A_FUNCTION:
                yield node.name, length


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files()
    }
    assert {} == {name: length for name, length in lengths.items() if length > MOST_LINES_IN_A_FILE}


def test_no_function_is_longer_than_40_lines() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{name}": length
        for path in files()
        for name, length in long_functions(path.read_text(encoding="utf-8"))
    }
    assert found == {}


def test_a_function_of_41_lines_is_noticed_and_its_docstring_is_free() -> None:
    forty = 'def f():\n    """One.\n\n    Two.\n    """\n' + "    a = 1\n" * 40
    assert [("f", 41)] == list(long_functions(forty + "    a = 1\n"))
    assert [] == list(long_functions(forty))
