"""No kind of incident may be told of with fewer than two different people's approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from itertools import chain, combinations, islice, product
from math import prod
from typing import Any

from clarion.rules.policy import facts
from clarion.rules.policy.document import Policy, Rule
from clarion.rules.policy.facts import UNKNOWN, IncidentFacts
from clarion.rules.terms import CATEGORIES, SEVERITIES
from clarion.rules.yaml_lines import Path

#: Rules asked about kinds of incidents; a policy that tells more apart is judged more strictly.
MOST_QUESTIONS = 500_000
_PLAIN = IncidentFacts(SEVERITIES[0], CATEGORIES[0], "public")


def too_few_reviews(policy: Policy) -> Iterator[tuple[Path, str]]:
    """The first kind of incident whose drafts fewer than two different people would approve.

    Kinds without formal updates count too, since a person can start a draft for any incident. Where rules
    tell too many kinds apart, only reviews without a condition count: never is a policy taken that might
    ask one person alone.
    """
    values = _values(policy.reviews)
    if prod(map(len, values.values())) * len(policy.reviews) <= MOST_QUESTIONS:
        yield from islice(_too_few(policy, values), 1)
    elif len({rule.role for rule in policy.reviews if not rule.when.conditions}) < 2:
        said = "these are too many conditions to try; let two rules with two roles stand without `when`"
        yield ("reviews",), said


def _too_few(policy: Policy, values: dict[str, list[Any]]) -> Iterator[tuple[Path, str]]:
    """Each kind of incident with too few roles."""
    for combination in product(*values.values()):
        incident = replace(_PLAIN, **dict(zip(values, combination, strict=True)))
        roles = {rule.role for rule in policy.reviews if rule.when.matches(incident)}
        if len(roles) < 2:
            kind = ", ".join(facts.say(name, getattr(incident, name)) for name in values) or "every incident"
            named = ", ".join(sorted(roles)) or "none"
            yield ("reviews",), f"{kind} needs two different roles to approve; the rules name {named}"


def _values(rules: Iterable[Rule]) -> dict[str, list[Any]]:
    """For each fact that the rules ask for, values that stand for all that they tell apart."""
    asked: dict[str, set[str | int]] = {}
    for rule in rules:
        for name, match in rule.when.conditions:
            asked.setdefault(name, set()).update(match.words)
    return {
        field.name: _of(field.name, asked[field.name])
        for field in fields(IncidentFacts)
        if field.name in asked
    }


def _of(name: str, words: set[str | int]) -> list[Any]:
    kind = facts.FIELDS[name].kind
    if kind == "word":
        return list(facts.words_of(name))
    if kind == "number":
        numbers = {int(word) for word in words if word != UNKNOWN}
        near = {number + step for number in numbers for step in (-1, 0, 1)}
        return [UNKNOWN, *sorted(number for number in near | {0} if number >= 0)]
    tags = sorted(map(str, words - {UNKNOWN}))
    sizes = range(len(tags) + 1) if len(tags) <= 5 else (0, 1, 2, len(tags))
    chosen = chain.from_iterable(combinations(tags, size) for size in sizes)
    return [frozenset({UNKNOWN}), *map(frozenset, chosen)]
