"""Reads that only screens need."""

from __future__ import annotations

from clarion.rules import review
from clarion.rules.errors import NotFound
from clarion.store.models import (
    Component,
    Delivery,
    Draft,
    DraftVersion,
    Incident,
    LedgerEntry,
    PolicyVersion,
    Subscriber,
    Update,
    User,
)


def open_draft(incident: Incident) -> Draft | None:
    """The draft that is being written for an incident, if there is one."""
    return incident.drafts.exclude(state__in=review.CLOSED).first()


def update_before(draft: Draft) -> Update | None:
    """What readers know before this draft: the newest update of its incident that did not come from it."""
    found = Update.objects.filter(incident=draft.incident_id).exclude(version__draft=draft)
    if draft.published_at is not None:
        found = found.filter(published_at__lt=draft.published_at)
    return found.prefetch_related("texts").order_by("-number").first()


def version(draft_id: str, number: int) -> DraftVersion:
    """One version of a draft; raises NotFound."""
    found = (
        DraftVersion.objects.select_related("draft__incident", "author")
        .filter(draft=draft_id, number=number)
        .first()
    )
    if found is None:
        raise NotFound("There is no such version.")
    return found


def draft(draft_id: str) -> Draft:
    """A draft with its incident; raises NotFound."""
    found = Draft.objects.select_related("incident").filter(id=draft_id).first()
    if found is None:
        raise NotFound("There is no such draft.")
    return found


def drafts_to_finish() -> list[Draft]:
    """Drafts that wait for somebody to write or submit them, oldest first."""
    found = Draft.objects.filter(state__in=("draft", "changes_requested")).select_related("incident")
    return list(found.order_by("created_at"))


def subscriber(subscriber_id: str) -> Subscriber:
    """One subscriber; raises NotFound."""
    found = Subscriber.objects.filter(id=subscriber_id).first()
    if found is None:
        raise NotFound("There is no such subscriber.")
    return found


def delivery(public_id: str) -> Delivery:
    """One delivery with reader and incident; raises NotFound."""
    found = (
        Delivery.objects.select_related("subscriber", "update__incident").filter(public_id=public_id).first()
    )
    if found is None:
        raise NotFound("There is no such delivery.")
    return found


def entry(entry_id: str) -> LedgerEntry:
    """One ledger entry with its texts; raises NotFound."""
    found = (
        LedgerEntry.objects.select_related("incident")
        .prefetch_related("texts")
        .filter(entry_id=entry_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def entry_kinds() -> list[str]:
    """The kinds of entry that the ledger holds, by name."""
    return list(LedgerEntry.objects.order_by("kind").values_list("kind", flat=True).distinct())


def colleague(user_id: str) -> User:
    """A person, switched off or not, with live roles in ``live_roles``; raises NotFound."""
    found = User.objects.filter(id=user_id).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def policy_version(number: int) -> PolicyVersion:
    """One version of the policy; raises NotFound."""
    found = PolicyVersion.objects.select_related("author").filter(number=number).first()
    if found is None:
        raise NotFound("There is no such version of the policy.")
    return found


def component_names() -> dict[str, str]:
    """Names by id."""
    return dict(Component.objects.values_list("id", "name"))
