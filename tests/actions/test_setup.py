"""What an installation is made of, and the page that stands for it outside."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from clarion import pipeline, plugins
from clarion.actions import setup, site
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Invalid
from clarion.sites import SiteError
from clarion.store.models import Component, SiteState, Source
from tests import factories as make
from tests.actions.story import MINUTE, NOW, Story, acting, kinds, last, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def test_a_component_appears_on_the_page(here: Story) -> None:
    """A private one does not."""
    make.component("Search")
    make.component("Vault", public=False)
    make.settle(NOW)
    shown = (page() / "api/v2/components.json").read_text()
    assert ("Search" in shown, "Vault" in shown) == (True, False)


@pytest.mark.parametrize("name", ["Checkout", "checkout", " CHECKOUT "])
def test_two_components_never_share_a_name(here: Story, name: str) -> None:
    """Alerts find components by it."""
    with pytest.raises(Conflict):
        make.component(name)
    with pytest.raises(Invalid):
        make.component(" ")
    assert 1 == Component.objects.count()


BAD = [
    ("slug", {"slug": "My Tool"}, "lower-case letters"),
    ("kind", {"kind": "carrier"}, "there are: "),
    ("config", {"config": {"tokens": "x", "colour": "red"}}, "do not fit alertmanager"),
]


@pytest.mark.parametrize(("field", "told", "part"), BAD, ids=[row[0] for row in BAD])
def test_a_source_that_could_not_work_is_refused(
    here: Story, field: str, told: dict[str, Any], part: str
) -> None:
    """By the field that is wrong."""
    usual = {"slug": "am2", "kind": "alertmanager", "config": {"tokens": [make.TOKEN]}}
    with pytest.raises(Invalid) as refusal:
        pipeline.run(setup.add_source, actor=acting(here.administrator), now=NOW, **usual | told)
    assert (field, True) == (refusal.value.field, part in refusal.value.message)
    assert 1 == Source.objects.count()


# Writing the page


def test_a_page_that_shows_everything_is_not_written_again(here: Story) -> None:
    """Nor does looking at it make ledger entries."""
    before = kinds()
    with pytest.raises(AlreadyDone):
        site.write_site(key="page", now=NOW)
    with pytest.raises(AlreadyDone):
        site.write_site(key="page", now=NOW, refresh=True)
    assert before == kinds()


def test_a_page_that_cannot_be_written_stays_due_and_says_why_once(
    here: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost: once it can be written, it is."""
    module = plugins.get("clarion.sites", "folder")
    write = module.write

    def full(*_: Any) -> int:
        raise SiteError("The disk is full. Free some space.")

    monkeypatch.setattr(module, "write", full)
    make.component("Search")
    make.settle(NOW)
    make.settle(NOW + MINUTE)
    assert 1 == kinds().count("site.failed")
    assert "The disk is full. Free some space." == SiteState.objects.get().problem
    monkeypatch.setattr(module, "write", write)
    make.settle(NOW + MINUTE)
    assert "" == SiteState.objects.get().problem
    assert "Search" in (page() / "index.html").read_text()


def test_a_slow_writer_that_was_overtaken_does_not_have_the_last_word(
    here: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines write at once, the older view last: it is due once more and ends up showing everything."""
    monkeypatch.setattr(site, "_turn", lambda key: nullcontext())  # taking turns ends at the machine
    module = plugins.get("clarion.sites", "folder")
    write, overtaking = module.write, []

    def slow(config: Any, files: dict[str, bytes]) -> int:
        if not overtaking:  # between rendering and writing, somebody else publishes and writes
            overtaking.append(True)
            make.component("Search")
            site.write_site(key="page", now=NOW)
        return int(write(config, files))

    make.component("Mail")
    monkeypatch.setattr(module, "write", slow)
    with pytest.raises(AlreadyDone):
        site.write_site(key="page", now=NOW)
    assert "Search" not in (page() / "index.html").read_text()
    make.settle(NOW)
    assert "Search" in (page() / "index.html").read_text()
    row = SiteState.objects.get()
    assert row.wanted == row.written


def test_a_place_is_added_once(here: Story) -> None:
    """Its settings do not enter the ledger."""
    with pytest.raises(AlreadyDone):
        make.site(page())
    assert {"kind": "folder"} == last("site.added").data
    assert "system" == last("site.added").actor == SYSTEM.name
