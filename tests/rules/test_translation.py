"""A translation binds to the words it translates, and nobody approves their own."""

from __future__ import annotations

import pytest

from clarion.rules import lint, translation
from clarion.rules.lint import Context, LintText
from clarion.rules.review import Reviewer
from clarion.rules.waivers import Found
from tests.factories import NOW

ORIGINAL = {
    "customers": {"title": "API errors", "body": "Some calls fail."},
    "internal": {"title": "SEV-2", "body": "Shard 3 is gone."},
}
GERMAN = {"customers": {"title": "Fehler der API", "body": "Manche Aufrufe scheitern."}}
READER = Reviewer("rita", frozenset({"translation"}))

MAY = [
    ("another person with the role", READER, "in_review", ""),
    ("its author", Reviewer("theo", frozenset({"translation"})), "in_review", "author"),
    ("a person without the role", Reviewer("rita", frozenset({"clarity"})), "in_review", "role_missing"),
    (
        "a person whose account is off",
        Reviewer("rita", READER.roles, active=False),
        "in_review",
        "role_missing",
    ),
    ("anybody, once it is approved", READER, "approved", "state"),
    ("anybody, once a better one is there", READER, "superseded", "state"),
]


@pytest.mark.parametrize(("who", "state", "code"), [row[1:] for row in MAY], ids=[row[0] for row in MAY])
def test_a_translation_is_approved_by(who: Reviewer, state: str, code: str) -> None:
    verdict = translation.may_review(reviewer=who, author="theo", state=state)
    assert (not code) == verdict.allowed
    assert code == (verdict.reasons[0].code if verdict.reasons else "")


CHOICES = [
    ("nothing", "", ["de"], "en", True),
    ("a language that is there", "de", ["de", "fr"], "de", True),
    ("a language that is not there", "fr", ["de"], "en", False),
    ("the original's", "en", ["de"], "en", True),
    ("a dialect of one that is there", "pt-BR", ["pt"], "pt", True),
    ("a dialect of the original's", "en-GB", [], "en", True),
]


@pytest.mark.parametrize(
    ("wanted", "there", "language", "as_wanted"),
    [row[1:] for row in CHOICES],
    ids=[row[0] for row in CHOICES],
)
def test_a_reader_who_asks_for(wanted: str, there: list[str], language: str, as_wanted: bool) -> None:
    """The language asked for, or the original; and whether that is what was asked for."""
    chosen = translation.choose(wanted, there, original="en")
    assert (language, as_wanted) == (chosen.language, chosen.wanted)


def test_only_what_outsiders_read_is_translated() -> None:
    assert {"customers": ORIGINAL["customers"]} == translation.to_translate(ORIGINAL)
    inside_changed = ORIGINAL | {"internal": {"title": "SEV-2", "body": "Shard 4, too."}}
    assert translation.source_digest(ORIGINAL) == translation.source_digest(inside_changed)


def test_any_other_word_is_another_translation() -> None:
    """Changing the original, the language or the translation changes what a reviewer's word binds to."""
    source = translation.source_digest(ORIGINAL)
    other = translation.source_digest(
        ORIGINAL | {"customers": {"title": "API errors", "body": "All calls fail."}}
    )
    mended = {"customers": GERMAN["customers"] | {"title": "Fehler der Api"}}
    digests = {
        translation.digest(source=source, language="de", texts=GERMAN),
        translation.digest(source=other, language="de", texts=GERMAN),
        translation.digest(source=source, language="at", texts=GERMAN),
        translation.digest(source=source, language="de", texts=mended),
    }
    assert 4 == len(digests)


def found(body: str) -> list[Found]:
    text = LintText("Eine Störung", body)
    return [Found("customers", each) for each in lint.check(text, Context(now=NOW), lint.load_rules())]


@pytest.mark.parametrize(
    ("original", "translated", "codes"),
    [
        ("Orders fail.", "Der Server 10.9.8.7 antwortet nicht.", ["finding.SEN-001"]),
        ("The server 10.9.8.7 is down.", "Der Server 10.9.8.7 antwortet nicht.", []),
        ("The server 10.9.8.6 is down.", "Der Server 10.9.8.7 antwortet nicht.", ["finding.SEN-001"]),
        ("Orders fail.", "We admit that it was our fault.", []),
    ],
    ids=["a new address", "the address of the original", "another address", "a family of one language"],
)
def test_a_translation_gives_away_nothing_that_the_original_does_not(
    original: str, translated: str, codes: list[str]
) -> None:
    reasons = translation.gives_away(found(translated), found(original))
    assert codes == [reason.code for reason in reasons]
