"""What Clarion itself writes around people's texts, in the languages it knows.

One file for each language in ``data/words``, found by being there. A language without a file gets English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from clarion.rules.terms import COMPONENT_LABELS, OVERALL, STATE_LABELS

_FIELD = re.compile(r"\{([a-z]+)\}")
_PARTS = {"language", "months", "short_months", "weekdays", "phrases"}


class BadWording(ValueError):
    """The words of a language cannot be used; each line of the message names one that is wrong."""


@dataclass(frozen=True)
class Wording:
    """The words of one language. ``language`` is its tag (RFC 5646), for ``lang`` attributes."""

    language: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    """From Monday on."""
    phrases: Mapping[str, str]

    def __hash__(self) -> int:  # by its name, so that what was rendered in a language can be kept
        return hash(self.language)

    def say(self, key: str, **values: object) -> str:
        """The phrase with its fields filled in; raises KeyError for one that no language has."""
        return self.phrases[key].format(**values)

    def count(self, key: str, number: int) -> str:
        """The phrase for one, or for another number."""
        return self.say(f"{key}.{'one' if number == 1 else 'other'}", count=number)

    def label(self, kind: str, name: str) -> str:
        """The name of a state, an impact and so on; one that is not known here, as it is."""
        return self.phrases.get(f"{kind}.{name}") or name.capitalize()


@cache
def wording(tag: str) -> Wording:
    """The words of a language, of the language of that dialect, or English."""
    known = languages()
    found = next((each for each in (tag.casefold(), tag.casefold().partition("-")[0]) if each in known), "en")
    return ENGLISH if found == "en" else load_wording(_document(found), ENGLISH)


@cache
def languages() -> frozenset[str]:
    """The tags of the languages that have a file."""
    names = (each.name for each in resources.files("clarion.data").joinpath("words").iterdir())
    return frozenset(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def load_wording(document: str, model: Wording) -> Wording:
    """The words of a document with exactly the phrases of ``model``, and their fields; raises BadWording."""
    found = _read(document)
    problems = list(_problems(found, model))
    if problems:
        raise BadWording("\n".join(problems))
    return found


def _problems(found: Wording, model: Wording) -> Iterator[str]:
    for name, length in (("months", 12), ("short_months", 12), ("weekdays", 7)):
        if len(getattr(found, name)) != length:
            yield f"{name}: there are {len(getattr(found, name))}; write {length}"
    for key in sorted(model.phrases.keys() - found.phrases.keys()):
        yield f"phrases.{key}: this is missing; write it"
    for key in sorted(found.phrases.keys() - model.phrases.keys()):
        yield f"phrases.{key}: nothing is called so; take it out"
    for key in sorted(found.phrases.keys() & model.phrases.keys()):
        wanted, given = (set(_FIELD.findall(each.phrases[key])) for each in (model, found))
        if wanted != given:
            yield f"phrases.{key}: its fields are {sorted(given)}; write {sorted(wanted)}, each in braces"
        if re.search(r"[{}]", _FIELD.sub("", found.phrases[key])):
            yield f"phrases.{key}: a brace belongs to a field; take the others out"


def _read(document: str) -> Wording:
    try:
        data: Any = yaml.safe_load(document)
    except yaml.YAMLError as error:
        raise BadWording(f"The document is not YAML: {error}") from None
    if not isinstance(data, dict) or set(data) != _PARTS:
        raise BadWording(f"The document has the parts {', '.join(sorted(_PARTS))}, and no others.")
    return Wording(
        language=str(data["language"]),
        months=tuple(map(str, data["months"])),
        short_months=tuple(map(str, data["short_months"])),
        weekdays=tuple(map(str, data["weekdays"])),
        phrases=dict(_flat(data["phrases"], "")),
    )


def _flat(node: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)


def _document(tag: str) -> str:
    return resources.files("clarion.data").joinpath("words", f"{tag}.yaml").read_text(encoding="utf-8")


def _english() -> Wording:
    """English: what its file has, and the terms of the house, which stand in ``rules/terms``."""
    found = _read(_document("en"))
    terms = {
        f"{kind}.{name}": label
        for kind, labels in (("state", STATE_LABELS), ("component", COMPONENT_LABELS), ("overall", OVERALL))
        for name, label in labels.items()
    }
    return Wording(
        found.language, found.months, found.short_months, found.weekdays, {**terms, **found.phrases}
    )


ENGLISH = _english()
