"""Whether a version's texts agree with each other, with the facts and with the last published update."""

from __future__ import annotations

from django.conf import settings

from clarion.rules.claims import Names
from clarion.rules.contradictions import Contradiction, Known, contradictions
from clarion.rules.contradictions import unexplained as left_over
from clarion.rules.errors import Invalid
from clarion.rules.statements import Statements, stated
from clarion.rules.types import Reason
from clarion.store import fact_sheets, told
from clarion.store.models import Component, DraftVersion


def found(version: DraftVersion) -> list[Contradiction]:
    """The contradictions of this version as the facts and the published updates are now."""
    incident = version.draft.incident
    alerts = incident.signals.values_list("title", flat=True)
    names = dict(Component.objects.filter(is_group=False).values_list("id", "name"))
    known = _known(version, names)
    return contradictions(
        version.texts,
        known,
        names=Names(tuple(names.values()), known.regions, (incident.title, *alerts)),
        zone=settings.CLARION.time_zone,
        near=version.created_at,
        last=told.last_texts(incident, before=version.draft),
    )


def unexplained(version: DraftVersion) -> list[Contradiction]:
    """Those that its author has not explained as they are found now."""
    return left_over(found(version), stated(version.statements).explained)


def unanswered(version: DraftVersion) -> tuple[Reason, ...]:
    """Why this version must not be published, for what does not agree in it; empty when nothing is."""
    return tuple(
        Reason(f"contradiction.{each.code}", f"{each.text} Nobody has said why.")
        for each in unexplained(version)
    )


def require_found(said: Statements, before: Statements, *versions: DraftVersion) -> None:
    """Passes explanations of what is found in one of these versions; raises Invalid.

    ``before`` are those that were stated already: they may explain what an edit has mended since.
    """
    new = said.explained.keys() - before.explained.keys()
    if new and (unknown := new - {each.key for version in versions for each in found(version)}):
        text = f"No contradiction has the key {min(unknown)}; read the draft as it is now."
        raise Invalid(text, field="statements.differences")


def _known(version: DraftVersion, names: dict[str, str]) -> Known:
    incident = version.draft.incident
    sheet = fact_sheets.newest(incident).sheet
    statuses = version.component_statuses.items()
    return Known(
        state=version.incident_state,
        components={names[key]: status for key, status in statuses if key in names},
        next_update={name: at for name in version.texts if (at := version.promised_to(name))},
        started_at=sheet.started_at,
        detected_at=sheet.detected_at,
        mitigated_at=sheet.mitigated_at,
        restored_at=sheet.restored_at,
        expected_at=sheet.estimate.at if sheet.estimate else None,
        percent=sheet.affected.percent,
        number=sheet.affected.number,
        regions=sheet.affected.regions,
        cause=sheet.cause.text if sheet.cause else "",
    )
