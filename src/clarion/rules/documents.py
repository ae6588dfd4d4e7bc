"""The three documents of which each version of the policy is made: policy, templates, lint rules.

Each is YAML that people write. What is common to them stands here: how one is judged, how two of a kind are
told apart, and the schema for editors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from clarion.rules import document_diff, lint, policy, templates
from clarion.rules.policy.diff import RuleChange, diff
from clarion.rules.policy.document import FORMAT, Policy
from clarion.rules.yaml_lines import BadDocument, Problem

#: Embeddings, overrides and isolates of writing direction.
_REORDERS = re.compile("[\u202a-\u202e\u2066-\u2069]")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Documents:
    """The texts of one version. ``lint_rules`` may be empty: the organisation has none of its own."""

    document: str
    """The policy itself."""
    templates: str
    lint_rules: str

    def sha256(self) -> dict[str, str]:
        """The SHA-256 of each, in hex, by the names that ledger entries have for them."""
        digests = {name: sha256(text.encode()).hexdigest() for name, text in asdict(self).items()}
        return {
            "sha256": digests["document"],
            **{f"{name}_sha256": digests[name] for name in ("templates", "lint_rules")},
        }

    def texts(self) -> dict[str, str]:
        """The texts by name, without what is empty."""
        return {name: text for name, text in asdict(self).items() if text}

    def changed_from(self, before: Documents) -> dict[str, str]:
        """Those of these texts that ``before`` has otherwise."""
        old = asdict(before)
        return {name: text for name, text in asdict(self).items() if text != old[name]}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of document is called, and what can be done with it."""

    label: str
    load: Callable[[str], object]
    """Raises BadDocument for what cannot be used; ask ``check``, which looks at the letters too."""
    diff: Callable[[str, str], tuple[RuleChange, ...]]
    """What differs between two that can be read, in the order of the document."""
    model: type[BaseModel]
    title: str
    """Of its schema."""

    def check(self, text: str) -> None:
        """Passes what can be used; raises BadDocument with every line that is wrong."""
        if hidden := [Problem(line, "document", said) for line, said in _hidden(text)]:
            raise BadDocument(hidden)
        self.load(text)

    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) for editors and pipelines; ``clarion policy check`` says what it cannot."""
        return {"$schema": DIALECT, **self.model.model_json_schema(by_alias=True), "title": self.title}


def _hidden(text: str) -> Iterator[tuple[int, str]]:
    """Characters that would show whoever approves a text another one than is kept."""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _REORDERS.search(line):
            yield (
                number,
                f"this line holds U+{ord(found[0]):04X}, which shows it in another order; take it out",
            )


def _policies_apart(before: str, after: str) -> tuple[RuleChange, ...]:
    return diff(policy.load_stored(before), policy.load_stored(after))


KINDS: Mapping[str, Kind] = {
    "document": Kind(
        "policy", policy.load, _policies_apart, Policy, f"Clarion communication policy, format {FORMAT}"
    ),
    "templates": Kind(
        "templates",
        templates.load_templates,
        document_diff.of_templates,
        templates.Templates,
        "Clarion templates",
    ),
    "lint_rules": Kind(
        "lint rules",
        lint.load_rules,
        document_diff.of_lint_rules,
        lint.Family,
        "Clarion lint rules of an organisation",
    ),
}
"""Every kind by the name of its field."""


def problems(texts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with these texts, by name: a line for each place. Empty when all can be used."""
    found: dict[str, str] = {}
    for name, text in texts.items():
        try:
            KINDS[name].check(text)
        except BadDocument as error:
            found[name] = str(error)
    return found


def differences(before: Documents, after: Documents) -> dict[str, tuple[RuleChange, ...]]:
    """What differs in each document, by name; empty for one that is the same but for remarks."""
    old, changed = asdict(before), after.changed_from(before)
    return {
        name: kind.diff(old[name], changed[name]) if name in changed else () for name, kind in KINDS.items()
    }
