"""The fact sheet of an incident as it stands, and writing its next version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clarion.rules import cadence, disclosure, fact_changes, facts
from clarion.rules.access import Actor
from clarion.rules.facts import FactSheet
from clarion.store import ledger, promises
from clarion.store.models import Disclosure, FactSheetVersion, Incident, LedgerEntry


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of the sheet; number 0 is what an incident itself says before anybody wrote one."""

    number: int
    sheet: FactSheet
    wrote: Mapping[str, str] = field(default_factory=dict)
    """Who last changed each fact: ``{fact: person id}``."""
    row: FactSheetVersion | None = None


def newest(incident: Incident) -> Kept:
    """The sheet as it stands."""
    row = incident.fact_sheets.select_related("author").order_by("-number").first()
    return as_kept(row) if row else Kept(0, FactSheet(detected_at=incident.detected_at))


def as_kept(row: FactSheetVersion) -> Kept:
    return Kept(row.number, facts.from_json(row.sheet), row.wrote, row)


def write(
    incident: Incident,
    before: Kept,
    after: FactSheet,
    *,
    part: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> LedgerEntry:
    """The next version and its ledger entry. The caller holds the incident and knows that they differ."""
    changed = fact_changes.changes(before.sheet, after)
    # Whoever confirms a fact wrote none of its words.
    new_words = [
        change.name
        for change in changed
        if change.what in ("added", "changed", "removed") and facts.FACTS[change.name].in_texts
    ]
    version = FactSheetVersion.objects.create(
        incident=incident,
        number=before.number + 1,
        author_id=actor.person_id,
        sheet=after.as_json(),
        wrote={**before.wrote, **dict.fromkeys(new_words, actor.person_id)},
        created_at=now,
    )
    return ledger.append(
        "facts.recorded",
        actor=actor,
        subject=f"facts:{version.id}",
        incident=incident,
        at=now,
        data={
            "version": version.number,
            "part": part,
            "changes": [change.as_json() for change in changed],
            "facts": _without_words(after),
            "update_due": promises.call_for_update(incident, cadence.news(changed), now),
            **(data or {}),
        },
        texts={**_words(after), **(texts or {})},
    )


def _words(sheet: FactSheet) -> dict[str, str]:
    """Everything on the sheet that somebody put into words, by the name it has in a ledger entry."""
    found = {name: getattr(sheet, name) for name in facts.TEXTS}
    found["ruled_out"] = "\n".join(sheet.ruled_out)
    found["affected.regions"] = "\n".join(sheet.affected.regions)
    if sheet.cause:
        found["cause"] = sheet.cause.text
    if sheet.estimate:
        found |= {"estimate.basis": sheet.estimate.basis, "estimate.caveat": sheet.estimate.caveat}
    return {name: text for name, text in found.items() if text}


def _without_words(sheet: FactSheet) -> dict[str, Any]:
    """The rest of the sheet: instants, numbers, states and who stands behind them."""
    kept = {name: item for name, item in sheet.as_json().items() if name not in (*facts.TEXTS, "ruled_out")}
    kept["affected"] = {name: item for name, item in kept["affected"].items() if name != "regions"}
    for name, words in (("cause", ("text",)), ("estimate", ("basis", "caveat"))):
        if kept[name]:
            kept[name] = {key: item for key, item in kept[name].items() if key not in words}
    return kept


def decisions(incident: Incident) -> tuple[disclosure.Disclosure, ...]:
    """Every decision to disclose the cause of this incident, as the rules see them."""
    return tuple(
        disclosure.Disclosure(
            row.cause, frozenset(row.audiences), row.decided_at, row.expires_at, row.withdrawn_at
        )
        for row in Disclosure.objects.filter(incident=incident)
    )


def numbered(incident: Incident, number: int) -> FactSheet:
    """The sheet as it was in that version; an empty one for a version that never was."""
    row = incident.fact_sheets.filter(number=number).first()
    return facts.from_json(row.sheet) if row else FactSheet(detected_at=incident.detected_at)


def causes(incident: Incident) -> list[str]:
    """Every cause that was ever recorded, in the words it had."""
    sheets = incident.fact_sheets.values_list("sheet", flat=True)
    return list(dict.fromkeys(sheet["cause"]["text"] for sheet in sheets if sheet.get("cause")))


def estimates(incident: Incident) -> list[datetime]:
    """Every time of recovery that was ever recorded, but those that the sheet now gives as another fact."""
    sheets = [facts.from_json(sheet) for sheet in incident.fact_sheets.values_list("sheet", flat=True)]
    now = newest(incident).sheet
    others = (now.started_at, now.detected_at, now.mitigated_at, now.restored_at, now.planned_end)
    return [sheet.estimate.at for sheet in sheets if sheet.estimate and sheet.estimate.at not in others]
