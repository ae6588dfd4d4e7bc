"""What an installation is made of, and the page that stands for it outside."""

from __future__ import annotations

from contextlib import nullcontext
from hashlib import sha256
from typing import Any

import pytest

from clarion import pipeline, plugins
from clarion.actions import setup, site
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid
from clarion.sites import SiteError
from clarion.store.models import Component, PolicyVersion, SiteState, Source
from clarion.store.policies import default_document
from tests import factories as make
from tests.actions.story import MINUTE, NOW, Story, acting, kinds, last, page, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def test_every_version_of_the_policy_stays_and_the_ledger_has_its_words(here: Story) -> None:
    """Numbered; the same document twice is done already; a bad one is refused with the places."""
    newer = default_document() + "\n# stricter from March\n"
    by = {"actor": acting(here.administrator), "now": NOW}
    pipeline.run(setup.install_policy, document=newer, **by)
    assert {1, 2} == set(PolicyVersion.objects.values_list("number", flat=True))
    assert sha256(newer.encode()).hexdigest() == last("policy.installed").data["sha256"]
    assert {"document": newer} == words_of("policy.installed")
    with pytest.raises(AlreadyDone):
        pipeline.run(setup.install_policy, document=newer, **by)
    with pytest.raises(Invalid) as refusal:
        pipeline.run(setup.install_policy, document=newer.replace("role: clarity", "role: poet"), **by)
    assert refusal.value.message.endswith(
        ": reviews.tone.role: there is no 'poet'; use accuracy, clarity, legal"
    )
    with pytest.raises(Forbidden):
        pipeline.run(setup.install_policy, document="x", actor=acting(here.lead), now=NOW)


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
