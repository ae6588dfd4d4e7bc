"""People, roles and keys: given and taken on record, in force from that moment."""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import people
from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store.ids import new_api_key
from clarion.store.models import ApiKey, LedgerEntry, RoleGrant, User
from clarion.store.people import roles_of
from clarion.store.queries.people import api_key
from tests import factories as make
from tests.actions.story import NOW, Story, acting, again, last, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def create(here: Story, **told: Any) -> LedgerEntry:
    usual = {"email": "ann@example.org", "name": "Ann", "password": make.PASSWORD, "roles": ["accuracy"]}
    return pipeline.run(people.create_person, actor=acting(here.administrator), now=NOW, **usual | told)


def test_a_colleague_is_on_record_by_id_and_named_beside_the_chain(here: Story) -> None:
    """Name and address can be erased; roles and who gave them stay."""
    entry = create(here)
    assert {"roles": ["accuracy"]} == last("person.created").data
    assert f"user:{here.administrator.id}" == entry.actor
    assert {"name": "Ann", "email": "ann@example.org"} == words_of("person.created")
    body = bytes(LedgerEntry.objects.get(id=entry.id).body)
    # With a capital or the @: an id is lower-case letters, and three of them spell a name now and then.
    assert b"Ann" not in body and b"ann@" not in body


def test_no_password_is_anywhere_but_as_a_slow_hash(here: Story) -> None:
    """Not in the row, not in the ledger, not beside it."""
    create(here)
    assert make.PASSWORD not in User.objects.get(name="Ann").password
    texts = [t.text for entry in LedgerEntry.objects.all() for t in entry.texts.all()]
    assert make.PASSWORD not in texts
    assert all(make.PASSWORD.encode() not in bytes(entry.body) for entry in LedgerEntry.objects.all())


BAD = [
    ("email", {"email": "nobody"}, ""),
    ("name", {"name": " "}, "Write a name."),
    ("password", {"password": "eleven char"}, "at least 12 characters"),
    ("password", {"password": "password12345"}, "too common"),
    ("role", {"roles": ["king"]}, "'king' is not one of communications_lead,"),
]


@pytest.mark.parametrize(("field", "told", "part"), BAD, ids=[f"{row[0]} {row[1]}" for row in BAD])
def test_a_wrong_value_is_named(here: Story, field: str, told: dict[str, Any], part: str) -> None:
    """And nobody is made."""
    before = User.objects.count()
    with pytest.raises(Invalid) as refusal:
        create(here, **told)
    assert (field, before) == (refusal.value.field, User.objects.count())
    assert part in refusal.value.message


def test_one_address_is_one_person(here: Story) -> None:
    """In whatever letters."""
    create(here)
    with pytest.raises(Conflict):
        create(here, email="ANN@example.org")


def test_a_role_is_given_and_taken_and_every_grant_stays_on_record(here: Story) -> None:
    """Twice given is done already; what was taken can be given anew."""
    by = {"user_id": here.lead.id, "role": "legal", "actor": acting(here.administrator), "now": NOW}
    for _ in range(2):
        pipeline.run(people.grant_role, **by)
        with pytest.raises(AlreadyDone):
            pipeline.run(people.grant_role, **by)
        assert "legal" in roles_of(here.lead)
        pipeline.run(people.revoke_role, **by)
        with pytest.raises(AlreadyDone):
            pipeline.run(people.revoke_role, **by)
        assert "legal" not in roles_of(here.lead)
    assert 2 == RoleGrant.objects.filter(user=here.lead, role="legal").count()
    assert {"role": "legal"} == last("role.revoked").data


def test_a_switched_off_account_takes_its_keys_along(here: Story) -> None:
    """At once; what the person did stays on record."""
    secret = make.api_key(here.lead)
    assert api_key(secret) is not None
    by = {"user_id": here.lead.id, "actor": acting(here.administrator), "now": NOW}
    pipeline.run(people.deactivate_person, **by)
    assert (None, False) == (api_key(secret), again(here.lead).is_active)
    assert {"keys": 1} == last("person.deactivated").data
    with pytest.raises(AlreadyDone):
        pipeline.run(people.deactivate_person, **by)
    with pytest.raises(NotFound):
        pipeline.run(people.deactivate_person, **by | {"user_id": "nosuchthing1"})


def key(here: Story, **told: Any) -> LedgerEntry:
    usual = {"owner_id": here.lead.id, "label": "robot", "scopes": ["drafts:read"], "secret": new_api_key()}
    return pipeline.run(people.create_api_key, now=NOW, **{"actor": acting(here.lead)} | usual | told)


def test_a_keys_secret_is_kept_as_a_hash_alone(here: Story) -> None:
    """The ledger has owner, scopes and, beside the chain, the label."""
    secret = new_api_key()
    key(here, secret=secret)
    assert secret not in str(ApiKey.objects.values())
    assert {"owner": here.lead.id, "scopes": ["drafts:read"]} == last("api_key.created").data
    assert {"label": "robot"} == words_of("api_key.created")


def test_keys_are_made_for_oneself_within_ones_own_reach(here: Story) -> None:
    """For somebody else only by an administrator; of scopes that exist; with a label."""
    with pytest.raises(Forbidden):
        key(here, owner_id=here.accuracy.id)
    key(here, owner_id=here.accuracy.id, actor=acting(here.administrator))
    for told in ({"scopes": ["everything"]}, {"label": " "}):
        with pytest.raises(Invalid):
            key(here, **told)


def test_a_key_is_ended_by_its_owner_or_an_administrator(here: Story) -> None:
    """For anybody else it does not exist."""
    key(here)
    found = ApiKey.objects.get()
    with pytest.raises(NotFound):
        pipeline.run(people.revoke_api_key, key_id=found.id, actor=acting(here.accuracy), now=NOW)
    pipeline.run(people.revoke_api_key, key_id=found.id, actor=acting(here.lead), now=NOW)
    with pytest.raises(AlreadyDone):
        pipeline.run(people.revoke_api_key, key_id=found.id, actor=SYSTEM, now=NOW)
    assert NOW == again(found).revoked_at
