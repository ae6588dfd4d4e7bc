"""From a text to a policy that can be used; or every place that is wrong, with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from clarion.rules.policy import check, older
from clarion.rules.policy.contradictions import contradictions
from clarion.rules.policy.document import Policy
from clarion.rules.policy.two_people import too_few_reviews
from clarion.rules.policy.yaml_lines import BadDocument, Document, Path, Problem, read


class BadPolicy(BadDocument):
    """The policy document cannot be used; each line of the message names a line, a place and what to do."""


#: What pydantic says in its own terms, said in those of somebody who writes a policy.
SAID: Mapping[str, str] = {
    "extra_forbidden": "there is no such key here; mend its spelling or take it out",
    "missing": "this key is missing; write it",
}


def load(text: str) -> Policy:
    """The policy in a YAML document; raises BadPolicy naming every place that is wrong."""
    document = _read(text)
    if isinstance(document.data, dict) and "format" not in document.data:
        raise BadPolicy(
            [Problem(1, "format", "this key is missing; write format: 2 (docs/reference/policy.md)")]
        )
    policy = _validated(document, document.data)
    for look in (check.problems, contradictions, too_few_reviews):
        if found := [document.problem(path, said) for path, said in look(policy)]:
            raise BadPolicy(sorted(found, key=lambda problem: problem.line))
    return policy


def load_stored(text: str) -> Policy:
    """A policy that was accepted when it was installed, by this Clarion or an older one.

    It is not judged anew: incidents that began under it keep it.
    """
    document = _read(text)
    data = document.data
    return _validated(document, data if "format" in data else older.modernised(data))


def _read(text: str) -> Document:
    try:
        return read(text)
    except BadDocument as error:
        raise BadPolicy(error.problems) from None


def _validated(document: Document, data: Any) -> Policy:
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        raise BadPolicy(list(shape_problems(document, error))) from None


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
