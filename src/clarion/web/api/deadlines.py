"""Deadlines: what is promised or waited for, and by when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.rules import deadlines as rules
from clarion.rules.notices import STEPS
from clarion.store.queries import incidents as queries
from clarion.store.queries import single
from clarion.web.api.auth import caller
from clarion.web.api.incidents import named_in_filter
from clarion.web.api.operations import reads
from clarion.web.api.schemas import Cursor, Limit, Output, Page, Stamp, page

router = Router(tags=["deadlines"])


class NoticeOut(Output):
    """Mail to somebody who holds the owner's role."""

    person: str
    step: Annotated[str, Field(json_schema_extra={"enum": list(STEPS)})]
    number: int = Field(description="Which reminder it is; 0 for the warning and the miss.")
    state: str = Field(description="As of deliveries: `sent` means accepted by the next hop.")
    reason: str
    created_at: Stamp
    sent_at: Stamp | None


class DeadlineOut(Output):
    id: str
    kind: Annotated[str, Field(json_schema_extra={"enum": list(rules.KINDS)})]
    label: str
    stage: Annotated[str, Field(json_schema_extra={"enum": ["open", "warning", "missed", "closed"]})]
    incident: str | None
    draft: str | None
    audiences: list[str] = Field(
        description="To whom it is owed; empty where it is no promise, or one to all whom policy names."
    )
    owner_role: str
    reason: str
    opened_at: Stamp
    warn_at: Stamp
    due_at: Stamp
    warned_at: Stamp | None
    missed_at: Stamp | None
    reminders: int = Field(description="How often its owner was reminded since.")
    reminded_at: Stamp | None
    remind_at: Stamp | None = Field(description="When its owner is reminded next.")
    satisfied_at: Stamp | None
    cancelled_at: Stamp | None
    satisfied_by: str
    notices: list[NoticeOut]


def deadline_out(row: Any, now: datetime) -> DeadlineOut:
    """The deadline as it stands at ``now``."""
    times = rules.Times(
        warn_at=row.warn_at,
        due_at=row.due_at,
        warned_at=row.warned_at,
        missed_at=row.missed_at,
        closed_at=row.satisfied_at or row.cancelled_at,
    )
    values: dict[str, Any] = {
        "incident": row.incident_id,
        "draft": row.draft_id,
        "label": rules.KINDS[row.kind],
        "stage": rules.stage(times, now),
        "notices": [_notice_out(notice) for notice in row.notices.all()],
    }
    plain = {name: getattr(row, name) for name in DeadlineOut.model_fields if name not in values}
    return DeadlineOut(**values, **plain)


def _notice_out(row: Any) -> NoticeOut:
    told = {name: getattr(row, name) for name in NoticeOut.model_fields if name != "person"}
    return NoticeOut(person=row.person_id, **told)


@reads(router, "/deadlines", scope="incidents:read", out=Page[DeadlineOut])
def list_deadlines(
    request: HttpRequest,
    incident: Annotated[
        str, Query(description="Id of an incident: all its deadlines, closed ones too.")
    ] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[DeadlineOut]:
    """List what is due, the soonest first: everything open, or all deadlines of one incident."""
    now = caller(request).now
    found = queries.deadlines_of(named_in_filter(incident)) if incident else queries.open_deadlines()
    return page(
        request, found, lambda row: deadline_out(row, now), by=("due_at", "id"), limit=limit, cursor=cursor
    )


@reads(router, "/deadlines/{deadline_id}", scope="incidents:read", out=DeadlineOut)
def read_deadline(request: HttpRequest, deadline_id: str) -> DeadlineOut:
    """Read one deadline."""
    return deadline_out(single.deadline(deadline_id), caller(request).now)
