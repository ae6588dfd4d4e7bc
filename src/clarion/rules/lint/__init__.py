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

from clarion import plugins
from clarion.rules.lint._apology import load_apology
from clarion.rules.lint._context import Context, Published, Statement, Withheld
from clarion.rules.lint._engine import Rules, check
from clarion.rules.lint._organisation import load_organisation, own_prefilter
from clarion.rules.lint._phrase import PhraseRule, load_family
from clarion.rules.lint._prefilter import Prefilter, widened
from clarion.rules.lint._types import SEVERITIES, BadRule, Finding, LintText, Place
from clarion.rules.lint.dictionary import COLLEAGUE

__all__ = [
    "COLLEAGUE",
    "SEVERITIES",
    "BadRule",
    "Context",
    "Finding",
    "LintText",
    "Place",
    "Published",
    "Rules",
    "Statement",
    "Withheld",
    "check",
    "load_rules",
]


def load_rules(organisation: Mapping[str, str] | None = None, *, locale: str = "en") -> Rules:
    """The shipped rules and, by name, an organisation's own documents.

    Raises BadRule naming every place of the first document that is wrong, and for an id that is given
    twice. A locale without rules of its own gets the English ones: a term such as an address is the same
    in every language.
    """
    own = [rule for name, text in (organisation or {}).items() for rule in load_organisation(name, text)]
    shipped = _shipped(locale)
    _refuse_twins((*shipped.phrases, *own))
    return replace(shipped, organisation=tuple(own), own_prefilter=own_prefilter(own))


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
