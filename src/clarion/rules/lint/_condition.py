"""When a rule applies: typed matches over named facts, read from data. Nothing is ever evaluated.

``{fact: value}`` means equal, a list means any of these, several keys mean all of them, ``{any: […]}`` one
of these, ``{not: {…}}`` the opposite. A fact that nobody recorded makes the answer unknown (Kleene's three
values), and a rule whose condition is unknown applies: the cautious side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from clarion.rules.draft import PHASES
from clarion.rules.lint._context import Context
from clarion.rules.lint._types import LintText
from clarion.rules.terms import CATEGORIES, CLOSED_STATES, INCIDENT_STATES

Value = bool | str | None
#: How a person would ask for the fact; it completes "Nobody has recorded …".
FACTS: Mapping[str, str] = {
    "audience": "who reads the text",
    "phase": "the phase of communication",
    "state": "the state of the incident",
    "category": "the category of the incident",
    "cause_confirmed": "whether the cause is confirmed",
    "access_confirmed": "whether access to data is confirmed",
    "estimate_assessed": "whether engineering has assessed the estimate",
    "fix_deployed": "whether the fix is deployed",
    "breach_determined": "whether counsel has determined a breach",
    "listed_issuer": "whether the organisation is a listed issuer",
    "security_confirmed": "whether a hostile cause is confirmed",
    "recovery_confirmed": "whether full recovery is confirmed",
}
_WORDS: Mapping[str, frozenset[str]] = {
    "phase": frozenset(PHASES),
    "state": frozenset(INCIDENT_STATES) | CLOSED_STATES,
    "category": frozenset(CATEGORIES),
}


class Answer(NamedTuple):
    """Whether a condition holds (None: unknown) and which unrecorded facts it hangs on."""

    holds: bool | None
    unknown: tuple[str, ...] = ()


Condition = Callable[[Mapping[str, Value]], Answer]


class BadCondition(ValueError):
    """The condition names a fact or value that does not exist; the message says which there are."""


def facts_of(text: LintText, context: Context) -> dict[str, Value]:
    """The named facts that conditions may ask for; None is unknown."""
    direct = {name: getattr(context, name) for name in FACTS if hasattr(context, name)}
    assessed = context.estimate is not None and bool(context.estimate.assessor.strip())
    return {**direct, "audience": text.audience, "estimate_assessed": assessed}


def parse(data: Any) -> Condition:
    """The condition that the data spells; raises BadCondition."""
    if not isinstance(data, Mapping) or not data:
        raise BadCondition("write a mapping of facts, such as {cause_confirmed: false}")
    return _all([_parse_one(str(key), value) for key, value in data.items()])


def _parse_one(key: str, value: Any) -> Condition:
    if key == "any":
        if not isinstance(value, list) or not value:
            raise BadCondition("any: write a list of conditions")
        return _any([parse(item) for item in value])
    if key == "not":
        return _not(parse(value))
    if key not in FACTS:
        raise BadCondition(f"there is no fact {key!r}; use {', '.join(FACTS)}")
    words = value if isinstance(value, list) else [value]
    for word in words:
        _check_value(key, word)
    return _equals(key, frozenset(words))


def _check_value(fact: str, word: Any) -> None:
    if fact in _WORDS or fact == "audience":
        known = _WORDS.get(fact)
        if not isinstance(word, str) or (known is not None and word not in known):
            raise BadCondition(f"{fact}: there is no {word!r}; use {', '.join(sorted(known or {'a name'}))}")
    elif not isinstance(word, bool):
        raise BadCondition(f"{fact}: write true or false, not {word!r}")


def _equals(fact: str, wanted: frozenset[Value]) -> Condition:
    def holds(facts: Mapping[str, Value]) -> Answer:
        value = facts[fact]
        return Answer(None, (fact,)) if value is None else Answer(value in wanted)

    return holds


def _all(parts: Iterable[Condition]) -> Condition:
    return _decided_by(tuple(parts), decisive=False)


def _any(parts: Iterable[Condition]) -> Condition:
    return _decided_by(tuple(parts), decisive=True)


def _decided_by(parts: tuple[Condition, ...], *, decisive: bool) -> Condition:
    """One part with the decisive value settles it; otherwise one unknown leaves it unknown."""

    def holds(facts: Mapping[str, Value]) -> Answer:
        answers = [part(facts) for part in parts]
        if any(answer.holds is decisive for answer in answers):
            return Answer(decisive)
        unknown = tuple(dict.fromkeys(name for answer in answers for name in answer.unknown))
        return Answer(None, unknown) if unknown else Answer(not decisive)

    return holds


def _not(part: Condition) -> Condition:
    def holds(facts: Mapping[str, Value]) -> Answer:
        answer = part(facts)
        return answer if answer.holds is None else Answer(not answer.holds)

    return holds
