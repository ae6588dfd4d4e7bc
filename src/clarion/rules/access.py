"""Who may do what: roles give permissions, and an API key narrows them to its scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clarion.rules.errors import Forbidden
from clarion.rules.types import Verdict, allowed, refused

ROLE_LABELS: Mapping[str, str] = {
    "communications_lead": "Communications lead",
    "accuracy": "Accuracy reviewer",
    "clarity": "Clarity reviewer",
    "legal": "Legal counsel",
    "translation": "Translation reviewer",
    "auditor": "Auditor",
    "administrator": "Administrator",
}
#: Who may decide that a cause is told outside before it is confirmed.
DECIDER_ROLES = ("communications_lead", "legal")
#: Whose assessment stands behind an estimate, and who confirms a cause.
ENGINEERING_ROLE = "accuracy"
#: Who may say whether something is so that changes which words are right, by fact of the sheet.
DETERMINING_ROLES: Mapping[str, str] = {
    "access_confirmed": ENGINEERING_ROLE,
    "breach_determined": "legal",
    "security_confirmed": ENGINEERING_ROLE,
}
REVIEW_ROLES = ("accuracy", "clarity", "legal")

_READERS = frozenset(ROLE_LABELS)
_WRITERS = frozenset({"communications_lead", "administrator"})
#: Who keeps the register of protected names, and so reads it. Others meet a name where a text says it.
_KEEPERS = frozenset({"communications_lead", "legal", "administrator"})
PERMISSIONS: Mapping[str, frozenset[str]] = {
    "incidents:read": _READERS,
    "incidents:write": _WRITERS,
    "drafts:read": _READERS,
    "drafts:write": frozenset({"communications_lead", "accuracy", "clarity", "legal"}),
    "reviews:write": frozenset(REVIEW_ROLES),
    "translations:write": frozenset({"communications_lead", "translation"}),
    "facts:write": frozenset({"communications_lead", "accuracy"}),
    "disclosures:write": frozenset(DECIDER_ROLES),
    "determinations:write": frozenset(DETERMINING_ROLES.values()),
    "subscribers:read": _READERS,
    "subscribers:write": _WRITERS,
    "deliveries:read": _READERS,
    "hooks:read": _READERS,
    "hooks:write": _WRITERS,
    "components:read": _READERS,
    "components:write": _WRITERS,
    "names:read": _KEEPERS,
    "names:write": _KEEPERS,
    "policy:read": _READERS,
    "policy:write": frozenset({"communications_lead", "legal", "administrator"}),
    "policy:approve": frozenset({"legal", "administrator"}),
    "ledger:read": _READERS,
    "keys:write": _READERS,
    "settings:write": frozenset({"administrator"}),
}
SCOPES = tuple(PERMISSIONS)
#: Entries of the ledger whose texts are not for everybody who reads it: how their kind begins, and who may.
CONFIDENTIAL: Mapping[str, str] = {"name.": "names:read"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person at a screen, a program with a person's key, or Clarion itself."""

    name: str
    """As in the ledger: ``user:<id>``, ``key:<id>`` or ``system``."""
    person_id: str = ""
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = field(default_factory=lambda: frozenset(SCOPES))
    active: bool = True


SYSTEM = Actor(name="system")


def may(actor: Actor, permission: str) -> Verdict:
    """May this actor do this? Raises KeyError for a permission that does not exist."""
    roles = PERMISSIONS[permission]
    if actor is SYSTEM:
        return allowed()
    if not actor.active:
        return refused("inactive", "This account is switched off.")
    if permission not in actor.scopes:
        return refused("scope", f"This key lacks the scope {permission}; make a key that has it.")
    if not actor.roles & roles:
        names = " or ".join(ROLE_LABELS[role] for role in ROLE_LABELS if role in roles)
        return refused("role", f"This needs the role {names}; ask an administrator for it.")
    return allowed()


def role_for(actor: Actor, permission: str) -> str:
    """The role by which this actor may do this: the first that gives it, in the order of ``ROLE_LABELS``.

    Empty for Clarion itself, and for whoever may not.
    """
    return next((name for name in ROLE_LABELS if name in actor.roles & PERMISSIONS[permission]), "")


def require(actor: Actor, permission: str) -> None:
    """Passes when the actor may do this; raises Forbidden with the reason otherwise."""
    verdict = may(actor, permission)
    if not verdict.allowed:
        raise Forbidden(verdict.because)


def may_read_texts(actor: Actor, kind: str) -> bool:
    """May this actor read what stands beside a ledger entry of this kind? Its commitments anybody may."""
    needed = [permission for begin, permission in CONFIDENTIAL.items() if kind.startswith(begin)]
    return all(may(actor, permission).allowed for permission in needed)
