"""Who may do what, as one table; and keys and switched-off accounts, which only ever take away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.access import PERMISSIONS, REVIEW_ROLES, ROLE_LABELS, SCOPES, SYSTEM, Actor, may

LEAD, ACCURACY, CLARITY, LEGAL, TRANSLATION, AUDITOR, ADMIN = ROLE_LABELS
#: What every role may read: all but the register of protected names.
READ = {scope for scope in SCOPES if scope.endswith(":read")} - {"names:read"}
NAMES = {"names:read", "names:write"}

#: role → everything it may do besides reading and making keys for its own programs
WRITES = {
    LEAD: {
        "incidents:write",
        "drafts:write",
        "subscribers:write",
        "hooks:write",
        "components:write",
        "facts:write",
        "disclosures:write",
        "translations:write",
        "policy:write",
        *NAMES,
    },
    ACCURACY: {"drafts:write", "reviews:write", "facts:write", "determinations:write"},
    CLARITY: {"drafts:write", "reviews:write"},
    LEGAL: {
        "drafts:write",
        "reviews:write",
        "disclosures:write",
        "determinations:write",
        "policy:write",
        "policy:approve",
        *NAMES,
    },
    TRANSLATION: {"translations:write"},
    AUDITOR: set(),
    ADMIN: {
        "incidents:write",
        "subscribers:write",
        "hooks:write",
        "components:write",
        "settings:write",
        "policy:write",
        "policy:approve",
        *NAMES,
    },
}


@pytest.mark.parametrize("role", WRITES)
def test_a_role_may_do_exactly_this(role: str) -> None:
    """Everybody inside may read nearly all and have keys; nobody gets more than the table says."""
    actor = Actor(name="user:u", person_id="u", roles=frozenset({role}))
    assert WRITES[role] | READ | {"keys:write"} == {scope for scope in SCOPES if may(actor, scope).allowed}


def test_nobody_administers_and_reviews_by_one_role() -> None:
    """An administrator gives roles and approves nothing; an auditor changes nothing."""
    assert not PERMISSIONS["reviews:write"] & {ADMIN, AUDITOR, LEAD}
    assert set(REVIEW_ROLES) == PERMISSIONS["reviews:write"]


REFUSALS = [
    (
        "no role",
        Actor("user:u", "u"),
        "role",
        "This needs the role Administrator; ask an administrator for it.",
    ),
    (
        "a key without the scope",
        Actor("key:k", "u", frozenset({ADMIN}), frozenset({"drafts:read"})),
        "scope",
        "This key lacks the scope settings:write; make a key that has it.",
    ),
    (
        "switched off",
        Actor("user:u", "u", frozenset({ADMIN}), active=False),
        "inactive",
        "This account is switched off.",
    ),
]


@pytest.mark.parametrize(
    ("actor", "code", "sentence"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_a_refusal_says_what_would_help(actor: Actor, code: str, sentence: str) -> None:
    """A code for programs, a sentence for people."""
    verdict = may(actor, "settings:write")
    assert (False, code, sentence) == (verdict.allowed, verdict.reasons[0].code, verdict.because)


def test_several_roles_that_would_do_are_all_named() -> None:
    """So that a person knows whom to ask."""
    verdict = may(Actor("user:u", "u", frozenset({AUDITOR})), "reviews:write")
    assert (
        "This needs the role Accuracy reviewer or Clarity reviewer or Legal counsel; "
        "ask an administrator for it." == verdict.because
    )


def test_a_permission_that_does_not_exist_is_a_mistake_and_not_a_no() -> None:
    """A misspelt permission must be found by the first test, not refused for ever."""
    with pytest.raises(KeyError):
        may(SYSTEM, "drafts:wrote")


def test_only_the_one_system_actor_needs_no_role() -> None:
    """An actor that merely calls itself ``system`` has no more rights than its roles."""
    assert may(SYSTEM, "settings:write").allowed
    assert not may(Actor(name="system"), "settings:write").allowed


@given(
    st.frozensets(st.sampled_from(list(ROLE_LABELS))),
    st.frozensets(st.sampled_from(SCOPES)),
    st.booleans(),
    st.sampled_from(SCOPES),
)
def test_a_key_never_does_what_its_owner_may_not(
    roles: frozenset[str], scopes: frozenset[str], active: bool, permission: str
) -> None:
    """Scopes and being switched off narrow; they never add."""
    owner = Actor("user:u", "u", roles)
    key = Actor("key:k", "u", roles, scopes, active)
    if may(key, permission).allowed:
        assert may(owner, permission).allowed
        assert active and permission in scopes
