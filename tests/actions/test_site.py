"""A page that cannot be written is said once, heals by itself, and never goes back in time."""

from __future__ import annotations

import errno
import json
import os
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import site
from clarion.rules.errors import AlreadyDone
from clarion.store.models import LedgerEntry, SiteState
from tests.actions.story import NOW, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(settings: Any) -> SiteState:
    """A site that something was published on."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Story()
    pipeline.settle(NOW)
    SiteState.objects.update(wanted=9)
    return SiteState.objects.get()


def told() -> list[str]:
    return [
        json.loads(bytes(entry.body))["data"]["problem"]
        for entry in LedgerEntry.objects.filter(kind="site.failed")
    ]


def broken_disk(*args: Any, **kwargs: Any) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO), args[0])


def nullcontext_for(key: str) -> Any:
    """The turn itself opens a file, which is not what breaks here."""
    return nullcontext()


def broken_page(*args: Any) -> None:
    raise KeyError("unforeseen")


BREAKS = [
    ("a disk that takes no new file", "clarion.sites.folder.os.open", broken_disk),
    ("a page that cannot be drawn", "clarion.actions.site.render", broken_page),
    ("a page that cannot be gathered", "clarion.actions.site.page_view", broken_page),
]


@pytest.mark.parametrize(("place", "fails"), [row[1:] for row in BREAKS], ids=[row[0] for row in BREAKS])
def test_the_same_trouble_is_recorded_once(
    due: SiteState, place: str, fails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is tried; and the site tells `clarion check` until it is well again."""
    monkeypatch.setattr("clarion.actions.site._turn", nullcontext_for)
    with monkeypatch.context() as patch:
        patch.setattr(place, fails)
        for seconds in (1, 3, 5):
            pipeline.sweep(NOW + timedelta(seconds=seconds))
    assert 1 == len(told())
    due.refresh_from_db()
    assert (told()[0], True) == (due.problem, due.written < due.wanted)
    pipeline.sweep(NOW + timedelta(seconds=7))
    due.refresh_from_db()
    assert ("", 9) == (due.problem, due.written)


def test_the_sentence_names_no_file_that_never_stays(due: SiteState, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is what a person can mend, and its name is the same each time."""
    real = os.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
        if ".clarion-new-" in str(path):
            raise PermissionError(errno.EACCES, "no", str(path))
        return real(path, *args, **kwargs)

    (Path(due.config["path"]) / "index.html").write_text("spoilt")
    monkeypatch.setattr("clarion.sites.folder.os.open", refuse)
    for seconds in (1, 3):
        pipeline.sweep(NOW + timedelta(seconds=seconds))
    folder = Path(due.config["path"])
    assert [f"No permission to write {folder}. Give it to the user that Clarion runs as."] == told()


def test_a_failed_refresh_is_forgotten_by_the_next_good_one(
    due: SiteState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing new was published meanwhile."""
    pipeline.sweep(NOW)
    with monkeypatch.context() as patch:
        patch.setattr("clarion.actions.site.render", broken_page)
        site.write_site(key=due.name, now=NOW, refresh=True)
    assert SiteState.objects.get().problem
    site.write_site(key=due.name, now=NOW, refresh=True)
    assert "" == SiteState.objects.get().problem
    with pytest.raises(AlreadyDone):
        site.write_site(key=due.name, now=NOW, refresh=True)


def test_nobody_gathers_while_somebody_else_writes(clarion_home: Any) -> None:
    """The one who comes second gathers after the first has written, so the newer page stays."""
    order: list[str] = []
    entered = Event()

    def second() -> None:
        entered.set()
        with site._turn("page"):
            order.append("second gathers")

    with site._turn("page"):
        other = Thread(target=second)
        other.start()
        assert entered.wait(30)
        with site._turn("another"):  # sites do not wait for each other
            order.append("first writes")
    other.join(30)
    assert ["first writes", "second gathers"] == order
