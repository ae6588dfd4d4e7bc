"""People and keys as the web reads them."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import Prefetch, QuerySet

from clarion.store.models import ApiKey, PolicyProposal, PolicyVersion, RoleGrant, User


def people() -> QuerySet[User]:
    """By name, with their live roles in ``live_grants``."""
    live = Prefetch(
        "grants", RoleGrant.objects.filter(revoked_at=None).order_by("role"), to_attr="live_grants"
    )
    return User.objects.order_by("name").prefetch_related(live)


def person(user_id: str) -> User | None:
    return User.objects.filter(id=user_id, is_active=True).first()


def api_key(secret: str) -> ApiKey | None:
    """The live key with this secret, with its owner; None if there is none or its owner is switched off."""
    digest = sha256(secret.encode()).hexdigest()
    found = ApiKey.objects.select_related("owner").filter(secret_hash=digest, revoked_at=None)
    return found.filter(owner__is_active=True).first()


def api_keys(owner: User) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(owner=owner).order_by("-created_at")


def policies() -> QuerySet[PolicyVersion]:
    """Newest first."""
    return PolicyVersion.objects.select_related("author", "approved_by").order_by("-number")


def proposals() -> QuerySet[PolicyProposal]:
    """Newest first."""
    return PolicyProposal.objects.select_related("author", "decided_by").order_by("-at", "-id")
