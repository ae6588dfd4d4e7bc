"""Translations as screens and programs read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from clarion.rules import review, terms
from clarion.rules import translation as rules
from clarion.rules.errors import NotFound
from clarion.rules.types import Verdict
from clarion.store import translations
from clarion.store.models import DraftVersion, Translation, User
from clarion.store.people import as_reviewer
from clarion.store.queries.drafts import newest_version


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """One offered language beside the newest version of a draft."""

    tag: str
    name: str
    translation: Translation | None
    outdated: bool
    """There was one of earlier words, and none of these."""

    @property
    def state(self) -> str:
        if self.translation is not None:
            return self.translation.state
        return "outdated" if self.outdated else "missing"


def languages_of(version: DraftVersion) -> list[LanguageLine]:
    """The languages that this version's public texts could be in; none where nobody outside reads it."""
    if not rules.to_translate(version.texts):
        return []
    there = {row.language: row for row in translations.of_version(version)}
    old = translations.outdated(version.draft, version)
    return [
        LanguageLine(each.tag, each.name, there.get(each.tag), each.tag in old)
        for each in settings.CLARION.languages[1:]
    ]


def line(version: DraftVersion, tag: str) -> LanguageLine:
    """One of ``languages_of``; raises NotFound for a language that is not offered."""
    found = next((each for each in languages_of(version) if each.tag == tag), None)
    if found is None:
        raise NotFound("This draft has no texts for outsiders, or the language is not offered.")
    return found


def earlier_words(version: DraftVersion, tag: str) -> dict[str, dict[str, str]]:
    """What was last written in this language for the draft, to start from; empty if nothing was."""
    row = Translation.objects.filter(draft_id=version.draft_id, language=tag).last()
    return dict(row.texts) if row else {}


def one(translation_id: str) -> Translation:
    found = Translation.objects.select_related("author", "reviewer", "draft__incident")
    row = found.filter(id=translation_id).first()
    if row is None:
        raise NotFound("There is no such translation.")
    return row


def of_draft(draft_id: str) -> QuerySet[Translation]:
    """Every translation ever written for a draft, oldest first; raises NotFound."""
    newest_version(draft_id)
    return Translation.objects.filter(draft_id=draft_id).select_related("author", "reviewer")


def verdict(row: Translation, person: User | None) -> Verdict:
    """May this person decide on it?"""
    nobody = review.Reviewer(id="", roles=frozenset(), active=False)
    looking = as_reviewer(person) if person else nobody
    return rules.may_review(reviewer=looking, author=row.author_id, state=row.state)


def to_review(person: User) -> list[Translation]:
    """What waits for this person: translations of words that are still to be read, or that are read now."""
    rows = Translation.objects.filter(state="in_review").select_related("draft__incident", "author")
    living = rows.exclude(draft__state__in=("withdrawn", "superseded"))
    living = living.exclude(draft__state="published", draft__incident__state__in=terms.CLOSED_STATES)
    return [row for row in living if verdict(row, person).allowed]
