"""Translations of an update's texts: each with a review of its own, bound to the exact words it translates.

The original is never held up by a translation: it goes out when it is approved, and a reader whose language
is not there yet gets the original, marked as such. A translation that is approved later joins the page then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import rfc8785

from clarion.rules.audience import AUDIENCES
from clarion.rules.draft import check_text
from clarion.rules.errors import Invalid
from clarion.rules.instants import reference, references
from clarion.rules.review import Reviewer
from clarion.rules.types import Reason, Verdict, allowed, refused
from clarion.rules.waivers import Found, of_severity

ROLE = "translation"
STATES = ("in_review", "approved", "changes_requested", "superseded")
#: What lint knows in every language: secrets, names and addresses are written the same in each.
FAMILY_OF_EVERY_LANGUAGE = "sensitive"

Texts = Mapping[str, Mapping[str, str]]


def to_translate(texts: Texts) -> dict[str, Mapping[str, str]]:
    """Those of a version's texts that outsiders read: what colleagues read stays in the house's language."""
    return {name: text for name, text in texts.items() if AUDIENCES[name].public}


def source_digest(texts: Texts) -> str:
    """SHA-256, in hex, of the words to translate. Another promise or state leaves a translation valid."""
    return _digest({name: dict(text) for name, text in to_translate(texts).items()})


def digest(*, source: str, language: str, texts: Texts) -> str:
    """SHA-256, in hex, of what the review of a translation binds to: both texts and the language."""
    return _digest(
        {"source": source, "language": language, "texts": {name: dict(t) for name, t in texts.items()}}
    )


def _digest(value: object) -> str:
    return sha256(rfc8785.dumps(value)).hexdigest()  # type: ignore[arg-type]


def check_translation(name: str, text: Mapping[str, str], original: Mapping[str, str]) -> None:
    """Passes what may stand as the translation for this audience; raises Invalid at its place.

    It names the same instants as the original, each as often: a promise is the same in every language.
    """
    check_text(name, text)
    said, meant = _instants(text), _instants(original)
    for problem, ats in (("is missing", meant - said), ("is not in the original", said - meant)):
        if ats:
            at = reference(min(ats))
            raise Invalid(f"The time {at} {problem}. Name exactly its times.", field=f"texts.{name}.body")


def _instants(text: Mapping[str, str]) -> Counter[datetime]:
    return Counter(found.at for part in ("title", "body") for found in references(text[part]))


def gives_away(found: Iterable[Found], original: Iterable[Found]) -> tuple[Reason, ...]:
    """Why a translation in which this is ``found`` must not be shown; empty while it gives nothing away.

    What stands in the ``original`` in the same words was answered for there.
    """
    answered = {_mark(each) for each in original}
    blocks = (each for each in of_severity(found, "block") if each.finding.family == FAMILY_OF_EVERY_LANGUAGE)
    return tuple(
        Reason(
            f"finding.{each.finding.rule}",
            f"“{each.finding.words[:60]}” in the translation for {AUDIENCES[each.audience].label}: "
            f"{each.finding.reason}",
        )
        for each in blocks
        if _mark(each) not in answered
    )


def _mark(each: Found) -> tuple[str, str, str]:
    return each.audience, each.finding.rule, each.finding.words.casefold()


def still_stands(reviewer: Reviewer) -> tuple[Reason, ...]:
    """Why this person's approval no longer counts when the translation goes out; empty while it does."""
    if reviewer.active and ROLE in reviewer.roles:
        return ()
    return (Reason("role_missing", "Whoever approved it is no longer a Translation reviewer."),)


def may_review(*, reviewer: Reviewer, author: str, state: str) -> Verdict:
    """May this person approve the translation, or ask for changes, now?"""
    if state != "in_review":
        return refused("state", f"This translation is {state.replace('_', ' ')}; there is nothing to decide.")
    if not reviewer.active or ROLE not in reviewer.roles:
        return refused("role_missing", "This needs a person with the role Translation reviewer.")
    if reviewer.id == author:
        return refused("author", "You wrote this translation, so you cannot review it. Ask somebody else.")
    return allowed()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reader gets: the text's language, and whether it is the one that was asked for."""

    language: str
    wanted: bool


def choose(wanted: str, there: Iterable[str], *, original: str) -> Chosen:
    """The reader's language if a translation is there, a near one (``pt`` for ``pt-BR``), else the original.

    ``wanted`` may be empty: whoever asks for nothing gets the original, unmarked.
    """
    known = {original, *there}
    if not wanted:
        return Chosen(original, wanted=True)
    for tag in (wanted, wanted.partition("-")[0]):
        if tag in known:
            return Chosen(tag, wanted=True)
    return Chosen(original, wanted=False)
