"""What follows for an incident when something about it turns out to be otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clarion.rules import cadence
from clarion.store import decisions, promises, reviews
from clarion.store.models import Incident


def changed(
    incident: Incident, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Saves the incident, whose columns hold ``after`` by now, and lets policy decide anew.

    Readers hear of what they were told otherwise, and drafts are looked at again. Returns for the ledger what
    came of it. The caller holds the incident.
    """
    incident.requirements = decisions.decision(incident, now).as_json()
    incident.updated_at = now
    incident.save()
    update_due = promises.call_for_update(incident, cadence.calls_for_update(before, after), now)
    returned, approved = reviews.reconsider(incident, now)
    return {"drafts_returned": returned, "drafts_approved": approved, "update_due": update_due}
