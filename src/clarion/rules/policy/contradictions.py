"""Rules that can never apply, and rules that say two things about the same incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from clarion.rules.policy import facts
from clarion.rules.policy.document import DisclosureRule, Policy, Rule
from clarion.rules.policy.match import Match, Part, When
from clarion.rules.yaml_lines import Path


def contradictions(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Path and sentence of each rule that an earlier one leaves nothing to, and of names used twice."""
    for part, rules in policy.parts():
        path: Path = tuple(part.split("."))
        yield from _same_names(path, rules)
        for number, rule in enumerate(rules):
            for earlier in rules[:number]:
                if said := _clash(part, earlier, rule):
                    yield (*path, number), said
                    break


def _same_names(path: Path, rules: Sequence[Rule]) -> Iterator[tuple[Path, str]]:
    names = [rule.name for rule in rules]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield (
                (*path, number, "name"),
                f"another rule here is called {name!r}; reasons name rules, so rename one",
            )


def _clash(part: str, earlier: Rule, rule: Rule) -> str:
    """Why ``rule`` makes no sense after ``earlier``; empty if it does."""
    if not covers(earlier.when, rule.when):
        return ""
    topics = {each.topic for each in (earlier, rule) if isinstance(each, DisclosureRule)}
    alike, same = covers(rule.when, earlier.when), _answer(earlier) == _answer(rule)
    if len(topics) == 2 or (part == "reviews" and not (alike and same)):
        return ""
    if alike and same:
        return f"it says the same as {earlier.name}; take one out"
    if alike:
        return f"it contradicts {earlier.name}, which has the same condition and another answer; take one out"
    return f"it can never apply, since {earlier.name} before it matches every such incident; move it up"


def _answer(rule: Rule) -> dict[str, Any]:
    assert isinstance(rule, Part)
    return rule.model_dump(exclude={"name", "when", "why"})


def covers(wide: When, narrow: When) -> bool:
    """Does ``wide`` match every incident that ``narrow`` matches?"""
    asked, words = dict(narrow.conditions), narrow.accepted
    for name, match in wide.conditions:
        if name not in asked:
            return False
        if name in words:
            if not words[name] <= wide.accepted[name]:
                return False
        elif not _implies(name, asked[name], match):
            return False
    return True


def _implies(name: str, narrow: Match, wide: Match) -> bool:
    """Does ``wide`` hold for every value of this fact, tags or a number, for which ``narrow`` does?"""
    of_tags = facts.FIELDS[name].kind == "tags"
    return _implies_for_tags(narrow, wide) if of_tags else _implies_for_numbers(narrow, wide)


def _implies_for_tags(narrow: Match, wide: Match) -> bool:
    if narrow.not_ or wide.not_:
        return bool(narrow.not_ and wide.not_) and set(wide.not_) <= set(narrow.not_)
    return set(narrow.words) <= set(wide.words)


def _implies_for_numbers(narrow: Match, wide: Match) -> bool:
    name = "customers_affected"
    if narrow.not_:
        return bool(wide.not_) and set(wide.not_) <= set(narrow.not_)
    if not narrow.is_range:
        return all(wide.holds(name, word) for word in narrow.words)
    if wide.not_:
        return not any(narrow.holds(name, word) for word in wide.not_)
    if not wide.is_range:
        return False
    low = int(narrow.at_least or 0) >= int(wide.at_least or 0)
    return low and (
        wide.at_most is None or (narrow.at_most is not None and int(narrow.at_most) <= int(wide.at_most))
    )
