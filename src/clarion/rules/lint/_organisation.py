"""Phrase rules that people of an organisation write. Their patterns run under RE2 and nowhere else.

RE2 reads a text in time proportional to its length, whatever the pattern; Python's ``re`` takes longer
than the age of the universe for some short ones.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterator, Sequence
from typing import Any

import re2  # type: ignore[import-untyped]

from clarion.rules.lint._phrase import BadEntry, Family, Matcher, PhraseRule, build, parse_family
from clarion.rules.lint._prefilter import Prefilter
from clarion.rules.lint._reading import read
from clarion.rules.lint._types import BadRule, BadRules, LintText
from clarion.rules.yaml_lines import Path

LONGEST_PATTERN = 1000
MOST_RULES = 500
#: Of the compiled pattern and its automata; RE2 refuses what needs more.
MEMORY = 2 * 1024 * 1024


def compile_pattern(pattern: str, *, case_sensitive: bool = False) -> Matcher:
    """The pattern under RE2; raises BadRule with one sentence about what to change."""
    if len(pattern) > LONGEST_PATTERN:
        raise BadRule(f"It has {len(pattern)} characters; write at most {LONGEST_PATTERN}.")
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY
    try:
        matcher = _Re2Matcher(re2.compile(pattern, options))
    except (re2.error, UnicodeEncodeError) as error:
        raise BadRule(_sentence(error)) from None
    if matcher.search("") is not None:
        raise BadRule("It matches where there is no text at all; let it ask for at least one character.")
    return matcher


class _Re2Matcher:
    """A compiled pattern that is asked in bytes where that is the same, sentence after sentence.

    Asked in ``str``, the binding counts characters from the beginning of the text for each answer.
    """

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def finditer(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> Iterator[Any]:
        found: Iterator[Any] = self._compiled.finditer(_cheap(text), pos, min(endpos, len(text)))
        return found

    def search(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> Any:
        return self._compiled.search(_cheap(text), pos, min(endpos, len(text)))


def _cheap(text: str) -> str | bytes:
    return text.encode() if text.isascii() else text


def load_organisation(document: str, *, taken: Container[str]) -> tuple[PhraseRule, ...]:
    """The rules of an organisation's document, in the form of the shipped ones; raises BadRules.

    ``taken`` are ids that other rules have. Each rule is tried on its own examples: one that misses its
    ``bad`` or finds its ``good`` is refused, since its writer meant something else.
    """
    if not document.strip():
        return ()
    found, family = parse_family(document)
    if len(family.rules) > MOST_RULES:
        said = f"{len(family.rules)} rules are too many; keep at most {MOST_RULES}"
        raise BadRules([found.problem(("rules",), said)])
    rules: list[PhraseRule] = []
    problems = list(_twins(family, taken))
    for number, entry in enumerate(family.rules):
        try:
            rules.append(build(family, entry, compile_pattern))
        except BadEntry as error:
            problems.append((("rules", number, error.key), error.said))
        else:
            problems += [(("rules", number, *path), said) for path, said in _wrong_examples(rules[-1])]
    if problems:
        named = [found.problem(path, said) for path, said in problems]
        raise BadRules(sorted(named, key=lambda problem: problem.line))
    return tuple(rules)


def load_accepted(document: str) -> tuple[PhraseRule, ...]:
    """Rules that were accepted when they came into force. They are not judged anew, so that none falls
    silent because Clarion ships a rule of its name by now."""
    if not document.strip():
        return ()
    _, family = parse_family(document)
    return tuple(build(family, entry, compile_pattern) for entry in family.rules)


def _twins(family: Family, taken: Container[str]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for number, entry in enumerate(family.rules):
        if entry.id in seen or entry.id in taken:
            yield ("rules", number, "id"), "there is another rule of this name; give this one its own"
        seen.add(entry.id)


def own_prefilter(rules: Sequence[PhraseRule]) -> Prefilter | None:
    """One question to all of an organisation's rules at once; None when they must be asked one by one.

    A set of patterns that is too large answers no to everything and says nothing, so it has to find what
    each rule is known to find before it is trusted.
    """
    try:
        prefilter = Prefilter([rule.pattern for rule in rules])
    except re2.error:
        return None
    for number, rule in enumerate(rules):
        found = (number in prefilter.possible(read(LintText("", text)).joined) for text in rule.bad)
        if not all(found):
            return None
    return prefilter


def _wrong_examples(rule: PhraseRule) -> Iterator[tuple[Path, str]]:
    def found(example: str) -> bool:
        return any(True for _ in rule.spans(read(LintText("", example)).body))

    for number, text in enumerate(rule.bad):
        if not found(text):
            yield ("bad", number), f"the pattern does not find {text!r}"
    for number, text in enumerate(rule.good):
        if found(text):
            yield ("good", number), f"the pattern finds {text!r}"


def _sentence(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "invalid perl operator" in said or "invalid escape" in said:
        return f"RE2 has no looking around and no references back to a group: {said}."
    if "too large" in said or "repetition size" in said:
        return f"The pattern grows too large; use smaller numbers of repetition: {said}."
    return f"RE2 cannot read it: {said}."
