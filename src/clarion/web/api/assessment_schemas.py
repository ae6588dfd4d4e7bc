"""What has been found out about an incident, and what policy requires of it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from clarion.rules.policy.facts import UNKNOWN
from clarion.web.api.draft_schemas import PersonRef, person_ref
from clarion.web.api.schemas import (
    BusinessImpact,
    Confirmation,
    Input,
    OutageScope,
    Output,
    ReasonOut,
    StakeholderVisibility,
    Stamp,
)


class AssessIn(Input):
    """What has been found out; leave out what stays. Only what was sent is looked at."""

    confirmation: Confirmation = "suspected"
    outage_scope: OutageScope = UNKNOWN
    business_impact: BusinessImpact = UNKNOWN
    stakeholder_visibility: StakeholderVisibility = UNKNOWN
    duties: list[str] | None = Field(
        default=None, description="Tags of regulated data or services, such as payments; null: unknown."
    )
    regions: list[str] | None = Field(default=None, description="Such as EU or US-CA; null: unknown.")
    customers_affected: int | None = Field(default=None, description="null: unknown.")


class AssessmentOut(Output):
    """What is known of the incident."""

    confirmation: Confirmation
    confirmed_by: PersonRef | None
    confirmed_at: Stamp | None
    outage_scope: OutageScope
    business_impact: BusinessImpact
    stakeholder_visibility: StakeholderVisibility = Field(description="Who has noticed.")
    duties: list[str] | None = Field(description="Tags of regulated data or services; null: unknown.")
    regions: list[str] | None = Field(description="null: unknown.")
    customers_affected: int | None = Field(description="null: unknown.")


class RequiredReviewOut(Output):
    role: str
    reason: ReasonOut


class DisclosureOut(Output):
    """What may be said about a topic."""

    topic: str
    disclose: str = Field(description="`always`, `when_confirmed`, `with_legal` or `never`.")
    reason: ReasonOut


class Requirements(Output):
    """What policy requires of this incident, each with the rule that asked for it."""

    formal_updates: bool
    may_start: bool = Field(description="Whether communication may start as things are.")
    audiences: list[str]
    owners: dict[str, str] = Field(default={}, description="Who answers for each audience.")
    channels: list[str]
    reviews: list[RequiredReviewOut]
    intervals: dict[str, int] = Field(description="Minutes between updates, by audience.")
    update_every_minutes: int = Field(description="The shortest of them, which is promised.")
    warn_minutes: int
    approval_window_minutes: int
    template: str = Field(description="The category whose words a first draft uses.")
    etr: str = Field(description="`never`, `engineering_only` or `always`.")
    disclosure: list[DisclosureOut]
    because: dict[str, list[ReasonOut]] = Field(description="The reasons of each consequence, by its name.")
    reasons: list[ReasonOut] = Field(description="All of them, each once.")


def assessment_out(row: Any) -> AssessmentOut:
    names = set(AssessmentOut.model_fields) - {"confirmed_by"}
    values = {name: getattr(row, name) for name in names}
    return AssessmentOut(confirmed_by=person_ref(row.confirmed_by), **values)
