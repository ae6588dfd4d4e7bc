"""One row by its public name, or NotFound with a sentence."""

from __future__ import annotations

from typing import TypeVar

from clarion.rules.errors import NotFound
from clarion.store.models import (
    ApiKey,
    Component,
    Deadline,
    Delivery,
    LedgerEntry,
    PolicyProposal,
    PolicyVersion,
    Source,
    Subscriber,
    Update,
    User,
)
from clarion.store.policies import NoPolicy
from clarion.store.queries import people

Row = TypeVar("Row")


def component(component_id: str) -> Component:
    return _found(Component.objects.filter(id=component_id).first(), "component")


def update(update_id: str) -> Update:
    """A published update with its texts."""
    found = (
        Update.objects.select_related("incident")
        .prefetch_related("texts", "translations")
        .filter(id=update_id)
    )
    return _found(found.first(), "update")


def delivery(public_id: str) -> Delivery:
    found = Delivery.objects.select_related("subscriber", "update__incident").filter(public_id=public_id)
    return _found(found.first(), "delivery")


def subscriber(subscriber_id: str) -> Subscriber:
    return _found(Subscriber.objects.filter(id=subscriber_id).first(), "subscriber")


def source(slug: str) -> Source:
    return _found(Source.objects.filter(slug=slug).first(), "source")


def deadline(deadline_id: str) -> Deadline:
    found = Deadline.objects.select_related("incident", "draft").filter(id=deadline_id)
    return _found(found.first(), "deadline")


def policy(number: int) -> PolicyVersion:
    return _found(people.policies().filter(number=number).first(), "policy")


def proposal(proposal_id: str) -> PolicyProposal:
    return _found(people.proposals().filter(id=proposal_id).first(), "proposal")


def newest_policy() -> PolicyVersion:
    """The policy in force; raises NoPolicy before the first."""
    found = people.policies().first()
    if found is None:
        raise NoPolicy("No policy is installed. Run `clarion init`.")
    return found


def entry(entry_id: str) -> LedgerEntry:
    """A ledger entry with the texts beside it."""
    found = LedgerEntry.objects.prefetch_related("texts").filter(entry_id=entry_id)
    return _found(found.first(), "ledger entry")


def person(user_id: str) -> User:
    """A colleague, switched off or not, with live roles in ``live_grants``."""
    return _found(people.people().filter(id=user_id).first(), "person")


def api_key(key_id: str) -> ApiKey:
    return _found(ApiKey.objects.select_related("owner").filter(id=key_id).first(), "key")


def _found(row: Row | None, noun: str) -> Row:
    if row is None:
        raise NotFound(f"There is no such {noun}.")
    return row
