"""Checks what the docs say against what is there.

- every relative link in a Markdown file leads to a file, and to a heading when it names one;
- every Markdown file can be reached by links from README.md, so that none is written for nobody;
- every ``CLARION_`` setting that the code reads is in docs/reference/settings.md, and no other; the settings
  of a channel are the fields of its Config;
- every make target that the docs name exists;
- every channel, source and site has its place in docs/reference;
- no file names a package registry or a path of one machine.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SETTING_READ = re.compile(r"(?:env|Environment\(\w+\))\.[a-z]+\(\s*\"(CLARION_[A-Z_]+)\"")
SETTING = re.compile(r"\bCLARION_[A-Z]+(?:_[A-Z]+)*\b")
#: Settings of the tests and of the build, which the settings do not read.
NOT_OF_THE_PRODUCT = frozenset({"CLARION_TEST_POSTGRES_URL", "CLARION_REQUIRE_SERVICES"})
MAKE_IN_PROSE = re.compile(r"`make +([a-z][a-z-]*)")
MAKE_IN_BLOCK = re.compile(r"^(?:\$ )?make +([a-z][a-z-]*)", re.MULTILINE)
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
LEAF_FOLDERS = ("channels", "sources", "sites")
#: Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = (
    "registry.npm" + "js",
    "python" + "hosted",
    "py" + "pi.org",
    "../" + "shared",
    "/" + "work/",
)


def tracked(root: Path) -> list[Path]:
    """Files that Git knows or would take up: not the ignored ones, and none that is gone."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def pages(root: Path) -> list[Path]:
    return [path for path in tracked(root) if path.suffix == ".md"]


def prose(path: Path) -> str:
    """The text of a page without its code blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """What ``#…`` may name in a page, in the form that Git hosts derive from headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(path)))
    return {heading.replace(" ", "-") for heading in plain}


def broken_links(root: Path) -> Iterable[str]:
    for page in pages(root):
        for link in LINK.findall(prose(page)):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name) if name else page
            if not target.exists():
                yield f"{page.relative_to(root)}: {link} leads nowhere"
            elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                yield f"{page.relative_to(root)}: {link} names no heading there"


def unreachable_pages(root: Path) -> Iterable[str]:
    """A link to a folder leads to its README.md, as Git hosts show it."""
    known = {page.resolve() for page in pages(root)}
    reached: set[Path] = set()
    waiting = [(root / "README.md").resolve()]
    while waiting:
        page = waiting.pop()
        if page not in known or page in reached:
            continue
        reached.add(page)
        for link in LINK.findall(prose(page)):
            target = (page.parent / link.partition("#")[0]).resolve()
            waiting.append(target / "README.md" if target.is_dir() else target)
    for page in sorted(known - reached):
        yield f"{page.relative_to(root.resolve())}: no chain of links from README.md leads here"


def channel_settings(root: Path) -> set[str]:
    """``CLARION_CHANNEL_<KIND>_<FIELD>`` for every field of every channel's Config."""
    return {
        f"CLARION_CHANNEL_{module.stem}_{field.target.id}".upper()
        for module in sorted((root / "src" / "clarion" / "channels").glob("[!_]*.py"))
        for part in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(part, ast.ClassDef) and part.name == "Config"
        for field in part.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def undocumented_settings(root: Path) -> Iterable[str]:
    source, page = root / "src/clarion/settings/__init__.py", root / "docs/reference/settings.md"
    if not page.exists():
        yield "docs/reference/settings.md is missing"
        return
    read = set(SETTING_READ.findall(source.read_text(encoding="utf-8"))) | channel_settings(root)
    named = set(SETTING.findall(page.read_text(encoding="utf-8"))) - NOT_OF_THE_PRODUCT
    named = {name if name in read else name.removesuffix("_FILE") for name in named}
    for name in sorted(read - named):
        yield f"docs/reference/settings.md: {name} is missing"
    for name in sorted(named - read):
        yield f"docs/reference/settings.md: {name} is not read by the settings"


def unknown_targets(root: Path) -> Iterable[str]:
    targets = set(TARGET.findall((root / "Makefile").read_text(encoding="utf-8")))
    for page in pages(root):
        blocks = "\n".join(FENCE.findall(page.read_text(encoding="utf-8")))
        for name in MAKE_IN_PROSE.findall(prose(page)) + MAKE_IN_BLOCK.findall(blocks):
            if name not in targets:
                yield f"{page.relative_to(root)}: there is no `make {name}`"


def unnamed_leaves(root: Path) -> Iterable[str]:
    """A leaf has its place when a table row or heading of docs/reference/<folder>.md names its module."""
    for folder in LEAF_FOLDERS:
        page = root / "docs" / "reference" / f"{folder}.md"
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        rows = "\n".join(line for line in text.splitlines() if line.startswith(("|", "#")))
        for module in sorted((root / "src" / "clarion" / folder).glob("[!_]*.py")):
            if f"`{module.stem}`" not in rows:
                yield f"docs/reference/{folder}.md: no table row or heading names `{module.stem}`"


def forbidden_words(root: Path) -> Iterable[str]:
    for path in tracked(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for word in FORBIDDEN:
            if word in text:
                yield f"{path.relative_to(root)}: holds {word!r}"


CHECKS: tuple[Callable[[Path], Iterable[str]], ...] = (
    broken_links,
    unreachable_pages,
    undocumented_settings,
    unknown_targets,
    unnamed_leaves,
    forbidden_words,
)


def main() -> int:
    problems = [problem for check in CHECKS for problem in check(ROOT)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"Docs: {len(pages(ROOT))} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
