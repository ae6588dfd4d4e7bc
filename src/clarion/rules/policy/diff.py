"""Two policies, rule by rule: what came, what went, what says something else, what moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clarion.rules.policy.document import Policy
from clarion.rules.policy.match import Part

#: Parts whose items have names, and an order that means something.
_LISTS = (
    "updates",
    "scope",
    "start.suspected",
    "start.confirmed",
    "reviews",
    "windows",
    "cadence",
    "disclosure",
)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule or setting that differs."""

    place: str
    """Such as ``cadence.sev-1`` or ``etr``."""
    kind: str
    """``added``, ``removed``, ``changed`` or ``moved``."""
    details: tuple[str, ...]
    """What differs, such as ``every_minutes: 30 → 45``."""

    def as_json(self) -> dict[str, Any]:
        return {"place": self.place, "kind": self.kind, "details": list(self.details)}


def diff(before: Policy, after: Policy) -> tuple[RuleChange, ...]:
    """Everything by which ``after`` differs, in the order of the document."""
    old, new = _parts(before), _parts(after)
    found: list[RuleChange] = []
    for place in new:
        found += compare(place, old[place], new[place])
    return tuple(found)


def _parts(policy: Policy) -> dict[str, dict[str, Any]]:
    """Each part as ``{name: rule}``; settings stand in the part with the empty name."""
    lists = dict(policy.parts())
    named: dict[str, dict[str, Any]] = {"": {}}
    for name in type(policy).model_fields:
        value = getattr(policy, name)
        if name in lists or name == "start":
            continue
        if name == "categories":
            named[name] = {rule.name: _plain(rule) for rule in value}
        elif isinstance(value, Mapping):
            named[name] = {key: _plain(item) for key, item in value.items()}
        else:
            named[""][name] = _plain(value)
    for name in _LISTS:
        named[name] = {rule.name: _plain(rule) for rule in lists[name]}
    return named


def _plain(value: object) -> Any:
    if isinstance(value, Part):
        return value.model_dump(by_alias=True, exclude_defaults=True, mode="json")
    return value


def compare(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[RuleChange]:
    """What differs between the rules of one part, by name; of parts with an order also what moved."""
    kept_before = [name for name in old if name in new]
    kept_after = [name for name in new if name in old]
    for name, value in new.items():
        place = f"{part}.{name}" if part else name
        if name not in old:
            yield RuleChange(place, "added", tuple(_told(value)))
        elif details := tuple(_differing(old[name], value)):
            yield RuleChange(place, "changed", details)
        elif part in _LISTS and kept_before.index(name) != kept_after.index(name):
            before = kept_after[kept_after.index(name) - 1] if kept_after.index(name) else ""
            yield RuleChange(place, "moved", (f"now after {before}" if before else "now the first",))
    for name, value in old.items():
        if name not in new:
            yield RuleChange(f"{part}.{name}" if part else name, "removed", tuple(_told(value)))


def _told(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        return [f"{key}: {said(item)}" for key, item in value.items() if key != "name"]
    return [said(value)]


def _differing(old: Any, new: Any) -> Iterator[str]:
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        if old != new:
            yield f"{said(old)} → {said(new)}"
        return
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield f"{key}: {said(old.get(key))} → {said(new.get(key))}"


def said(value: Any) -> str:
    """A value as the document writes it, on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {said(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(said, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)
