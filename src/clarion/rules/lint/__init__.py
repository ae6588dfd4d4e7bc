"""Lint: what a careful reviewer would want to look at before a text goes out, and why.

``check(text, context, rules)`` gives findings. Phrase rules are data (``clarion/data/lint``); a structural
rule is a module of this folder without a leading underscore. Lint is lexical: it misses what is said in
other words, and a person decides about what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from clarion import plugins
from clarion.rules.lint._apology import load_apology
from clarion.rules.lint._context import Context, Published, Statement, Withheld
from clarion.rules.lint._engine import Rules, check
from clarion.rules.lint._organisation import load_accepted, load_organisation, own_prefilter
from clarion.rules.lint._phrase import Family, PhraseRule, load_family, parse_family
from clarion.rules.lint._prefilter import Prefilter, widened
from clarion.rules.lint._types import SEVERITIES, BadRule, BadRules, Finding, LintText, Place
from clarion.rules.lint.dictionary import COLLEAGUE

__all__ = [
    "COLLEAGUE",
    "SEVERITIES",
    "BadRule",
    "BadRules",
    "Context",
    "Family",
    "Finding",
    "LintText",
    "Place",
    "Published",
    "Rules",
    "Statement",
    "Withheld",
    "check",
    "entries",
    "load_rules",
    "load_stored",
    "only_own",
]


def load_rules(organisation: str = "", *, locale: str = "en") -> Rules:
    """The shipped rules and those of an organisation's document, if it has one.

    Raises BadRules naming every place of the document that is wrong; so is an id that is given twice. A
    locale without rules of its own gets the English ones: a term such as an address is the same in every
    language.
    """
    shipped = _shipped(locale)
    taken = {rule.id for rule in shipped.phrases} | {module.ID for module in shipped.structural.values()}
    return _with(shipped, load_organisation(organisation, taken=taken))


def load_stored(organisation: str, *, locale: str = "en") -> Rules:
    """The same for a document that was accepted when it came into force; it is not judged anew."""
    return _with(_shipped(locale), load_accepted(organisation))


def only_own(rules: Rules) -> Rules:
    """These rules without the shipped ones."""
    return replace(rules, phrases=(), prefilter=Prefilter(()), structural={})


def entries(organisation: str) -> Mapping[str, Mapping[str, Any]]:
    """The rules of an organisation's document as they are written, by id; raises BadRules."""
    if not organisation.strip():
        return {}
    _, family = parse_family(organisation)
    common = family.model_dump(mode="json", exclude_defaults=True, exclude={"rules"})
    written = {
        rule.id: rule.model_dump(mode="json", exclude_defaults=True, exclude={"id"}) for rule in family.rules
    }
    return {name: {**common, **rule} for name, rule in written.items()}


def _with(shipped: Rules, own: tuple[PhraseRule, ...]) -> Rules:
    return replace(shipped, organisation=own, own_prefilter=own_prefilter(own))


@cache
def _shipped(locale: str) -> Rules:
    data = resources.files("clarion.data")
    folder = data / "lint" / locale
    if not locale.isalpha() or not folder.is_dir():
        folder = data / "lint" / "en"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
    )
    phrases = tuple(
        rule for file in files for rule in load_family(file.name, file.read_text(encoding="utf-8"))
    )
    _refuse_twins(phrases)
    apology = load_apology((data / "apology.yaml").read_text(encoding="utf-8"))
    prefilter = Prefilter([widened(rule.pattern) for rule in phrases])
    return Rules(phrases, prefilter, (), None, plugins.modules("clarion.rules.lint"), apology)


def _refuse_twins(rules: Iterable[PhraseRule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadRule(f"{rule.id}: there are two rules of this name; give the new one another")
        seen.add(rule.id)
