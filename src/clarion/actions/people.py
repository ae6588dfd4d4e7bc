"""People, their roles and the keys of their programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clarion.channels import BadAddress
from clarion.channels.email import clean_address
from clarion.rules.access import ROLE_LABELS, SCOPES, SYSTEM, Actor, may, require
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.store import ledger
from clarion.store.models import ApiKey, LedgerEntry, RoleGrant, User


def create_person(
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[str],
    time_zone: str = "Etc/UTC",
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """A new colleague with these roles. Names and addresses stand beside the ledger, erasable."""
    require(actor, "settings:write")
    require_storable(email=email, name=name, password=password, time_zone=time_zone)
    try:
        address = clean_address(email)
    except BadAddress as error:
        raise Invalid(str(error), field="email") from None
    if User.objects.filter(email__iexact=address).exists():
        raise Conflict("Somebody has this address already.", field="email")
    if not name.strip():
        raise Invalid("Write a name.", field="name")
    wanted = list(dict.fromkeys(roles))
    for role in wanted:
        _check_role(role)
    _check_password(password)
    user = User(email=address, name=name.strip()[:120], time_zone=time_zone, created_at=now)
    user.set_password(password)
    user.save()
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, granted_at=now) for role in wanted)
    return ledger.append(
        "person.created",
        actor=actor,
        subject=f"user:{user.id}",
        at=now,
        data={"roles": wanted},
        texts={"name": user.name, "email": user.email},
    )


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
    if len(password) < 12:
        raise Invalid("Use at least 12 characters.", field="password")


def _check_role(role: str) -> None:
    if role not in ROLE_LABELS:
        raise Invalid(f"{role!r} is not one of {', '.join(ROLE_LABELS)}.", field="role")


def grant_role(*, user_id: str, role: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Gives a person a role."""
    user = _find(user_id, actor)
    _check_role(role)
    if RoleGrant.objects.filter(user=user, role=role, revoked_at=None).exists():
        raise AlreadyDone("This person holds this role already.")
    RoleGrant.objects.create(user=user, role=role, granted_at=now)
    return ledger.append("role.granted", actor=actor, subject=f"user:{user.id}", at=now, data={"role": role})


def revoke_role(*, user_id: str, role: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Takes a role back; approvals given in it and not yet published stop counting at once."""
    user = _find(user_id, actor)
    if not RoleGrant.objects.filter(user=user, role=role, revoked_at=None).update(revoked_at=now):
        raise AlreadyDone("This person does not hold this role.")
    return ledger.append("role.revoked", actor=actor, subject=f"user:{user.id}", at=now, data={"role": role})


def deactivate_person(*, user_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Switches an account off, with its keys; what the person did stays on record."""
    user = _find(user_id, actor)
    if not user.is_active:
        raise AlreadyDone("This account is switched off already.")
    User.objects.filter(id=user.id).update(is_active=False)
    keys = ApiKey.objects.filter(owner=user, revoked_at=None).update(revoked_at=now)
    return ledger.append(
        "person.deactivated", actor=actor, subject=f"user:{user.id}", at=now, data={"keys": keys}
    )


def create_api_key(
    *, owner_id: str, label: str, scopes: Iterable[str], secret: str, actor: Actor, now: datetime
) -> LedgerEntry:
    """A key that acts as its owner within these scopes. ``secret`` is shown once; its hash is kept."""
    require(actor, "keys:write")
    if actor.person_id != owner_id:
        require(actor, "settings:write")
    wanted = list(dict.fromkeys(scopes))
    for scope in wanted:
        if scope not in SCOPES:
            raise Invalid(f"{scope!r} is not one of {', '.join(SCOPES)}.", field="scopes")
        if scope not in actor.scopes and actor is not SYSTEM:
            raise Forbidden("A key cannot make a key that may do more than itself.", field="scopes")
    require_storable(label=label)
    if not label.strip():
        raise Invalid("Say what this key is for.", field="label")
    owner = User.objects.filter(id=owner_id, is_active=True).first()
    if owner is None:
        raise NotFound("There is no such person.")
    key = ApiKey.objects.create(
        owner=owner, label=label.strip()[:120], secret_hash=hash_secret(secret), scopes=wanted, created_at=now
    )
    return ledger.append(
        "api_key.created",
        actor=actor,
        subject=f"key:{key.id}",
        at=now,
        data={"owner": owner.id, "scopes": wanted},
        texts={"label": key.label},
    )


def hash_secret(secret: str) -> str:
    """What is kept of a key: SHA-256 suffices for 256 random bits."""
    return sha256(secret.encode()).hexdigest()


def revoke_api_key(*, key_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Ends a key at once."""
    key = ApiKey.objects.select_for_update().filter(id=key_id).first()
    if key is None or (key.owner_id != actor.person_id and not may(actor, "settings:write").allowed):
        raise NotFound("There is no such key.")
    if key.revoked_at is not None:
        raise AlreadyDone("This key has been revoked.")
    ApiKey.objects.filter(id=key.id).update(revoked_at=now)
    return ledger.append(
        "api_key.revoked", actor=actor, subject=f"key:{key.id}", at=now, data={"owner": key.owner_id}
    )


def _find(user_id: str, actor: Actor) -> User:
    require(actor, "settings:write")
    user = User.objects.select_for_update().filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such person.")
    return user
