"""What Clarion writes around people's texts, language by language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import yaml

from clarion.rules import wording as form
from clarion.rules.times import spoken_time
from clarion.rules.wording import ENGLISH, BadWording, load_wording, wording

NIGHT = datetime(2026, 3, 14, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("tag", sorted(form.languages()))
def test_every_language_has_all_the_words(tag: str) -> None:
    """A file that lacks a phrase, or names a field that no phrase has, is found here and not on a page."""
    assert wording(tag).language == tag
    assert wording(tag).phrases.keys() == ENGLISH.phrases.keys()


@pytest.mark.parametrize(
    ("asked", "given"),
    [("de", "de"), ("de-AT", "de"), ("PT-BR", "pt"), ("ja", "en"), ("", "en"), ("../../etc", "en")],
)
def test_a_reader_gets_their_language_or_the_one_of_their_dialect_or_english(asked: str, given: str) -> None:
    assert wording(asked).language == given


@pytest.mark.parametrize(
    ("tag", "zone", "said"),
    [
        ("en", "Europe/Berlin", "14 Mar 2026, 23:12 UTC (15 Mar, 00:12 CET)"),
        ("de", "Europe/Berlin", "14. März 2026, 23:12 UTC (15. März, 00:12 CET)"),
        ("fr", "Etc/UTC", "14 mars 2026, 23:12 UTC"),
        ("es", "America/New_York", "14 mar 2026, 23:12 UTC (19:12 EDT)"),
    ],
)
def test_a_time_is_said_in_the_language(tag: str, zone: str, said: str) -> None:
    assert spoken_time(NIGHT, zone, wording(tag)) == said


def test_one_and_many_are_told_apart() -> None:
    assert wording("de").count("page.open_count", 1) == "1 offener Vorfall"
    assert wording("de").count("page.open_count", 2) == "2 offene Vorfälle"
    assert wording("de").count("page.open_count", 0) == "0 offene Vorfälle"


@pytest.mark.parametrize(
    ("break_it", "problem"),
    [
        (lambda d: d["phrases"]["page"].pop("all"), "phrases.page.all: this is missing"),
        (lambda d: d["phrases"]["page"].update(all_of="x"), "phrases.page.all_of: nothing is called so"),
        (
            lambda d: d["phrases"]["page"].update(current="Stand"),
            r"phrases.page.current: its fields are \[\]",
        ),
        (lambda d: d["phrases"]["page"].update(skip="Zum {inhalt}"), "phrases.page.skip: its fields are"),
        (lambda d: d["phrases"]["page"].update(skip="Zum {0.x}"), "a brace belongs to a field"),
        (lambda d: d.update(months=d["months"][:11]), "months: there are 11; write 12"),
        (lambda d: d.pop("weekdays"), "The document has the parts"),
    ],
)
def test_a_file_that_is_wrong_says_where(break_it: object, problem: str) -> None:
    data = yaml.safe_load(form._document("de"))
    break_it(data)  # type: ignore[operator]
    with pytest.raises(BadWording, match=problem):
        load_wording(yaml.safe_dump(data, allow_unicode=True), ENGLISH)


def test_a_file_that_is_no_yaml_says_so() -> None:
    with pytest.raises(BadWording, match="not YAML"):
        load_wording("a: [", ENGLISH)


def test_nothing_is_left_in_english_by_mistake() -> None:
    """Words that are the same in both languages are few, and a forgotten phrase would be one more."""
    for tag in sorted(form.languages() - {"en"}):
        same = {
            key
            for key, phrase in wording(tag).phrases.items()
            if phrase == ENGLISH.phrases[key] and re.search("[a-z]{4}", re.sub(r"\{[a-z]+\}", "", phrase))
        }
        assert len(same) <= 6, (tag, sorted(same))
