"""People as rules see them."""

from __future__ import annotations

from clarion.rules.access import SCOPES, Actor
from clarion.rules.review import Reviewer
from clarion.store.models import ApiKey, Draft, RoleGrant, User


def roles_of(user: User) -> frozenset[str]:
    """The roles this person holds now."""
    return frozenset(RoleGrant.objects.filter(user=user, revoked_at=None).values_list("role", flat=True))


def as_actor(user: User, *, key: ApiKey | None = None) -> Actor:
    """The person, or the program that holds one of their keys, as an actor."""
    return Actor(
        name=f"key:{key.id}" if key else f"user:{user.id}",
        person_id=user.id,
        roles=roles_of(user),
        scopes=frozenset(key.scopes) if key else frozenset(SCOPES),
        active=user.is_active,
    )


def as_reviewer(user: User) -> Reviewer:
    """The person as the review rules see them at this moment."""
    return Reviewer(id=user.id, roles=roles_of(user), active=user.is_active)


def authors(draft: Draft) -> set[str]:
    """Ids of everybody who wrote any version of this draft, or a fact that it was composed from."""
    found: set[str] = set()
    for author, facts in draft.versions.values_list("author_id", "facts"):
        found |= {author, *facts.get("authors", ())}
    return found - {None}
