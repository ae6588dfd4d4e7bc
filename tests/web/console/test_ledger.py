"""The ledger can be read by people: sentences first, the sealed bytes beneath."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import clarion
from clarion.store import ledger as writing
from clarion.store.keys import signer, verifier
from clarion.store.queries import ledger
from clarion.web.console.sentence_words import SENTENCES
from tests import factories as make
from tests.web.console.conftest import Desk

LEDGER = "/console/ledger"


def test_every_kind_of_entry_has_a_sentence() -> None:
    """A kind is written by some action as ``noun.verb``; a new one needs its sentence too."""
    folder = Path(clarion.__file__).parent / "actions"
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    kinds = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', source))
    nouns = {kind.split(".")[0] for kind in SENTENCES}
    written = {kind for kind in kinds if kind.split(".")[0] in nouns}
    assert set() == written - SENTENCES.keys()


@pytest.mark.capability("8.6", face="console")
def test_what_is_sealed_is_told_from_what_is_not(
    house: make.House, auditor: Desk, clarion_home: Path
) -> None:
    make.keys(clarion_home)
    house.incident()
    writing.seal(signer=signer(), now=make.NOW)
    make.component("Search")
    seen = auditor.read(LEDGER)
    assert "Not yet sealed 1" in seen
    assert verifier().text in seen
    assert "Clarion added the component “Search” component.added Not yet sealed" in seen
    newest = ledger.checkpoints().get().note.split("\n")[0]
    assert newest in seen


@pytest.mark.capability("4.4", face="console")
def test_an_entry_shows_its_bytes_texts_and_commitments(house: make.House, auditor: Desk) -> None:
    house.incident()
    entry = ledger.entries(kind="draft.created").get()
    seen = auditor.read(f"{LEDGER}/{entry.entry_id}")
    assert "Clarion wrote a draft from the template: first statement" in seen
    assert "customers.title Problem with Checkout Commitment" in seen
    assert f'"id": "{entry.entry_id}"' in seen
    assert bytes(entry.leaf_hash).hex()[:12] in seen


def test_an_erased_text_says_so(house: make.House, auditor: Desk) -> None:
    house.incident()
    entry = ledger.entries(kind="incident.opened").get()
    entry.texts.update(text=None)
    assert "This text was erased." in auditor.read(f"{LEDGER}/{entry.entry_id}")


def test_it_is_filtered_by_incident_and_kind(house: make.House, auditor: Desk) -> None:
    incident = house.incident()
    assert (
        "person.created"
        not in auditor.read(f"{LEDGER}?incident={incident.id}").split("Time What happened")[1]
    )
    only = auditor.read(f"{LEDGER}?kind=draft.created").split("Time What happened")[1]
    assert ("draft.created" in only, "incident.opened" in only) == (True, False)
    assert "No entry fits this filter." in auditor.read(f"{LEDGER}?incident=nonesuch")


def test_a_missing_key_is_said_with_what_to_do(house: make.House, auditor: Desk) -> None:
    assert "clarion init" in auditor.read(LEDGER)
