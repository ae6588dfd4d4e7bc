"""Whether a version's state may be entered, as the rules see it from its rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from clarion.rules import states
from clarion.rules.statements import RECOVERY_ROLE, Statements, stated
from clarion.rules.types import Reason, Verdict
from clarion.store import fact_sheets
from clarion.store.models import DraftVersion, Incident


def verdict(version: DraftVersion, now: datetime, *, filled: Collection[str] = ()) -> Verdict:
    """May the incident be called what this version calls it, at ``now``?

    ``filled`` are the roles in which an approval of it counts: one who knows may have confirmed already.
    """
    incident = version.draft.incident
    facts = states.EntryFacts(
        category=incident.category,
        said=known_of(version),
        watched_since=watched_since(incident),
        reviewed_for_accuracy=RECOVERY_ROLE in filled
        or any(item["role"] == RECOVERY_ROLE for item in incident.requirements["reviews"]),
    )
    return states.may_enter(version.incident_state, incident.state, facts, now)


def unlawful(version: DraftVersion, now: datetime, *, filled: Collection[str]) -> tuple[Reason, ...]:
    """Why law forbids to call the incident this now; advice was answered when review was asked for."""
    found = verdict(version, now, filled=filled).reasons
    return tuple(reason for reason in found if reason.code in states.LAW)


def known_of(version: DraftVersion) -> Statements:
    """What its author states, and what the incident's fact sheet says besides."""
    said, sheet = stated(version.statements), fact_sheets.newest(version.draft.incident).sheet
    on_sheet = {
        "cause": bool(sheet.cause and sheet.cause.confirmed),
        "effect_reduced": sheet.mitigated_at is not None,
        "fix_in_place": sheet.restored_at is not None,
        "recovery": "restored_at" in sheet.confirmed,
    }
    return replace(
        said,
        confirmed=said.confirmed | {name for name, holds in on_sheet.items() if holds},
        watch_until=said.watch_until or sheet.watch_until,
        data_integrity=said.data_integrity or sheet.data_integrity,
    )


def watched_since(incident: Incident) -> datetime | None:
    """Since when nothing was wrong: readers were told of monitoring, or every alert has been quiet."""
    monitored = incident.monitoring_at if incident.state == "monitoring" else None
    return min((at for at in (monitored, incident.quiet_at) if at is not None), default=None)
