"""Two sets of templates, or two documents of lint rules, told apart place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from clarion.rules import lint, templates
from clarion.rules.policy.diff import RuleChange, compare, said


def of_templates(before: str, after: str) -> tuple[RuleChange, ...]:
    """Each text that differs, by its place, such as ``phases.holding.body``; of several lines those that do.

    Raises BadTemplate for what does not have the form of templates.
    """
    old, new = (
        dict(_leaves(templates.parse(text).model_dump(exclude_defaults=True))) for text in (before, after)
    )
    places = [*new, *(place for place in old if place not in new)]
    return tuple(
        RuleChange(place, _kind(place in old, place in new), tuple(_lines(old.get(place), new.get(place))))
        for place in places
        if old.get(place) != new.get(place)
    )


def of_lint_rules(before: str, after: str) -> tuple[RuleChange, ...]:
    """Each rule that differs, by its id, and what of it. Raises BadRules for what is no document of rules."""
    return tuple(compare("", lint.entries(before), lint.entries(after)))


def _places(document: str) -> dict[str, Any]:
    return dict(_leaves(templates.parse(document).model_dump(exclude_defaults=True)))


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f"{place}.{name}" if place else str(name))
    else:
        yield place, value


def _kind(was: bool, is_there: bool) -> str:
    if was and is_there:
        return "changed"
    return "added" if is_there else "removed"


def _lines(before: Any, after: Any) -> Iterator[str]:
    """``old → new`` for what stands on one line, and else the lines that went (``-``) and came (``+``)."""
    texts = [text for text in (before, after) if text is not None]
    if not any("\n" in said(text) for text in texts):
        yield " → ".join(map(said, texts))
        return
    old, new = said(before or "").splitlines(), said(after or "").splitlines()
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            yield from (f"- {line}" for line in old[a:b])
            yield from (f"+ {line}" for line in new[c:d])
