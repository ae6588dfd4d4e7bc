"""Incidents: opening one by hand, changing it, reading it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.actions import incident as actions
from clarion.actions.assess import assess_incident as assess_action
from clarion.actions.closing import close_incident
from clarion.actions.reevaluate import reevaluate_incident as reevaluate_action
from clarion.rules.errors import Invalid, NotFound
from clarion.rules.states import moves
from clarion.store.queries import incidents as queries
from clarion.web.api.assessment_schemas import AssessIn, AssessmentOut, Requirements, assessment_out
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import (
    Category,
    ComponentStatus,
    Confirmation,
    Cursor,
    IncidentState,
    Input,
    Limit,
    LongText,
    Moment,
    Output,
    Page,
    Severity,
    Stamp,
    Title,
    Visibility,
    page,
)

router = Router(tags=["incidents"])


class IncidentIn(Input):
    """An incident that a person opens."""

    title: Title
    severity: Severity
    category: Category
    components: Annotated[list[str], Field(max_length=200, description="Ids of components.")]
    visibility: Visibility = "public"
    confirmation: Confirmation = "confirmed"
    detected_at: Moment | None = Field(default=None, description="When it was noticed; now if left out.")


class IncidentChange(Input):
    """What differs; leave out what stays. Only what was sent is looked at, so the defaults never count."""

    title: Title = Field(default_factory=str)
    severity: Severity = Field(default_factory=str)
    category: Category = Field(default_factory=str)
    visibility: Visibility = Field(default_factory=str)


class Closing(Input):
    """How an incident ends of which readers never heard."""

    state: Annotated[str, Field(json_schema_extra={"enum": ["resolved", "false_alarm"]})]
    reason: LongText


class AffectedOut(Output):
    component: str
    name: str
    status: ComponentStatus


class IncidentOut(Output):
    id: str
    title: str = Field(description="For colleagues; readers see the titles of published texts.")
    state: IncidentState
    severity: Severity
    category: Category
    visibility: Visibility
    assessment: AssessmentOut
    policy_version: int
    requirements: Requirements
    components: list[AffectedOut]
    detected_at: Stamp
    opened_at: Stamp
    updated_at: Stamp
    quiet_at: Stamp | None = Field(description="When the last of its signals ended.")
    monitoring_at: Stamp | None
    resolved_at: Stamp | None
    moves_back: int = Field(description="How often its state went back.")
    false_resolutions: int = Field(description="How often it was opened again after it had been called over.")


class SignalOut(Output):
    """One occurrence of one alert."""

    id: str
    source: str
    status: str
    title: str
    summary: str
    severity: str = Field(description="The tool's own word.")
    labels: dict[str, str]
    link: str
    started_at: Stamp
    ended_at: Stamp | None


def named_in_filter(incident_id: str) -> Any:
    """The incident that a list is asked for; raises Invalid naming the parameter."""
    try:
        return queries.incident(incident_id)
    except NotFound as error:
        raise Invalid(error.message, field="incident") from None


def incident_out(row: Any) -> IncidentOut:
    went = moves(update.state for update in row.told)
    return IncidentOut(
        id=row.id,
        title=row.title,
        state=row.state,
        severity=row.severity,
        category=row.category,
        visibility=row.visibility,
        assessment=assessment_out(row),
        policy_version=row.policy_version,
        requirements=Requirements.model_validate(row.requirements),
        components=[
            AffectedOut(component=item.component_id, name=item.component.name, status=item.status)
            for item in row.affected.all()
        ],
        detected_at=row.detected_at,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        quiet_at=row.quiet_at,
        monitoring_at=row.monitoring_at,
        resolved_at=row.resolved_at,
        moves_back=went["backward"],
        false_resolutions=went["reopened"],
    )


def signal_out(row: Any) -> SignalOut:
    return SignalOut(
        id=row.id,
        source=row.source.slug,
        status=row.status,
        title=row.title,
        summary=row.summary,
        severity=row.severity,
        labels=row.labels,
        link=row.link,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


@reads(router, "/incidents", scope="incidents:read", out=Page[IncidentOut])
def list_incidents(
    request: HttpRequest,
    state: Annotated[str, Query(description="`open`, `closed`, or left out for all.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[IncidentOut]:
    """List incidents, newest first."""
    if state not in ("", "open", "closed"):
        raise Invalid("Write open or closed, or leave it out.", field="state")
    found = queries.incidents(state=state)
    return page(request, found, incident_out, by=("-opened_at", "-id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/incidents",
    scope="incidents:write",
    status=201,
    out=IncidentOut,
    example={
        "title": "Card payments fail in Europe",
        "severity": "SEV-1",
        "category": "application",
        "components": [],
        "detected_at": "2026-03-01T14:05:00Z",
    },
)
def open_incident(request: HttpRequest, body: IncidentIn) -> tuple[Any, IncidentOut]:
    """Open an incident by hand.

    Policy decides what follows from it: whether readers are told, in which rhythm, who reviews. The
    answer says so, with reasons. Where policy asks for updates, a first draft follows within seconds.
    """
    entry = do(
        request,
        actions.open_incident,
        title=body.title,
        severity=body.severity,
        category=body.category,
        component_ids=list(dict.fromkeys(body.components)),
        visibility=body.visibility,
        confirmation=body.confirmation,
        detected_at=body.detected_at,
    )
    return entry, incident_out(queries.incident(subject_id(entry)))


@reads(router, "/incidents/{incident_id}", scope="incidents:read", out=IncidentOut)
def read_incident(request: HttpRequest, incident_id: str) -> IncidentOut:
    """Read one incident."""
    return incident_out(queries.incident(incident_id))


@writes(
    router,
    "/incidents/{incident_id}",
    method="PATCH",
    scope="incidents:write",
    out=IncidentOut,
    example={"severity": "SEV-2"},
)
def change_incident(request: HttpRequest, incident_id: str, body: IncidentChange) -> tuple[Any, IncidentOut]:
    """Change title, severity, category or visibility.

    What policy requires is decided anew, under the version the incident began with.
    """
    changes = body.model_dump(exclude_unset=True)
    entry = do(request, actions.change_incident, incident_id=incident_id, changes=changes)
    return entry, incident_out(queries.incident(incident_id))


@writes(
    router,
    "/incidents/{incident_id}/assess",
    scope="incidents:write",
    out=IncidentOut,
    example={
        "confirmation": "confirmed",
        "outage_scope": "partial",
        "duties": ["payments"],
        "regions": ["EU"],
    },
)
def assess_incident(request: HttpRequest, incident_id: str, body: AssessIn) -> tuple[Any, IncidentOut]:
    """Record what has been found out: confirmation, outage scope, impact, who noticed, duties, regions.

    Leave out what stays; null says that nobody knows. What policy requires is decided anew, under the
    version the incident began with.
    """
    facts = body.model_dump(exclude_unset=True)
    entry = do(request, assess_action, incident_id=incident_id, facts=facts)
    return entry, incident_out(queries.incident(incident_id))


@writes(router, "/incidents/{incident_id}/reevaluate", scope="incidents:write", out=IncidentOut)
def reevaluate_incident(request: HttpRequest, incident_id: str) -> tuple[Any, IncidentOut]:
    """Move an open incident to the policy in force, which decides anew. The ledger says what changed."""
    entry = do(request, reevaluate_action, incident_id=incident_id)
    return entry, incident_out(queries.incident(incident_id))


@writes(
    router,
    "/incidents/{incident_id}/close",
    scope="incidents:write",
    out=IncidentOut,
    example={"state": "false_alarm", "reason": "A probe was misconfigured; no customer was affected."},
)
def end_incident(request: HttpRequest, incident_id: str, body: Closing) -> tuple[Any, IncidentOut]:
    """Close an incident of which readers never heard, with a reason.

    Its drafts are closed with it. Once an update is published, only a published resolution closes it.
    """
    entry = do(request, close_incident, incident_id=incident_id, state=body.state, reason=body.reason)
    return entry, incident_out(queries.incident(incident_id))


@reads(router, "/incidents/{incident_id}/signals", scope="incidents:read", out=Page[SignalOut])
def list_signals(
    request: HttpRequest, incident_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[SignalOut]:
    """List the alerts that belong to an incident, oldest first."""
    found = queries.signals_of(queries.incident(incident_id))
    return page(request, found, signal_out, by=("started_at", "id"), limit=limit, cursor=cursor)
