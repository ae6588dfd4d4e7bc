"""Starting a draft and entering its versions, for what Clarion does by itself and what people do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from clarion.rules.access import SYSTEM, Actor
from clarion.rules.promises import in_order
from clarion.rules.statements import proposed
from clarion.rules.types import reasons_json
from clarion.store import composing, promises, records
from clarion.store.models import Draft, DraftVersion, Incident, LedgerEntry


def begin(
    incident: Incident,
    phase: str,
    *,
    audiences: Iterable[str] | None = None,
    cause: str,
    now: datetime,
    actor: Actor = SYSTEM,
    reason: str = "",
) -> LedgerEntry:
    """A new draft with its first version, in Clarion's words, and the entry that says what asked for it.

    It carries ``audiences``, or all that policy names. ``reason`` is stated in it as why a state is entered.
    """
    carried = in_order(incident.requirements["audiences"] if audiences is None else audiences)
    composed = composing.compose_version(incident, phase, audiences=carried, now=now)
    draft = Draft.objects.create(incident=incident, phase=phase, cause=cause, created_at=now)
    said = proposed(phase, incident.quiet_at, reason).as_json()
    version = records.add_version(draft, author=None, now=now, statements=said, **asdict(composed))
    told = {"cause": cause, "facts_version": version.facts["sheet"]}
    if composed.next_update_at is not None:
        made = promises.made(incident, carried, now).values()
        told["promise_reasons"] = reasons_json(dict.fromkeys(r for each in made for r in each.reasons))
    return entry("draft.created", draft, version, actor, now, **told)


def entry(
    kind: str, draft: Draft, version: DraftVersion, actor: Actor, now: datetime, **data: Any
) -> LedgerEntry:
    """The ledger entry of a version that was written: what it announces and its exact words."""
    return records.draft_entry(
        kind,
        draft,
        version,
        actor=actor,
        now=now,
        data={
            "phase": draft.phase,
            "state": version.incident_state,
            "components": version.component_statuses,
            "channels": version.channels,
            "confirmed": version.statements.get("confirmed", []),
            "audiences": in_order(version.texts),
            "left_out": version.left_out,
            **promises.as_ledger(version),
            **data,
        },
        texts=records.named_texts(version.texts) | records.stated(version),
    )
