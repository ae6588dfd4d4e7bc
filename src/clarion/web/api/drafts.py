"""Drafts: first words, new versions, remarks, submitting and putting aside."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.actions import draft as actions
from clarion.actions import review as review_actions
from clarion.rules.statements import CONFIRMATIONS, LONGEST_STATEMENT, Difference, Statements
from clarion.store.queries import drafts as queries
from clarion.web.api.auth import caller
from clarion.web.api.draft_schemas import (
    CommentOut,
    DraftOut,
    DraftSummary,
    VersionOut,
    comment_out,
    draft_out,
    draft_summary,
    version_out,
)
from clarion.web.api.incidents import named_in_filter
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import (
    ComponentStatus,
    Cursor,
    IncidentState,
    Input,
    Limit,
    LongText,
    Moment,
    Page,
    Phase,
    page,
)

router = Router(tags=["drafts"])


class DraftIn(Input):
    phase: Phase
    reason: str = Field(
        default="",
        max_length=LONGEST_STATEMENT,
        description="For an update on an incident that is over: why it reopens.",
    )


class TextIn(Input):
    """Words for one audience, in light Markdown."""

    title: str
    body: str


class DifferenceIn(Input):
    """Why one contradiction is right as it stands. It answers no other, and no other values."""

    key: str = Field(description="As in `contradictions`.")
    reason: str


class StatementsIn(Input):
    """What stands behind the state that is announced; see the reference page on terms."""

    confirmed: list[Literal[tuple(CONFIRMATIONS)]] = Field(  # type: ignore[valid-type]
        default_factory=list, description="What is confirmed; a cause and the recovery by accuracy reviewers."
    )
    watch_until: Moment | None = Field(default=None, description="Until when the fix is watched.")
    data_integrity: str = Field(default="", description="What is known of stored data, as a sentence.")
    reason: str = Field(
        default="", description="Why the state is entered although something is missing, or why it goes back."
    )
    differences: list[DifferenceIn] = Field(
        default_factory=list, description="Why what contradicts something else is right, one by one."
    )


class VersionIn(Input):
    """The whole of the next version."""

    base_version: int = Field(
        description="The version that was read; if a newer one exists, nothing is written."
    )
    texts: dict[str, TextIn] = Field(description="One for each audience that policy names.")
    incident_state: IncidentState
    component_statuses: dict[str, ComponentStatus] = Field(description="By component id.")
    next_update_at: Moment | None = Field(
        default=None, description="Promised to readers; needed while the incident is open."
    )
    no_change: bool = Field(default=False, description="It tells readers nothing new.")
    ruled_out: Annotated[str, Field(max_length=2000)] = Field(
        default="", description="What has been ruled out since; needed where nothing is new twice in a row."
    )
    statements: StatementsIn | None = Field(
        default=None,
        description="Left out: what the last version stated. Its reason goes with its state: where the state "
        "changes, the same reason is dropped, so say why anew.",
    )


class SubmitIn(Input):
    version: int = Field(description="The version that was read.")
    confirmed: list[str] = Field(
        default=[], description="Fingerprints of the warnings that you have read and let stand."
    )
    reason: LongText = Field(default="", description="Why they may stand, if you want to say so.")


class ComposeIn(Input):
    base_version: int = Field(
        description="The version that was read; if a newer one exists, nothing is written."
    )


class CommentIn(Input):
    body: LongText


class WithdrawIn(Input):
    reason: LongText


def _shown(request: HttpRequest, draft_id: str) -> DraftOut:
    who = caller(request)
    return draft_out(queries.draft_view(draft_id, person=who.person, now=who.now))


@reads(router, "/drafts", scope="drafts:read", out=Page[DraftSummary])
def list_drafts(
    request: HttpRequest,
    open: Annotated[bool, Query(description="`true`: leave out what was published or withdrawn.")] = False,
    incident: Annotated[str, Query(description="Id of an incident.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[DraftSummary]:
    """List drafts, newest first."""
    found = queries.drafts(open_only=open)
    if incident:
        found = found.filter(incident=named_in_filter(incident))
    return page(request, found, draft_summary, by=("-created_at", "-id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/incidents/{incident_id}/drafts",
    scope="drafts:write",
    status=201,
    out=DraftOut,
    example={"phase": "update"},
)
def create_draft(request: HttpRequest, incident_id: str, body: DraftIn) -> tuple[Any, DraftOut]:
    """Start a draft from the template of a phase.

    The words are Clarion's, filled with the facts of the incident, until somebody writes a version.
    """
    entry = do(request, actions.create_draft, incident_id=incident_id, phase=body.phase, reason=body.reason)
    return entry, _shown(request, subject_id(entry))


@reads(router, "/drafts/{draft_id}", scope="drafts:read", out=DraftOut)
def read_draft(request: HttpRequest, draft_id: str) -> DraftOut:
    """Read a draft: its newest version, the digest that approvals bind to, and where its review stands."""
    return _shown(request, draft_id)


@reads(router, "/drafts/{draft_id}/versions", scope="drafts:read", out=Page[VersionOut])
def list_versions(
    request: HttpRequest, draft_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[VersionOut]:
    """List all versions of a draft, newest first."""
    found = queries.versions_of(_row(request, draft_id))
    return page(request, found, version_out, by=("-number",), limit=limit, cursor=cursor)


@writes(
    router,
    "/drafts/{draft_id}/versions",
    scope="drafts:write",
    status=201,
    out=DraftOut,
    example={
        "base_version": 1,
        "texts": {
            "customers": {"title": "Card payments fail", "body": "One payment in five is declined."},
            "internal": {"title": "SEV-1 · Checkout", "body": "The payment provider answers 503."},
        },
        "incident_state": "investigating",
        "component_statuses": {},
        "next_update_at": "2026-03-01T14:35:00Z",
    },
)
def write_version(request: HttpRequest, draft_id: str, body: VersionIn) -> tuple[Any, DraftOut]:
    """Edit a draft: write its next version.

    Every approval of the version before is voided, and the draft must be submitted anew.
    """
    entry = do(
        request,
        actions.edit_draft,
        draft_id=draft_id,
        base_version=body.base_version,
        texts={name: text.model_dump() for name, text in body.texts.items()},
        incident_state=body.incident_state,
        component_statuses=body.component_statuses,
        next_update_at=body.next_update_at,
        no_change=body.no_change,
        ruled_out=body.ruled_out,
        statements=_statements(body.statements),
    )
    return entry, _shown(request, draft_id)


def _statements(body: StatementsIn | None) -> Statements | None:
    if body is None:
        return None
    return Statements(
        confirmed=frozenset(body.confirmed),
        watch_until=body.watch_until,
        data_integrity=body.data_integrity.strip(),
        reason=body.reason.strip(),
        differences=tuple(Difference(each.key, each.reason.strip()) for each in body.differences),
    )


@writes(
    router,
    "/drafts/{draft_id}/compose",
    scope="drafts:write",
    status=201,
    out=DraftOut,
    example={"base_version": 1},
)
def compose_again(request: HttpRequest, draft_id: str, body: ComposeIn) -> tuple[Any, DraftOut]:
    """Compose a draft again from the facts as they stand: a new version in Clarion's words.

    Every approval of the version before is voided. `version.facts` says which version of the facts the texts
    come from, and what was missing.
    """
    entry = do(request, actions.compose_again, draft_id=draft_id, base_version=body.base_version)
    return entry, _shown(request, draft_id)


@reads(router, "/drafts/{draft_id}/comments", scope="drafts:read", out=Page[CommentOut])
def list_comments(
    request: HttpRequest, draft_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[CommentOut]:
    """List the remarks on a draft, oldest first."""
    found = queries.comments_of(_row(request, draft_id))
    return page(request, found, comment_out, by=("at", "id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/drafts/{draft_id}/comments",
    scope="drafts:write",
    status=201,
    out=CommentOut,
    example={"body": "Do we know since when?"},
)
def comment_on_draft(request: HttpRequest, draft_id: str, body: CommentIn) -> tuple[Any, CommentOut]:
    """Remark on the newest version. A remark approves nothing and voids nothing."""
    entry = do(request, actions.comment_on_draft, draft_id=draft_id, body=body.body)
    found = queries.comments_of(_row(request, draft_id)).get(id=entry.data["comment"])
    return entry, comment_out(found)


@writes(router, "/drafts/{draft_id}/submit", scope="drafts:write", out=DraftOut, example={"version": 2})
def submit_draft(request: HttpRequest, draft_id: str, body: SubmitIn) -> tuple[Any, DraftOut]:
    """Ask for review of exactly this version; the approval window opens."""
    entry = do(request, review_actions.submit_draft, draft_id=draft_id, **body.model_dump())
    return entry, _shown(request, draft_id)


@writes(
    router,
    "/drafts/{draft_id}/withdraw",
    scope="drafts:write",
    out=DraftOut,
    example={"reason": "It was a false alarm."},
)
def withdraw_draft(request: HttpRequest, draft_id: str, body: WithdrawIn) -> tuple[Any, DraftOut]:
    """Put a draft aside for good. Its versions and approvals stay on record."""
    entry = do(request, actions.withdraw_draft, draft_id=draft_id, reason=body.reason)
    return entry, _shown(request, draft_id)


def _row(request: HttpRequest, draft_id: str) -> Any:
    return queries.draft_view(draft_id, person=None, now=caller(request).now).draft
