"""Drafts: first words, new versions, remarks, submitting and putting aside."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from clarion.actions import draft as actions
from clarion.actions import review as review_actions
from clarion.store.queries import drafts as queries
from clarion.web.api.auth import caller
from clarion.web.api.draft_bodies import (
    CommentIn,
    ComposeIn,
    DraftIn,
    SubmitIn,
    VersionIn,
    WithdrawIn,
    statements,
)
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
    Cursor,
    Limit,
    Page,
    page,
)

router = Router(tags=["drafts"])


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
    entry = do(request, actions.create_draft, incident_id=incident_id, **body.model_dump())
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
        next_update_for=body.next_update_for,
        no_change=body.no_change,
        ruled_out=body.ruled_out,
        statements=statements(body.statements),
    )
    return entry, _shown(request, draft_id)


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
