"""Our words and others': every word has a meaning, and every mapping leads to a word that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from clarion.rules import terms
from clarion.rules.vocabularies import EVIDENCE, house_terms, load, vocabularies

DOC = (Path(__file__).parents[2] / "docs" / "reference" / "terms.md").read_text(encoding="utf-8")
NAMED = (
    "statuspage",
    "incident_io",
    "sorry",
    "microsoft_365",
    "pagerduty",
    "itil_4",
    "nist_800_61r3",
    "iso_27035",
    "fema_ics",
    "cerc",
)


def test_every_word_has_one_label_and_one_meaning() -> None:
    """The same words as the code uses; ``maintenance`` is a component's word and no state of an incident."""
    kinds: dict[str, list[str]] = {}
    for term in house_terms():
        kinds.setdefault(term.kind, []).append(term.word)
        assert term.label and term.meaning.endswith(".")
    assert set(terms.STATE_LABELS) == set(kinds["incident"])
    assert list(terms.COMPONENT_STATUSES) == kinds["component"]
    assert list(terms.MAINTENANCE_STATES) == kinds["maintenance"]
    assert list(terms.IMPACTS) == kinds["impact"]
    assert all(len(words) == len(set(words)) for words in kinds.values())


def test_the_vocabularies_are_there_with_their_sources() -> None:
    assert NAMED == tuple(each.key for each in vocabularies())
    for each in vocabularies():
        assert each.source and each.evidence in EVIDENCE


SAYS = [
    ("statuspage", "mitigated", "monitoring (say so in the text)"),
    ("incident_io", "mitigated", "monitoring"),
    ("sorry", "monitoring", "Recovering"),
    ("microsoft_365", "suspended", "Investigation suspended"),
    ("pagerduty", "detected", "trigger"),
    ("itil_4", "mitigated", "workaround"),
    ("nist_800_61r3", "postmortem", "Identify (Improvement)"),
    ("iso_27035", "false_alarm", "not an incident"),
    ("fema_ics", "resolved", "demobilisation"),
    ("cerc", "investigating", "initial"),
]


@pytest.mark.parametrize(("key", "state", "word"), SAYS)
def test_a_state_is_called_so_elsewhere(key: str, state: str, word: str) -> None:
    assert word == next(each for each in vocabularies() if each.key == key).words[state]


@pytest.mark.parametrize(
    "state", sorted(terms.STATUSPAGE_STATES.keys() - {"detected", "suspended", "merged"})
)
def test_the_page_speaks_as_the_table_says(state: str) -> None:
    """What the Statuspage-shaped JSON writes is the word that the vocabulary gives."""
    said = next(each for each in vocabularies() if each.key == "statuspage").words[state]
    assert said.split()[0].rstrip(",") == terms.STATUSPAGE_STATES[state]


BAD = [
    ("{key: a, name: A, source: S, evidence: rumour, words: {resolved: x}}", "a.evidence: write one of"),
    (
        "{key: a, name: A, source: S, evidence: memory, words: {over: x}}",
        "a.words.over: there is no such state",
    ),
    ("{key: a, name: A, source: '', evidence: memory, words: {resolved: x}}", "a: write key, name, source"),
    ("{key: a, name: A, source: S, evidence: memory}", "a: write key, name, source"),
]


@pytest.mark.parametrize(("item", "message"), BAD)
def test_a_vocabulary_that_cannot_be_used_is_refused(item: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load(f"vocabularies: [{item}]")


def test_a_vocabulary_is_there_once() -> None:
    item = "{key: a, name: A, source: S, evidence: memory, words: {resolved: x}}"
    with pytest.raises(ValueError, match="there twice"):
        load(f"vocabularies: [{item}, {item}]")


def test_the_reference_page_has_every_word_and_every_mapping() -> None:
    """The page is written by hand for people, and says exactly what the data says."""
    for term in house_terms():
        assert f"| `{term.word}` | {term.label} | {term.meaning} |" in DOC
    for each in vocabularies():
        words = "; ".join(f"`{state}` {word}" for state, word in each.words.items())
        assert f"| {each.name} ({each.evidence}) | {words} | {each.source} |" in DOC
