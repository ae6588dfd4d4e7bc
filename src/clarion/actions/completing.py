"""Ending a review that waits for nobody any more."""

from __future__ import annotations

from datetime import datetime

from clarion.rules.access import SYSTEM
from clarion.rules.errors import AlreadyDone
from clarion.store import records, reviews
from clarion.store.models import LedgerEntry


def complete_review(*, key: str, now: datetime) -> LedgerEntry:
    """Approves a draft in review that lacks nobody, because what called for one more role is gone.

    A finding may go with time or with a fact that is recorded. Nobody else could finish the review then:
    the role is not asked for any more, and everybody who is needed has spoken.
    """
    draft = records.hold_draft(key)
    version = draft.versions.latest("number")
    if draft.state != "in_review":
        raise AlreadyDone(f"This draft is {draft.state}.")
    found = reviews.outcome(draft, version, now)
    if not found.complete:
        raise AlreadyDone("This review waits for somebody.")
    closed = reviews.complete(draft, by=f"draft:{draft.id}", now=now)
    data = {"state": "approved", "roles": sorted(found.filled), "deadlines_closed": closed}
    return records.draft_entry("draft.review_completed", draft, version, actor=SYSTEM, now=now, data=data)
