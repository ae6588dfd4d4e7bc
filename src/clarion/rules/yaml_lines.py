"""A YAML document with the line of each of its parts, read so that nothing in it can run or grow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

Path = tuple[str | int, ...]
LONGEST_DOCUMENT = 200_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, by line (from 1) and by path, and what to do about it."""

    line: int
    place: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.place}: {self.text}"


class BadDocument(ValueError):
    """The document cannot be used; each line of the message names a line, a place and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Document:
    """The plain data of a document, and where its parts stand."""

    data: Any
    _root: yaml.Node | None

    def line(self, path: Path) -> int:
        """The line of the part at this path, or of the nearest one around it that is there."""
        node, line = self._root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def problem(self, path: Path, text: str) -> Problem:
        return Problem(self.line(path), self.place(path), text)

    def place(self, path: Path) -> str:
        """The path as people read it, with rules called by their names: ``updates.severe.when``."""
        value, words = self.data, []
        for step in path:
            value = _value(value, step)
            words.append((isinstance(step, int) and _name(value)) or str(step))
        return ".".join(words) or "document"


def _name(value: Any) -> str:
    """What an item of a list calls itself; empty for one that does not."""
    names = (value.get(key) for key in ("name", "id")) if isinstance(value, dict) else ()
    return next((name for name in names if isinstance(name, str)), "")


def _value(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """Line and node under this key or number."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


class _Plain(yaml.SafeLoader):
    """Reads nodes, and stops at the first anchor: a few lines of them can stand for millions."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            mark = event.start_mark
            line = mark.line + 1 if mark else 1
            raise BadDocument([Problem(line, "document", "anchors (& and *) are not used; write it out")])
        found: yaml.Node | None = super().compose_node(parent, index)
        return found


def read(text: str) -> Document:
    """The document in this text; raises BadDocument for what is not YAML, or not one plain document.

    Anchors are refused, since a few lines of them can stand for millions; so is a key written twice,
    of which YAML would silently take one.
    """
    if len(text) > LONGEST_DOCUMENT:
        raise BadDocument([Problem(1, "document", f"at most {LONGEST_DOCUMENT} characters fit here")])
    try:
        root = _Plain(text).get_single_node()
        twice = list(_twice(root, ()))
        data = yaml.SafeLoader("").construct_document(root) if root is not None else None
    except yaml.YAMLError as error:
        raise BadDocument([_not_yaml(error)]) from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadDocument):
            raise
        raise BadDocument([Problem(1, "document", f"a value cannot be read: {error}")]) from None
    if twice:
        raise BadDocument(twice)
    return Document(data, root)


def _not_yaml(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Problem(mark.line + 1 if mark else 1, "document", f"this is not YAML: {said}")


def _twice(node: yaml.Node | None, path: Path) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                place = ".".join(map(str, (*path, name)))
                yield Problem(key.start_mark.line + 1, place, "this key is written twice; keep one")
            seen.add(name)
            yield from _twice(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _twice(item, (*path, number))


#: What pydantic says in its own terms, said in those of somebody who writes a policy.
SAID: Mapping[str, str] = {
    "extra_forbidden": "there is no such key here; mend its spelling or take it out",
    "missing": "this key is missing; write it",
}


def shape_problems(document: Document, error: ValidationError) -> Iterator[Problem]:
    """What does not have the form of the model, in the order of the document."""
    found = []
    for each in error.errors():
        said = SAID.get(each["type"]) or each["msg"].removeprefix("Value error, ")
        found.append(document.problem(_written_path(document.data, each["loc"], each["type"]), said))
    yield from sorted(found, key=lambda problem: problem.line)


def _written_path(data: Any, path: Path, kind: str) -> Path:
    """The part of a path that stands in the document; the model's own inner names do not."""
    value = data
    for depth, step in enumerate(path):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return path[: depth + 1] if kind == "missing" else path[:depth]
    return path
