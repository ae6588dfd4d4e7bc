"""The policy in force, and the one an incident started under."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from clarion.rules import policy
from clarion.rules.templates import Templates, load_templates
from clarion.store.models import PolicyVersion


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
    return _parsed(PolicyVersion.objects.get(number=number).document)


def default_document() -> str:
    """The policy Clarion ships."""
    return (resources.files("clarion.data") / "policy.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def templates() -> Templates:
    """The templates Clarion ships."""
    return load_templates((resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8"))
