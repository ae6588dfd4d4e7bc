"""People: who you are, the keys of your programs, and, for administrators, everybody's roles."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.actions import people as actions
from clarion.store.ids import new_api_key
from clarion.store.queries import people as queries
from clarion.store.queries import single
from clarion.web.api.auth import caller
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import Cursor, Input, Limit, Output, Page, Role, Scope, Stamp, page

router = Router(tags=["people"])


class PersonOut(Output):
    id: str
    name: str
    email: str
    time_zone: str
    active: bool
    roles: list[Role]
    created_at: Stamp


class MeOut(PersonOut):
    key: str = Field(description="Id of the key of this request.")
    scopes: list[Scope] = Field(description="What this key may do, as far as its owner's roles allow.")


class PersonIn(Input):
    email: Annotated[str, Field(max_length=254)]
    name: Annotated[str, Field(max_length=120)]
    password: Annotated[str, Field(max_length=1000, description="At least 12 characters.")]
    roles: list[Role]


class RoleIn(Input):
    role: Role


class KeyIn(Input):
    label: Annotated[str, Field(max_length=120, description="What it is for.")]
    scopes: list[Scope] = Field(description="None that the key of this request lacks.")


class KeyOut(Output):
    id: str
    label: str
    scopes: list[str]
    created_at: Stamp
    revoked_at: Stamp | None


class NewKey(KeyOut):
    secret: str = Field(description="The key itself, shown this once; only its hash is kept.")


def _plain(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "time_zone": row.time_zone,
        "active": row.is_active,
        "roles": [grant.role for grant in row.live_grants],
        "created_at": row.created_at,
    }


def person_out(row: Any) -> PersonOut:
    return PersonOut(**_plain(row))


def key_out(row: Any) -> KeyOut:
    return KeyOut(**{name: getattr(row, name) for name in KeyOut.model_fields})


@reads(router, "/me", out=MeOut)
def read_me(request: HttpRequest) -> MeOut:
    """Read who you are: the owner of this key, their roles, and the key's scopes."""
    who = caller(request)
    scopes = sorted(who.actor.scopes)
    return MeOut(**_plain(single.person(who.person.id)), key=who.key_id, scopes=scopes)


@reads(router, "/me/keys", scope="keys:write", out=Page[KeyOut])
def list_keys(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Page[KeyOut]:
    """List your keys, revoked ones too, newest first."""
    found = queries.api_keys(caller(request).person)
    return page(request, found, key_out, by=("-created_at", "-id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/me/keys",
    scope="keys:write",
    status=201,
    out=NewKey,
    example={"label": "Release robot", "scopes": ["incidents:read"]},
)
def create_key(request: HttpRequest, body: KeyIn) -> tuple[Any, NewKey]:
    """Make a key for a program. It acts as you, within its scopes."""
    secret = new_api_key()
    entry = do(
        request,
        actions.create_api_key,
        owner_id=caller(request).person.id,
        label=body.label,
        scopes=body.scopes,
        secret=secret,
    )
    row = single.api_key(subject_id(entry))
    return entry, NewKey(**key_out(row).model_dump(exclude={"created_at", "revoked_at"}),
                         created_at=row.created_at, revoked_at=row.revoked_at, secret=secret)  # fmt: skip


@writes(router, "/keys/{key_id}", method="DELETE", scope="keys:write", out=KeyOut)
def revoke_key(request: HttpRequest, key_id: str) -> tuple[Any, KeyOut]:
    """End a key of yours at once; an administrator may end any."""
    entry = do(request, actions.revoke_api_key, key_id=key_id)
    return entry, key_out(single.api_key(key_id))


@reads(router, "/people", scope="settings:write", out=Page[PersonOut])
def list_people(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Page[PersonOut]:
    """List colleagues by name, with their roles."""
    return page(request, queries.people(), person_out, by=("name", "id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/people",
    scope="settings:write",
    status=201,
    out=PersonOut,
    example={
        "email": "ada@example.org",
        "name": "Ada Example",
        "password": "correct-horse-battery-staple",
        "roles": ["accuracy"],
    },
)
def create_person(request: HttpRequest, body: PersonIn) -> tuple[Any, PersonOut]:
    """Add a colleague."""
    entry = do(request, actions.create_person, **body.model_dump())
    return entry, person_out(single.person(subject_id(entry)))


@writes(router, "/people/{person_id}/deactivate", scope="settings:write", out=PersonOut)
def deactivate_person(request: HttpRequest, person_id: str) -> tuple[Any, PersonOut]:
    """Switch an account off, with its keys. What the person did stays on record."""
    entry = do(request, actions.deactivate_person, user_id=person_id)
    return entry, person_out(single.person(person_id))


@writes(
    router,
    "/people/{person_id}/roles",
    scope="settings:write",
    status=201,
    out=PersonOut,
    example={"role": "clarity"},
)
def grant_role(request: HttpRequest, person_id: str, body: RoleIn) -> tuple[Any, PersonOut]:
    """Give a colleague a role."""
    entry = do(request, actions.grant_role, user_id=person_id, role=body.role)
    return entry, person_out(single.person(person_id))


@writes(router, "/people/{person_id}/roles/{role}", method="DELETE", scope="settings:write", out=PersonOut)
def revoke_role(request: HttpRequest, person_id: str, role: str) -> tuple[Any, PersonOut]:
    """Take a role back. Approvals given in it and not yet published stop counting at once."""
    entry = do(request, actions.revoke_role, user_id=person_id, role=role)
    return entry, person_out(single.person(person_id))
