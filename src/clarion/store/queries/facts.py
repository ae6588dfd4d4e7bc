"""The fact sheet as screens and programs read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from clarion.rules import disclosure, fact_changes, fact_checks, facts
from clarion.rules.access import ENGINEERING_ROLE
from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import NotFound
from clarion.rules.types import Verdict
from clarion.store import fact_sheets
from clarion.store.fact_sheets import Kept
from clarion.store.models import Disclosure, DraftVersion, FactSheetVersion, Incident, User
from clarion.store.policies import numbered


@dataclass(frozen=True, slots=True)
class FactsView:
    """The newest sheet with the state of each fact and who may read of the cause, at one moment."""

    kept: Kept
    states: dict[str, str]
    cause_verdicts: dict[str, Verdict]
    """By audience, for those that policy names for this incident."""
    estimate_policy: str
    people: dict[str, str]
    """Names of those who stand behind facts, by id."""


def facts_view(incident: Incident, now: datetime) -> FactsView:
    """Everything about the sheet as it stands at ``now``."""
    kept = fact_sheets.newest(incident)
    decided = fact_sheets.decisions(incident)
    said = disclosure.cause_policy(incident.requirements)
    named = [name for name in AUDIENCES if name in incident.requirements["audiences"]]
    return FactsView(
        kept=kept,
        states={name: facts.state_of(kept.sheet, name, now) for name in facts.FACTS},
        cause_verdicts={
            name: disclosure.may_tell_cause(kept.sheet, name, decided, now, policy=said) for name in named
        },
        estimate_policy=disclosure.estimate_policy(numbered(incident.policy_version), incident.requirements),
        people=_people(kept),
    )


def _people(kept: Kept) -> dict[str, str]:
    behind = set(kept.wrote.values())
    if kept.sheet.cause:
        behind.add(kept.sheet.cause.confirmed_by)
    if kept.sheet.estimate:
        behind.add(kept.sheet.estimate.assessor)
    behind |= {said.by for name in facts.DETERMINATIONS if (said := getattr(kept.sheet, name))}
    return dict(User.objects.filter(id__in=behind).values_list("id", "name"))


def owed(incident: Incident, phase: str, now: datetime) -> tuple[fact_checks.Owed, ...]:
    """What a text of this phase needs and the newest sheet lacks."""
    policy = disclosure.estimate_policy(numbered(incident.policy_version), incident.requirements)
    return fact_checks.owed(fact_sheets.newest(incident).sheet, phase, now=now, estimate_policy=policy)


def number_of(incident: Incident) -> int:
    """The number of the newest sheet; 0 before the first."""
    return fact_sheets.newest(incident).number


def versions_of(incident: Incident) -> QuerySet[FactSheetVersion]:
    """All versions of the sheet, newest first."""
    return incident.fact_sheets.select_related("author").order_by("-number")


def changes_in(version: FactSheetVersion) -> tuple[fact_changes.Change, ...]:
    """What this version changed in the one before it."""
    before = version.incident.fact_sheets.filter(number=version.number - 1).first()
    earlier = before.sheet if before else {"detected_at": version.incident.detected_at.isoformat()}
    return fact_changes.changes(facts.from_json(earlier), facts.from_json(version.sheet))


@dataclass(frozen=True, slots=True)
class Behind:
    """What the texts of a draft's version come from."""

    number: int
    """Of the fact sheet."""
    newest: int
    findings: tuple[str, ...]
    gives_estimate: bool
    changes: tuple[fact_changes.Change, ...]
    """In the facts since then."""


def behind(version: DraftVersion) -> Behind:
    """The facts behind a draft's version, and what changed in them since."""
    incident, said = version.draft.incident, version.facts
    kept, number = fact_sheets.newest(incident), said.get("sheet", 0)
    return Behind(
        number=number,
        newest=kept.number,
        findings=tuple(item["text"] for item in said.get("findings", ())),
        gives_estimate=said.get("estimate_at") is not None,
        changes=fact_changes.changes(fact_sheets.numbered(incident, number), kept.sheet),
    )


def disclosures_of(incident: Incident) -> QuerySet[Disclosure]:
    """Every decision to disclose, newest first."""
    return incident.disclosures.select_related("person")


def disclosure_row(disclosure_id: str) -> Disclosure:
    """One decision; raises NotFound."""
    found = Disclosure.objects.select_related("person", "incident").filter(id=disclosure_id).first()
    if found is None:
        raise NotFound("There is no such decision.")
    return found


def engineers() -> list[tuple[str, str]]:
    """Id and name of everybody whose assessment may stand behind an estimate."""
    found = User.objects.filter(
        is_active=True, grants__role=ENGINEERING_ROLE, grants__revoked_at=None
    ).distinct()
    return list(found.order_by("name").values_list("id", "name"))
