"""How the fact sheet and decisions to disclose are sent and shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from clarion.rules.access import DECIDER_ROLES
from clarion.rules.audience import AUDIENCES
from clarion.rules.facts import (
    ANSWERS,
    CAUSE_STATES,
    CONFIDENCES,
    DEFAULT_CAVEAT,
    DETERMINATIONS,
    FACTS,
    Affected,
    Determination,
)
from clarion.web.api.draft_schemas import PersonRef
from clarion.web.api.schemas import Input, LongText, Moment, Output, ReasonOut, Stamp

Confidence = Annotated[str, Field(json_schema_extra={"enum": list(CONFIDENCES)})]
OUTSIDE = [name for name, audience in AUDIENCES.items() if not audience.inside]


class AffectedIn(Input):
    number: int | None = None
    percent: float | None = Field(default=None, description="Above 0, up to 100.")
    regions: list[str] = []
    measuring: bool = Field(default=False, description="Somebody is finding out.")


class FactsIn(Input):
    """The whole of the next version but for cause and estimate; what is left out is empty."""

    base_version: int = Field(description="The version that was read; 0 before the first.")
    known: LongText = ""
    impact: LongText = Field(default="", description="What readers see, as the rest of “you may see …”.")
    affected: AffectedIn = AffectedIn()
    started_at: Moment | None = None
    detected_at: Moment | None = None
    mitigated_at: Moment | None = None
    restored_at: Moment | None = None
    reader_action: LongText = ""
    no_action_needed: bool = False
    our_action: LongText = Field(default="", description="As the rest of “we are …”.")
    ruled_out: list[str] = []
    data_integrity: LongText = ""
    residual: LongText = ""
    watch_until: Moment | None = None
    planned_start: Moment | None = None
    planned_end: Moment | None = None
    done: LongText = ""
    planned: LongText = ""
    wrong: LongText = ""
    right: LongText = ""
    business_effect: LongText = ""
    decisions: LongText = ""
    contact: LongText = ""
    jurisdictions: list[str] = Field(default=[], description="Where affected readers are, such as GB-EAW.")
    confirmed: list[str] = Field(default=[], description="Names of the facts that are confirmed.")

    def values(self) -> dict[str, Any]:
        """The facts as the action takes them."""
        found = {name: getattr(self, name) for name in type(self).model_fields if name != "base_version"}
        affected = self.affected
        return found | {
            "affected": Affected(
                affected.number, affected.percent, tuple(affected.regions), affected.measuring
            ),
            "ruled_out": tuple(self.ruled_out),
            "jurisdictions": tuple(self.jurisdictions),
            "confirmed": frozenset(self.confirmed),
        }


class CauseIn(Input):
    base_version: int = Field(description="The version that was read; 0 before the first.")
    text: LongText = Field(description="Empty takes the cause back.")
    confirmed: bool = Field(default=False, description="The owner of the key confirms it.")


class DeterminationIn(Input):
    base_version: int = Field(description="The version that was read; 0 before the first.")
    answer: Annotated[str, Field(json_schema_extra={"enum": [*ANSWERS, "open"]})] = Field(
        description="`open` takes back what was determined."
    )
    reason: LongText = Field(description="What it rests on.")


class EstimateIn(Input):
    at: Moment
    basis: LongText
    assessor: str = Field(default="", description="Id of a person; the owner of the key if left out.")
    confidence: Confidence
    as_of: Moment | None = Field(default=None, description="Now if left out.")
    expires_at: Moment | None = Field(default=None, description="Its own time if left out; never later.")
    caveat: LongText = DEFAULT_CAVEAT


class WhyIn(Input):
    reason: LongText


class DisclosureIn(Input):
    audiences: Annotated[list[str], Field(json_schema_extra={"items": {"type": "string", "enum": OUTSIDE}})]
    role: Annotated[str, Field(json_schema_extra={"enum": list(DECIDER_ROLES)})]
    reason: LongText
    expires_at: Moment


class AffectedOut(Output):
    number: int | None
    percent: float | None
    regions: list[str]
    measuring: bool


class CauseOut(Output):
    text: str
    state: Annotated[str, Field(json_schema_extra={"enum": list(CAUSE_STATES)})]
    confirmed_by: str
    confirmed_at: Stamp | None


class EstimateOut(Output):
    at: Stamp
    basis: str
    assessor: str
    confidence: str
    as_of: Stamp
    expires_at: Stamp
    caveat: str


class DeterminationOut(Output):
    answer: str
    by: str = Field(description="Id of the person.")
    at: Stamp


class OwedOut(Output):
    fact: str
    text: str


class CauseGateOut(Output):
    """Whether texts for an audience may tell the cause, and why."""

    audience: str
    allowed: bool
    reasons: list[ReasonOut]


class FactsOut(Output):
    """The sheet: empty is not known yet."""

    version: int
    author: PersonRef | None = Field(description="null before the first version.")
    created_at: Stamp | None
    facts: dict[str, Any] = Field(description="By name; instants are RFC 3339, UTC.")
    affected: AffectedOut
    cause: CauseOut | None
    estimate: EstimateOut | None
    determinations: dict[str, DeterminationOut | None] = Field(
        description=f"By question, null while it is open: {', '.join(DETERMINATIONS)}."
    )
    confirmed: list[str]
    states: dict[str, str] = Field(
        description="By fact: missing, measuring, reported, confirmed, hypothesis, estimate, expired, yes, no"
    )
    estimate_policy: str = Field(description="never, engineering_only or always.")
    cause_may_be_told: list[CauseGateOut]
    owed: list[OwedOut] = Field(description="What a text of the phase asked for still needs.")


class ChangeOut(Output):
    fact: str
    what: str


class FactVersionOut(Output):
    version: int
    author: PersonRef
    created_at: Stamp
    changes: list[ChangeOut]
    facts: dict[str, Any]


class DisclosureOut(Output):
    id: str
    incident: str
    person: PersonRef
    role: str
    cause: str = Field(description="The hypothesis that was decided on.")
    audiences: list[str]
    reason: str
    decided_at: Stamp
    expires_at: Stamp
    withdrawn_at: Stamp | None


def _person(row: Any) -> PersonRef:
    return PersonRef(id=row.id, name=row.name)


def facts_out(view: Any, owed: Any) -> FactsOut:
    """A FactsView of ``queries.facts`` as programs read it."""
    kept, sheet = view.kept, view.kept.sheet
    plain = {name: getattr(sheet, name) for name, fact in FACTS.items() if fact.kind in _PLAIN}
    return FactsOut(
        version=kept.number,
        author=_person(kept.row.author) if kept.row else None,
        created_at=kept.row.created_at if kept.row else None,
        facts={name: _shown(value) for name, value in plain.items()},
        affected=AffectedOut(**asdict(sheet.affected)),
        cause=CauseOut(**asdict(sheet.cause)) if sheet.cause else None,
        estimate=EstimateOut(**asdict(sheet.estimate)) if sheet.estimate else None,
        determinations={name: _determined(getattr(sheet, name)) for name in DETERMINATIONS},
        confirmed=sorted(sheet.confirmed),
        states=view.states,
        estimate_policy=view.estimate_policy,
        cause_may_be_told=[
            CauseGateOut(
                audience=name,
                allowed=verdict.allowed,
                reasons=[ReasonOut(**reason.as_json()) for reason in verdict.reasons],
            )
            for name, verdict in view.cause_verdicts.items()
        ],
        owed=[OwedOut(fact=item.name, text=item.text) for item in owed],
    )


def _determined(said: Determination | None) -> DeterminationOut | None:
    return DeterminationOut(**asdict(said)) if said else None


_PLAIN = frozenset({"text", "moment", "list", "flag"})


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    return list(value) if isinstance(value, tuple) else value


def fact_version_out(row: Any, changes: Any) -> FactVersionOut:
    return FactVersionOut(
        version=row.number,
        author=_person(row.author),
        created_at=row.created_at,
        changes=[ChangeOut(**change.as_json()) for change in changes],
        facts=row.sheet,
    )


def disclosure_out(row: Any) -> DisclosureOut:
    return DisclosureOut(
        id=row.id,
        incident=row.incident_id,
        person=_person(row.person),
        role=row.role,
        cause=row.cause,
        audiences=row.audiences,
        reason=row.reason,
        decided_at=row.decided_at,
        expires_at=row.expires_at,
        withdrawn_at=row.withdrawn_at,
    )
