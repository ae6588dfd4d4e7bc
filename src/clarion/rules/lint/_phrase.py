"""Phrase rules: what must not stand in a text as it is. They are data; here is how data becomes a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clarion.rules.access import REVIEW_ROLES
from clarion.rules.lint._condition import BadCondition, Condition, parse
from clarion.rules.lint._reading import Reading
from clarion.rules.lint._types import BadRule, BadRules
from clarion.rules.yaml_lines import BadDocument, Document, read, shape_problems

#: How far before the words an exception of the kind ``before`` is looked for, so that time stays bounded.
FURTHEST_BEFORE = 200
Role = Literal["accuracy", "clarity", "legal"]


class _Part(BaseModel):
    """Unknown keys are refused: a typo would silently change a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhraseEntry(_Part):
    """One rule as it is written down. ``bad`` and ``good`` are its examples, and its tests."""

    id: str = Field(pattern=r"^[A-Z]{3}-\d{3}$")
    severity: Literal["block", "review", "warn", "info"]
    role: Role | None = None
    audiences: Literal["external", "all"] | None = None
    when: Mapping[str, Any] | None = None
    pattern: str = Field(min_length=1, max_length=2000)
    case_sensitive: bool = False
    unless: str | None = Field(default=None, min_length=1, max_length=1000)
    unless_in: Literal["words", "before", "sentence", "text"] = "sentence"
    confirm: Literal["card_number"] | None = None
    why: str = Field(min_length=20, max_length=400)
    fix: str = Field(min_length=10, max_length=400)
    replace: Mapping[str, str] = {}
    bad: tuple[str, ...] = Field(min_length=1)
    good: tuple[str, ...] = Field(min_length=1)


class Family(_Part):
    """A file of rules that belong together, with the role that answers for them."""

    family: str
    label: str
    role: Role
    audiences: Literal["external", "all"] = "external"
    rules: tuple[PhraseEntry, ...]


class Matcher(Protocol):
    """What ``re`` and RE2 patterns have in common."""

    def finditer(self, text: str, pos: int = ..., endpos: int = ...) -> Iterator[Any]: ...

    def search(self, text: str, pos: int = ..., endpos: int = ...) -> Any: ...


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """A rule ready to run."""

    id: str
    family: str
    severity: str
    role: str
    everywhere: bool
    """Also for audiences inside the organisation."""
    condition: Condition | None
    pattern: str
    matcher: Matcher
    unless: Matcher | None
    unless_in: str
    confirm: Callable[[str], bool] | None
    why: str
    fix: str
    replace: Mapping[str, str]
    bad: tuple[str, ...]
    good: tuple[str, ...]

    def spans(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Where the rule matches, sentence by sentence: no match runs from one into the next."""
        text, unless = reading.text, self.unless
        if unless and self.unless_in == "text" and unless.search(text):
            return
        for start, end in reading.sentences:
            asked = unless is None or self.unless_in != "sentence"
            for match in self.matcher.finditer(text, start, end):
                if not asked and unless is not None and unless.search(text, start, end):
                    break
                asked = True
                if match.end() > match.start() and not self._excused(text, match, start):
                    yield match.start(), match.end()

    def _excused(self, text: str, match: Any, sentence: int) -> bool:
        if self.confirm is not None and not self.confirm(text[match.start() : match.end()]):
            return True
        if self.unless is not None and self.unless_in == "words":
            return self.unless.search(text, match.start(), match.end()) is not None
        if self.unless is not None and self.unless_in == "before":
            first = max(sentence, match.start() - FURTHEST_BEFORE)
            return self.unless.search(text, first, match.start()) is not None
        return False

    def replacement(self, words: str) -> str | None:
        """What can stand in for these words as it is; keeps a capital at the beginning."""
        said = self.replace.get(words.casefold(), self.replace.get("*"))
        return said[:1].upper() + said[1:] if said and words[:1].isupper() else said


def is_card_number(words: str) -> bool:
    """Whether the digits of these words are a payment card's: 16 with the check digit of ISO/IEC 7812-1.

    Words with fewer digits, as an identity number has, pass: they have no check digit.
    """
    digits = [int(character) for character in words if character.isdigit()]
    if len(digits) != 16:
        return True
    doubled = [digit if place % 2 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits)]
    return sum(doubled) % 10 == 0


_CONFIRM: Mapping[str, Callable[[str], bool]] = {"card_number": is_card_number}


class BadEntry(BadRule):
    """One part of a rule cannot be used."""

    def __init__(self, entry: PhraseEntry, key: str, said: str) -> None:
        super().__init__(f"{entry.id}.{key}: {said}")
        self.key = key
        self.said = said


def load_family(name: str, document: str) -> tuple[PhraseRule, ...]:
    """The rules of one document, for Python's ``re``; raises BadRule naming every place that is wrong.

    For rules that come with Clarion alone, whose patterns are bounded and tested. A stranger's go to RE2.
    """
    try:
        _, family = parse_family(document)
        return tuple(build(family, entry, compile_trusted) for entry in family.rules)
    except BadRule as error:
        raise BadRule("\n".join(f"{name}: {line}" for line in str(error).splitlines())) from None


def parse_family(document: str) -> tuple[Document, Family]:
    """The document by its schema, with its lines; raises BadRules."""
    try:
        found = read(document)
    except BadDocument as error:
        raise BadRules(error.problems) from None
    try:
        return found, Family.model_validate(found.data)
    except ValidationError as error:
        raise BadRules(list(shape_problems(found, error))) from None


def compile_trusted(pattern: str, *, case_sensitive: bool) -> Matcher:
    """Under ``re`` in ASCII: readings are folded to plain letters, and RE2's prefilter means the same."""
    return re.compile(pattern, re.ASCII if case_sensitive else re.ASCII | re.IGNORECASE)


def build(family: Family, entry: PhraseEntry, compiler: Callable[..., Matcher]) -> PhraseRule:
    """The rule that the entry describes; raises BadEntry for a pattern or condition that cannot be used."""
    role = entry.role or family.role
    assert role in REVIEW_ROLES
    return PhraseRule(
        id=entry.id,
        family=family.family,
        severity=entry.severity,
        role=role,
        everywhere=(entry.audiences or family.audiences) == "all",
        condition=_condition(entry),
        pattern=entry.pattern,
        matcher=_compiled(entry, "pattern", compiler),
        unless=_compiled(entry, "unless", compiler) if entry.unless else None,
        unless_in=entry.unless_in,
        confirm=_CONFIRM[entry.confirm] if entry.confirm else None,
        why=entry.why,
        fix=entry.fix,
        replace={words.casefold(): said for words, said in entry.replace.items()},
        bad=entry.bad,
        good=entry.good,
    )


def _compiled(entry: PhraseEntry, key: str, compiler: Callable[..., Matcher]) -> Matcher:
    try:
        return compiler(getattr(entry, key), case_sensitive=entry.case_sensitive)
    except (re.error, BadRule) as error:
        raise BadEntry(entry, key, f"the pattern cannot be used: {error}") from None


def _condition(entry: PhraseEntry) -> Condition | None:
    try:
        return parse(entry.when) if entry.when else None
    except BadCondition as error:
        raise BadEntry(entry, "when", str(error)) from None
