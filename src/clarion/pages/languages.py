"""The page in one more language: each text in it where its translation is there, else the original, marked.

What people wrote is there where somebody translated it; for the words around it there is ``rules.wording``.
"""

from __future__ import annotations

from dataclasses import replace

from clarion.pages.view import IncidentView, LanguageView, PageView, UpdateView


def translated(page: PageView, language: LanguageView) -> PageView:
    """The same page for readers of this language."""
    incidents = tuple(_incident(each, language.tag) for each in page.incidents)
    return replace(page, language=language, incidents=incidents)


def folder(page: PageView, tag: str) -> str:
    """The first part of the paths of a language's pages: nothing for the originals, else such as ``de/``."""
    return "" if not page.languages or tag == page.languages[0].tag else f"{tag}/"


def name_of(page: PageView, tag: str) -> str:
    """What its speakers call a language; the tag itself for one that is offered no more."""
    return next((each.name for each in page.languages if each.tag == tag), tag)


def _incident(incident: IncidentView, tag: str) -> IncidentView:
    updates = tuple(_update(each, tag) for each in incident.updates)
    return replace(incident, updates=updates, title=updates[0].text.title)


def _update(update: UpdateView, tag: str) -> UpdateView:
    found = next((each for each in update.translations if each.language == tag), None)
    return replace(update, text=found.text, language=tag) if found else update
