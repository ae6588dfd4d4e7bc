"""From a text to a policy that can be used; or every place that is wrong, with its line."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from clarion.rules.policy import check, older
from clarion.rules.policy.contradictions import contradictions
from clarion.rules.policy.document import Policy
from clarion.rules.policy.two_people import too_few_reviews
from clarion.rules.yaml_lines import BadDocument, Document, Problem, read, shape_problems


class BadPolicy(BadDocument):
    """The policy document cannot be used; each line of the message names a line, a place and what to do."""


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
