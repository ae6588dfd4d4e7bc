"""A page becomes the same files every time, only from public texts, and few of them change at once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clarion.pages.site import BadPage, render
from clarion.pages.view import PageView
from clarion.rules.audience import INTERNAL, InternalText, PublicText, WrongAudience
from tests.pages import sample
from tests.pages.sample import NIGHT, component, incident, minutes, page, update

SOURCE = Path(__file__).parents[2] / "src"


def test_a_page_is_made_of_these_files() -> None:
    named = sorted(
        name for name in render(sample.rich()) if not name.startswith(("incidents/past", "style."))
    )
    assert [
        "404.html",
        "api/v2/components.json",
        "api/v2/incidents.json",
        "api/v2/incidents/unresolved.json",
        "api/v2/scheduled-maintenances.json",
        "api/v2/scheduled-maintenances/active.json",
        "api/v2/scheduled-maintenances/upcoming.json",
        "api/v2/status.json",
        "api/v2/summary.json",
        "checkpoint.txt",
        "favicon.svg",
        "history.atom",
        "history.rss",
        "history/index.html",
        "incidents/9tpgqq1h4bs7/index.html",
        "incidents/m2f7k1z0qa8d/index.html",
        "index.html",
        "robots.txt",
    ] == named


def test_there_is_a_checkpoint_only_when_the_archive_has_one() -> None:
    files = render(sample.rich())
    assert sample.rich().checkpoint.encode() == files["checkpoint.txt"]
    assert b"/checkpoint.txt" in files["index.html"]
    assert "checkpoint.txt" not in render(page())
    assert b"checkpoint" not in render(page())["index.html"]


def test_the_same_values_give_the_same_bytes_in_another_process_and_zone() -> None:
    told = "from tests.pages import sample; from clarion.pages.site import render; import hashlib;"
    told += "print(hashlib.sha256(repr(sorted(render(sample.rich()).items())).encode()).hexdigest())"
    sums = {
        subprocess.run(
            [sys.executable, "-c", told],
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"},
            capture_output=True,
            check=True,
        ).stdout
        for zone, seed in (("UTC", "1"), ("Pacific/Chatham", "2"))
    }
    assert 1 == len(sums)


def test_one_more_update_changes_its_incident_the_lists_and_nothing_else() -> None:
    before = sample.rich()
    first = before.incidents[0]
    later = NIGHT + minutes(15)
    told = (update("p9", "monitoring", published_at=later), *first.updates)
    changed = replace(first, updates=told, state="monitoring", updated_at=later)
    after = replace(before, incidents=(changed, *before.incidents[1:]), updated_at=later)
    files = render(before)
    new = {name for name, content in render(after).items() if files[name] != content}
    feeds_and_lists = {"index.html", "history/index.html", "history.atom", "history.rss"}
    assert {f"incidents/{first.id}/index.html", *feeds_and_lists} == {
        name for name in new if not name.startswith("api/")
    }


@pytest.mark.parametrize("bad", ["../x", "a/b", "", "a b", "ä", "x" * 65, "a\n"])
def test_an_id_that_cannot_be_a_file_name_is_refused(bad: str) -> None:
    for view in (
        page(incidents=(incident(bad),)),
        page(components=(component(bad),)),
        page(incidents=(incident("i1", update(bad)),)),
        page(id=bad),
    ):
        with pytest.raises(BadPage, match="may hold only"):
            render(view)


@pytest.mark.parametrize(
    "bad", ["status.example", "https://a.example/", "javascript:alert(1)", "https://", ""]
)
def test_an_address_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(BadPage, match="must be http"):
        render(page(url=bad))


def test_an_incident_without_an_update_is_refused() -> None:
    """Programs that read the JSON take the first update unasked."""
    with pytest.raises(BadPage, match="no update"):
        render(page(incidents=(replace(incident("i1"), updates=()),)))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        render(page(updated_at=NIGHT.replace(tzinfo=None)))


def with_text(text: object) -> PageView:
    return page(incidents=(incident("i1", replace(update(), text=text)),))  # type: ignore[arg-type]


def test_an_internal_text_cannot_be_made_public_and_is_not_rendered() -> None:
    with pytest.raises(WrongAudience, match="may not be shown to the public"):
        PublicText(INTERNAL, "Root cause", "db-7 ran out of disk")
    with pytest.raises(WrongAudience, match="not public"):
        render(with_text(InternalText(INTERNAL, "Root cause", "db-7 ran out of disk")))


def test_the_type_checker_refuses_an_internal_text_where_it_is_written(tmp_path: Path) -> None:
    source = (
        "from datetime import UTC, datetime\n"
        "from clarion.pages.view import UpdateView\n"
        "from clarion.rules.audience import CUSTOMERS, INTERNAL, InternalText, PublicText\n"
        "now = datetime(2026, 1, 1, tzinfo=UTC)\n"
        "good = UpdateView('u', 'resolved', PublicText(CUSTOMERS, 't', 'b'), now)\n"
        "bad = UpdateView('u', 'resolved', InternalText(INTERNAL, 't', 'b'), now)\n"
    )
    (tmp_path / "leak.py").write_text(source)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache", "leak.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    errors = [line for line in told.splitlines() if ": error:" in line]
    assert 1 == len(errors), told
    assert errors[0].startswith("leak.py:6:")
    assert 'incompatible type "InternalText"; expected "PublicText"' in errors[0]
