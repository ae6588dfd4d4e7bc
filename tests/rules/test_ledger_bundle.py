"""Making an export: everything it needs is in it, and one that would not hold is never made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from clarion.rules.bundle import BundleError, Export, KeptText, SealedEntry, build_bundle
from clarion.rules.checkpoints import Checkpoint, sign_checkpoint
from clarion.rules.ledger import entry_bytes
from tests.rules import ledger_log as log


def test_an_export_holds_the_incident_and_nothing_of_other_incidents() -> None:
    files = log.bundle()
    expected = [f"entries/{index:06d}.json" for index in (1, 2, 4, 7, 8, 10, 12)]
    assert expected == sorted(path for path in files if path.startswith("entries/"))
    assert not any(b"inc-8" in content for content in files.values())
    assert {"key.txt", "manifest.json", "statement.txt", "story.html", "verify.py", "README.txt"} <= set(
        files
    )


def test_the_entries_are_the_exact_bytes_of_the_log() -> None:
    bodies = log.log_bodies()
    assert bodies[4] == build_bundle(log.export_of(bodies))["entries/000004.json"]


def test_an_erased_text_leaves_no_trace_of_its_words_or_its_salt() -> None:
    files = log.bundle()
    assert json.loads(files["texts/000002-public.en.json"]) == {"erased": True}
    gone = log.text_of(2)
    assert not any(
        gone.salt.hex().encode() in content or b"Update 2" in content for content in files.values()
    )


def test_the_same_log_gives_the_same_export() -> None:
    assert log.bundle() == log.bundle()


def first(entry: SealedEntry, **changes: Any) -> Callable[[Export], Export]:
    return lambda export: replace(export, entries=[replace(entry, **changes), *export.entries[1:]])


BODIES = log.log_bodies()
ENTRY = log.sealed(BODIES)[0]
ROGUE = sign_checkpoint(Checkpoint(log.NAME, 13, b"\x00" * 32), log.SIGNER)
NOT_FITTING: dict[str, tuple[Callable[[Export], Export], str]] = {
    "no entries": (lambda export: replace(export, entries=[]), "has no entries"),
    "an entry left out": (
        lambda export: replace(export, entries=[*export.entries[:2], *export.entries[3:]]),
        "is number 4, where 3 is due",
    ),
    "another incident's entry": (
        lambda export: replace(export, entries=[SealedEntry(0, BODIES[0], {}), *export.entries]),
        "entry 0 belongs to inc-8",
    ),
    "an entry changed after sealing": (
        first(ENTRY, body=ENTRY.body.replace(b"user:ab12", b"user:ab13")),
        "entry 1 is not what the log holds",
    ),
    "bytes that are no entry": (first(ENTRY, body=b"{}"), "entry 1: the entry does not have the fields"),
    "a text that was edited": (
        first(ENTRY, texts={"public.en": KeptText(b"\x01" * 32, "nicer")}),
        "does not fit its commitment",
    ),
    "a text too few": (first(ENTRY, texts={}), "entry 1 names the texts"),
    "no checkpoint": (lambda export: replace(export, checkpoints=[]), "at least one checkpoint"),
    "a checkpoint too early": (
        lambda export: replace(export, checkpoints=export.checkpoints[:2]),
        "entry 8 is not yet under the checkpoint of size 8",
    ),
    "checkpoints out of order": (
        lambda export: replace(export, checkpoints=export.checkpoints[::-1]),
        "do not grow",
    ),
    "a checkpoint of another tree": (
        lambda export: replace(export, checkpoints=[ROGUE]),
        "does not have the root",
    ),
    "a checkpoint nobody signed": (
        lambda export: replace(export, checkpoints=[log.checkpoint_of(BODIES, 13, log.THIEF)]),
        "signed by no key",
    ),
    "a signer whose key is not given": (
        lambda export: replace(export, signer=log.THIEF),
        "is not among its keys",
    ),
}


@pytest.mark.parametrize("case", NOT_FITTING)
def test_parts_that_do_not_fit_make_no_export(case: str) -> None:
    change, why = NOT_FITTING[case]
    with pytest.raises(BundleError, match=why):
        build_bundle(change(log.export_of(BODIES)))


class Seen(HTMLParser):
    """The tags of a page, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name in ("src", "href", "style") or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_story_shows_what_was_written_and_lets_none_of_it_act() -> None:
    page = log.bundle()["story.html"].decode()
    seen = Seen()
    seen.feed(page)
    assert not {"script", "img", "b", "link", "iframe"} & seen.tags
    assert "<script>alert(1)</script>" in seen.words
    assert "Update 1: <b>checkout</b> is slow" in seen.words
    assert "This text was erased." in seen.words
    assert "Checkout <slow>" in seen.words
    assert "2026-11-23 12:01:00 UTC" in seen.words
    assert "default-src 'none'" in page
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page


def test_control_characters_become_visible_in_the_story() -> None:
    body = entry_bytes(replace(log.log_entry(0, 1), data={"note": "a\x00b\x1bc"}, texts={}))
    export = replace(
        log.export_of([body], (1,)), entries=[SealedEntry(0, body, {})], keys=[log.SIGNER.verifier]
    )
    export = replace(export, checkpoints=[log.checkpoint_of([body], 1)])
    assert "a\ufffdb\ufffdc".encode() in build_bundle(export)["story.html"]
