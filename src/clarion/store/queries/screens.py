"""Reads that only screens need."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from clarion.rules.errors import NotFound
from clarion.store import records, told
from clarion.store.models import Component, Draft, DraftVersion, Incident, LedgerEntry, Update


def open_draft(incident: Incident) -> Draft | None:
    """The draft that is being written for an incident, if there is one."""
    return records.open_drafts(incident).first()


def draft(draft_id: str) -> Draft:
    """A draft with its incident; raises NotFound."""
    found = Draft.objects.select_related("incident").filter(id=draft_id).first()
    if found is None:
        raise NotFound("There is no such draft.")
    return found


def version(draft_id: str, number: int) -> DraftVersion:
    """One version of a draft; raises NotFound."""
    known = DraftVersion.objects.select_related("draft__incident", "author")
    found = known.filter(draft=draft_id, number=number).first()
    if found is None:
        raise NotFound("There is no such version.")
    return found


def drafts_to_finish(now: datetime) -> list[Draft]:
    """Drafts that wait for somebody to write or submit them, oldest first; a review may have run out."""
    unsaid, over = Q(state__in=("draft", "changes_requested")), Q(state="in_review", review_until__lte=now)
    found = Draft.objects.filter(unsaid | over).select_related("incident")
    return list(found.order_by("created_at"))


def updates_before(draft: Draft) -> dict[str, Update]:
    """What each audience knows before this draft: the newest update that it read, from another draft."""
    return told.last_updates(draft.incident, before=draft)


def texts_before(draft: Draft) -> dict[str, dict[str, str]]:
    """The words of these, by audience."""
    return told.last_texts(draft.incident, before=draft)


def entry_kinds() -> list[str]:
    """The kinds of entry that the ledger holds, by name."""
    return list(LedgerEntry.objects.order_by("kind").values_list("kind", flat=True).distinct())


def component_names() -> dict[str, str]:
    """Names by id."""
    return dict(Component.objects.values_list("id", "name"))
