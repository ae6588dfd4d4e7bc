"""Translations of an update's texts: each with a review of its own, bound to the exact words it translates.

The original is never held up by a translation: it goes out when it is approved, and a reader whose language
is not there yet gets the original, marked as such. A translation that is approved later joins the page then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import rfc8785

from clarion.rules.audience import AUDIENCES
from clarion.rules.review import Reviewer
from clarion.rules.types import Verdict, allowed, refused

ROLE = "translation"
STATES = ("in_review", "approved", "changes_requested", "superseded")

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
