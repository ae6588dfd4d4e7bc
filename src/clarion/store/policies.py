"""The policy in force, and the one an incident started under, each with its templates and lint rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources

from clarion.rules import policy
from clarion.rules.documents import Documents
from clarion.rules.documents import differences as documents_apart
from clarion.rules.policy.diff import RuleChange
from clarion.rules.templates import Templates, load_stored, load_templates
from clarion.store.models import PolicyProposal, PolicyVersion


class NoPolicy(Exception):
    """No policy has been installed yet; `clarion init` installs the default one."""


@lru_cache(maxsize=32)
def _parsed(document: str) -> policy.Policy:
    return policy.load_stored(document)


def current() -> tuple[int, policy.Policy]:
    """Number and document of the newest policy; raises NoPolicy before the first."""
    row = PolicyVersion.objects.order_by("-number").first()
    if row is None:
        raise NoPolicy("No policy is installed. Run `clarion init`.")
    return row.number, _parsed(row.document)


def parsed(document: str) -> policy.Policy:
    """The policy of a stored document: a version's, or a proposal's."""
    return _parsed(document)


def numbered(number: int) -> policy.Policy:
    """The policy of that number."""
    return _parsed(PolicyVersion.objects.values_list("document", flat=True).get(number=number))


def templates_of(number: int) -> Templates:
    """The templates of the version of that number; those that come with Clarion where it has none."""
    own = PolicyVersion.objects.values_list("templates", flat=True).get(number=number)
    return _templates(own) if own else _shipped_templates()


def lint_rules() -> str:
    """The organisation's lint rules in force, as YAML; empty where there are none."""
    return PolicyVersion.objects.order_by("-number").values_list("lint_rules", flat=True).first() or ""


def kept(row: PolicyVersion | PolicyProposal) -> Documents:
    """The texts of a version or proposal as they are kept: empty templates are the shipped ones."""
    return Documents(row.document, row.templates, row.lint_rules)


def completed(documents: Documents) -> Documents:
    """The texts that decide: with the shipped templates where they are left out."""
    return replace(documents, templates=documents.templates or default_templates())


def documents(row: PolicyVersion | PolicyProposal) -> Documents:
    """The texts of a version or proposal that decide."""
    return completed(kept(row))


@lru_cache(maxsize=32)
def differences(before: Documents, after: Documents) -> Mapping[str, tuple[RuleChange, ...]]:
    """What differs in each document, by its name; both are of versions or proposals."""
    return documents_apart(before, after)


def default_document() -> str:
    """The policy Clarion ships."""
    return _shipped("policy.yaml")


def default_templates() -> str:
    """The templates Clarion ships."""
    return _shipped("templates.yaml")


# Kept by their text: web and worker read a new version at once, since it is another text.
@lru_cache(maxsize=32)
def _templates(document: str) -> Templates:
    return load_stored(document, _shipped_templates())


@cache
def _shipped_templates() -> Templates:
    return load_templates(default_templates())


@cache
def _shipped(name: str) -> str:
    return (resources.files("clarion.data") / name).read_text(encoding="utf-8")
