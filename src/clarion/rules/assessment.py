"""What people have found out about an incident, checked before policy looks at it.

Every fact may be ``unknown``; written so, or as None, it is kept as not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clarion.rules.errors import Invalid
from clarion.rules.policy.facts import ASSESSED, FIELDS, MOST_CUSTOMERS, MOST_TAGS, NAMES, UNKNOWN, words_of

EXAMPLES: Mapping[str, str] = {
    "duties": "Use lower-case letters, digits and underscores, such as personal_data",
    "regions": "Use capitals, digits and hyphens, such as EU or US-CA",
}


def clean(told: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept: words, sorted tags or None, a number or None.

    Raises Invalid naming the first field that is wrong, and what to do.
    """
    for name in told:
        if name not in ASSESSED:
            raise Invalid(f"There is no such fact. There are: {', '.join(ASSESSED)}.", field=name)
    return {name: _value(name, value) for name, value in told.items()}


def _value(name: str, value: Any) -> Any:
    kind = FIELDS[name].kind
    if kind == "tags":
        return _tags(name, value)
    if kind == "number":
        return _number(name, value)
    if value not in words_of(name):
        raise Invalid(f"{value!r} is not one of {', '.join(words_of(name))}.", field=name)
    return value


def _tags(name: str, value: Any) -> list[str] | None:
    if value is None or value == UNKNOWN or value == [UNKNOWN]:
        return None
    form = FIELDS[name].form
    assert form is not None
    listed = isinstance(value, list | tuple) and all(isinstance(tag, str) for tag in value)
    if not listed or len(value) > MOST_TAGS:
        raise Invalid(f"Write a list of at most {MOST_TAGS} tags, or unknown.", field=name)
    tags = sorted(set(value))
    for tag in tags:
        if tag == UNKNOWN:
            raise Invalid("Unknown stands alone; write the tags that are known, or only unknown.", field=name)
        if not form.fullmatch(tag):
            raise Invalid(f"{tag[:60]!r} is no tag here. {EXAMPLES[name]}.", field=name)
    return tags


def _number(name: str, value: Any) -> int | None:
    if value is None or value == UNKNOWN:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_CUSTOMERS:
        raise Invalid(f"{NAMES[name]}: write a whole number from 0, or unknown.", field=name)
    return value
