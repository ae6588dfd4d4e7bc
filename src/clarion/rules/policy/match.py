"""Typed conditions: equals, any of, not, range. They hold or do not, and say which facts made them hold.

``severity: SEV-1`` is short for ``{equals: SEV-1}``, and ``severity: [SEV-1, SEV-2]`` for ``{any_of: […]}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic_core import CoreSchema

from clarion.rules.policy import facts
from clarion.rules.policy.facts import FIELDS, UNKNOWN, IncidentFacts

Word = StrictStr | StrictInt


class Part(BaseModel):
    """A piece of the document. Unknown keys are refused, since a typo would silently change policy."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Match(Part):
    """One condition on one fact. Exactly one kind of it; a range may have both ends."""

    equals: Word | None = None
    any_of: tuple[Word, ...] = ()
    not_: tuple[Word, ...] = Field(default=(), alias="not")
    at_least: Word | None = None
    at_most: Word | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Match:
        kinds = [self.equals is not None, bool(self.any_of), bool(self.not_), self.is_range]
        if sum(kinds) != 1:
            raise ValueError("write exactly one of equals, any_of, not, or a range (at_least, at_most)")
        return self

    @property
    def is_range(self) -> bool:
        return self.at_least is not None or self.at_most is not None

    @property
    def words(self) -> tuple[Word, ...]:
        """Every word that the condition names."""
        ends = [word for word in (self.equals, self.at_least, self.at_most) if word is not None]
        return (*ends, *self.any_of, *self.not_)

    def holds(self, name: str, value: object) -> bool:
        """Does it hold for this value of the fact ``name``? Unknown lies in no range."""
        if isinstance(value, frozenset):
            return self._holds_for_tags(value)
        if self.is_range:
            return value != UNKNOWN and self._in_range(FIELDS[name], value)
        if self.equals is not None:
            return value == self.equals
        return value in self.any_of if self.any_of else value not in self.not_

    def _holds_for_tags(self, tags: frozenset[str]) -> bool:
        if self.equals is not None:
            return self.equals in tags
        return not tags.isdisjoint(self.any_of) if self.any_of else tags.isdisjoint(self.not_)

    def _in_range(self, field: facts.Field, value: object) -> bool:
        low, high = self.at_least, self.at_most
        here = _rank(field, value)
        return (low is None or _rank(field, low) <= here) and (high is None or here <= _rank(field, high))

    def accepted(self, name: str) -> frozenset[str]:
        """Of a fact with words, those for which it holds."""
        return frozenset(word for word in facts.words_of(name) if self.holds(name, word))

    def test(self, name: str) -> Callable[[Any], bool]:
        """``holds`` for this fact, made ready: of words, those for which it holds are known beforehand."""
        if facts.words_of(name):
            return self.accepted(name).__contains__
        if FIELDS[name].kind == "tags" and not self.not_:
            asked = frozenset(map(str, self.words))
            return lambda tags: not tags.isdisjoint(asked)
        return partial(self.holds, name)

    def told(self, value: object) -> object:
        """The part of the value that made it hold: of many tags, only those it asks for."""
        if isinstance(value, frozenset) and not self.not_:
            return value & frozenset(map(str, self.words))
        return value


def _rank(field: facts.Field, value: object) -> int:
    """Where a value stands among those of its fact."""
    return field.words.index(str(value)) if field.ordered else int(str(value))


def _written(value: object) -> object:
    """The short forms as the long one."""
    if value is None:
        raise ValueError("write a condition, or leave the key out")
    if isinstance(value, bool):
        raise ValueError("this reads as true or false; write the word between quotes")
    if isinstance(value, str | int):
        return {"equals": value}
    return {"any_of": value} if isinstance(value, list | tuple) else value


def _schema(name: str) -> dict[str, Any]:
    """JSON Schema of a condition on this fact."""
    field, words = FIELDS[name], facts.words_of(name)
    if field.kind == "number":
        word: dict[str, Any] = {"anyOf": [{"type": "integer", "minimum": 0}, {"const": UNKNOWN}]}
    elif words:
        word = {"enum": list(words)}
    else:
        assert field.form is not None
        word = {"type": "string", "pattern": f"^({field.form.pattern}|{UNKNOWN})$"}
    many = {"type": "array", "items": word, "minItems": 1}
    kinds: list[dict[str, Any]] = [word, many]
    for kind, value in (("equals", word), ("any_of", many), ("not", many)):
        kinds.append(_exactly({kind: value}, required=[kind]))
    if field.ordered or field.kind == "number":
        kinds.append(_exactly({"at_least": word, "at_most": word}, minProperties=1))
    return {"anyOf": kinds, "description": f"A condition on {name.replace('_', ' ')}."}


def _exactly(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False, **more}


Condition = Annotated[Match | None, BeforeValidator(_written)]


class When(Part):
    """Conditions that must all hold. An empty one holds for every incident."""

    severity: Condition = None
    category: Condition = None
    regions: Condition = None
    duties: Condition = None
    outage_scope: Condition = None
    business_impact: Condition = None
    stakeholder_visibility: Condition = None
    customers_affected: Condition = None
    confirmation: Condition = None
    visibility: Condition = None
    state: Condition = None
    open_minutes: Condition = None
    audience: Condition = None

    _conditions: tuple[tuple[str, Match], ...] = PrivateAttr(default=())

    def model_post_init(self, context: Any, /) -> None:
        found = ((name, getattr(self, name)) for name in FIELDS)
        self._conditions = tuple((name, match) for name, match in found if match is not None)

    @property
    def conditions(self) -> tuple[tuple[str, Match], ...]:
        """Fact and condition, in the order in which a sentence names them."""
        return self._conditions

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The published schema lists the words of every fact, which the types alone do not."""
        properties = {name: _schema(name) for name in FIELDS}
        return _exactly(
            properties, description="Conditions that must all hold; none holds for every incident."
        )

    @cached_property
    def _tests(self) -> tuple[tuple[str, Callable[[Any], bool]], ...]:
        """The conditions made ready, since every rule is tried on every decision."""
        return tuple((name, match.test(name)) for name, match in self._conditions)

    @cached_property
    def accepted(self) -> dict[str, frozenset[str]]:
        """For each condition on a fact with words, those for which it holds."""
        return {name: match.accepted(name) for name, match in self._conditions if facts.words_of(name)}

    def matches(self, incident: IncidentFacts) -> bool:
        for name, test in self._tests:  # noqa: SIM110 - a generator takes twice as long
            if not test(getattr(incident, name)):
                return False
        return True

    def because(self, incident: IncidentFacts) -> str:
        """The matched facts, such as ``SEV-2 + EU payments + noticed by the public``."""
        said = [
            (name, facts.say(name, match.told(getattr(incident, name)))) for name, match in self._conditions
        ]
        return " + ".join(_joined(said))


def _joined(said: list[tuple[str, str]]) -> Iterator[str]:
    """Regions stand before the duties they belong to: ``EU payments``."""
    region = ""
    for name, text in said:
        if name == "regions" and any(other == "duties" for other, _ in said):
            region = f"{text} "
            continue
        yield f"{region}{text}" if name == "duties" else text
