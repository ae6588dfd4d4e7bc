"""What every place for page files promises, wherever it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from clarion import plugins
from clarion.sites import SiteError
from clarion.sites._files import in_order

SITES = plugins.modules("clarion.sites")
#: How a test makes a place of each kind, and reads back what it holds.
PLACES: dict[str, Callable[[ModuleType, Path], tuple[Any, Callable[[], dict[str, bytes]]]]] = {
    "folder": lambda site, tmp: (site.Config(tmp / "site"), lambda: read_folder(tmp / "site")),
}
FILES = {
    "index.html": b"<p>front</p>",
    "incidents/i1/index.html": b"<p>one</p>",
    "api/v2/summary.json": b"{}",
    "style.0a.css": b"p{}",
}


def read_folder(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(params=SITES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(name: str) -> ModuleType:
    return SITES[name]


@pytest.fixture
def place(name: str, site: ModuleType, tmp_path: Path) -> tuple[Any, Callable[[], dict[str, bytes]]]:
    return PLACES[name](site, tmp_path)


def test_it_says_what_it_is_and_what_it_needs(site: ModuleType) -> None:
    assert site.LABEL
    assert site.__doc__
    assert dataclasses.is_dataclass(site.Config)
    assert site.Config.__dataclass_params__.frozen
    assert 2 == site.write.__code__.co_argcount


def test_after_a_write_it_holds_exactly_these_files(site: ModuleType, place: Any) -> None:
    config, read = place
    assert len(FILES) == site.write(config, FILES)
    assert FILES == read()


def test_the_same_files_again_change_nothing(site: ModuleType, place: Any) -> None:
    config, _ = place
    site.write(config, FILES)
    assert 0 == site.write(config, FILES)


def test_changed_new_and_removed_files_are_counted(site: ModuleType, place: Any) -> None:
    config, read = place
    site.write(config, FILES)
    after = {**FILES, "index.html": b"<p>other</p>", "404.html": b"no"}
    del after["incidents/i1/index.html"]
    assert 3 == site.write(config, after)
    assert after == read()


@pytest.mark.parametrize(
    "bad",
    [
        "../out",
        "a/../../out",
        "/etc/passwd",
        "a//b",
        "",
        "a/",
        "./a",
        ".hidden",
        "a/.b/c",
        "a\\b",
        "a\x00b",
        "a\nb",
    ],
    ids=ascii,
)
def test_a_name_that_points_elsewhere_is_refused_and_nothing_is_written(
    bad: str, site: ModuleType, place: Any, tmp_path: Path
) -> None:
    config, _ = place
    with pytest.raises(SiteError, match="cannot be published"):
        site.write(config, {"index.html": b"x", bad: b"y"})
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_name_cannot_be_both_a_file_and_a_folder(site: ModuleType, place: Any) -> None:
    config, _ = place
    with pytest.raises(SiteError, match="both a file and the folder"):
        site.write(config, {"a": b"x", "a/b/c": b"y"})


def test_linked_files_come_before_those_that_link_to_them() -> None:
    names = [
        "style.0a.css",
        "incidents/i1/index.html",
        "history/index.html",
        "api/v2/incidents/unresolved.json",
        "history.atom",
        "404.html",
        "index.html",
    ]
    assert names == in_order(sorted(names))
