"""Noting that a record left the house."""

from __future__ import annotations

from datetime import datetime

from clarion.rules.access import Actor, require
from clarion.store import ledger
from clarion.store.models import Incident, LedgerEntry


def record_export(
    *, incident_id: str, manifest_sha256: str, entries: int, tree_size: int, actor: Actor, now: datetime
) -> LedgerEntry:
    """Notes who took the record of an incident out, and which one: it may hold internal texts.

    The entry names the incident as its subject and belongs to none: if it counted among the incident's own
    entries, every export would be incomplete from the moment it is made.
    """
    require(actor, "ledger:read")
    incident = Incident.objects.get(id=incident_id)
    return ledger.append(
        "incident.exported",
        actor=actor,
        subject=f"incident:{incident.id}",
        at=now,
        data={"manifest_sha256": manifest_sha256, "entries": entries, "tree_size": tree_size},
    )
