"""The docs checks find what they are there to find."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import check_docs

SETTINGS = 'home = env.text("CLARION_HOME", "var")\nkey = Environment(values).text("CLARION_KEY")\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project whose docs are in order."""
    root = tmp_path / "project"
    write(root, "src/clarion/settings/__init__.py", SETTINGS)
    write(root, "src/clarion/channels/email.py", "")
    write(root, "src/clarion/channels/_mime.py", "")
    write(root, "docs/reference/settings.md", "`CLARION_HOME` and `CLARION_KEY` or `CLARION_KEY_FILE`")
    write(root, "docs/reference/channels.md", "| name |\n|---|\n| `email` |\n")
    write(root, "Makefile", "VENV := .venv\ntest: ## Run\n")
    write(
        root,
        "README.md",
        "# A house\n\n[a](docs/reference/settings.md) [b](#a-house) `make test` [c](A.md)\n",
    )
    write(root, "A.md", "[leaves](docs/reference/channels.md)")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def problems(root: Path) -> list[str]:
    return [problem for check in check_docs.CHECKS for problem in check(root)]


def test_docs_in_order_have_no_problem(project: Path) -> None:
    assert problems(project) == []


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("A.md", "[leaves](docs/reference/channels.md) [gone](nowhere.md)", "A.md: nowhere.md leads nowhere"),
        (
            "A.md",
            "[leaves](docs/reference/channels.md) [part](README.md#cellar)",
            "A.md: README.md#cellar names no heading there",
        ),
        ("A.md", "[leaves](docs/reference/channels.md) run `make tea` now", "A.md: there is no `make tea`"),
        ("A.md", "[leaves](docs/reference/channels.md)\n```\nmake tea\n```", "A.md: there is no `make tea`"),
        (
            "docs/reference/settings.md",
            "`CLARION_HOME`",
            "docs/reference/settings.md: CLARION_KEY is missing",
        ),
        (
            "docs/reference/settings.md",
            "`CLARION_HOME` `CLARION_KEY` `CLARION_TEA`",
            "docs/reference/settings.md: CLARION_TEA is not read by the settings",
        ),
        (
            "src/clarion/channels/email.py",
            "class Config:\n    host: str\n",
            "docs/reference/settings.md: CLARION_CHANNEL_EMAIL_HOST is missing",
        ),
        (
            "src/clarion/sites/folder.py",
            "",
            "docs/reference/sites.md: no table row or heading names `folder`",
        ),
        ("a.txt", check_docs.FORBIDDEN[0], f"a.txt: holds {check_docs.FORBIDDEN[0]!r}"),
    ],
)
def test_each_check_finds_its_fault(project: Path, name: str, text: str, problem: str) -> None:
    write(project, name, text)
    assert problems(project) == [problem]


@pytest.mark.parametrize(
    "text",
    [
        "[outside](https://example.com/x)",
        "```\n[code](nowhere.md)\n```",
        "make sure that nothing starts with this word by chance",
        "`make test ONLY=web`",
    ],
)
def test_what_only_looks_like_a_fault_passes(project: Path, text: str) -> None:
    write(project, "A.md", f"[leaves](docs/reference/channels.md)\n{text}")
    assert problems(project) == []


def test_a_page_that_no_link_leads_to_is_found(project: Path) -> None:
    """Two that link to each other alone are reached by nobody; a link to a folder reaches its README."""
    write(project, "docs/x/README.md", "[b](B.md)")
    write(project, "docs/x/B.md", "[back](README.md)")
    lost = [f"docs/x/{name}: no chain of links from README.md leads here" for name in ("B.md", "README.md")]
    assert lost == problems(project)
    write(project, "docs/reference/channels.md", "[x](../x)\n\n| `email` |\n")
    assert [] == problems(project)


def test_ignored_files_are_nobodys_docs(project: Path) -> None:
    write(project, ".gitignore", "var/\n")
    write(project, "var/A.md", "[gone](nowhere.md)")
    assert problems(project) == []
