"""Reviews: approving exactly what was read, or asking for changes."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.actions import review as actions
from clarion.rules.review import DECISIONS
from clarion.store.queries import drafts as queries
from clarion.web.api.auth import caller
from clarion.web.api.draft_schemas import (
    ApprovalOut,
    DraftOut,
    DraftSummary,
    approval_out,
    draft_out,
    draft_summary,
)
from clarion.web.api.operations import do, reads, writes
from clarion.web.api.schemas import Cursor, Input, Limit, LongText, Output, Page, ReasonOut, ReviewRole, page

router = Router(tags=["reviews"])


class ReviewIn(Input):
    """One word on one exact version."""

    version: int = Field(description="The version that was read.")
    digest: str = Field(max_length=64, description="Its digest, as it was read.")
    role: ReviewRole = Field(description="The role in which you speak.")
    decision: Annotated[str, Field(json_schema_extra={"enum": list(DECISIONS)})]
    comment: LongText = Field(default="", description="Needed when you ask for changes.")
    looked_at: list[str] = Field(
        default=[], description="Fingerprints of the findings for your role; an approval answers for all."
    )


class WaitingOut(Output):
    draft: DraftSummary
    role: str
    reason: ReasonOut = Field(description="Why this role is asked for.")


class WaitingList(Output):
    items: list[WaitingOut]


@reads(router, "/drafts/{draft_id}/reviews", scope="drafts:read", out=Page[ApprovalOut])
def list_reviews(
    request: HttpRequest, draft_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[ApprovalOut]:
    """List every word ever said on a draft, voided ones too, oldest first."""
    draft = queries.draft_view(draft_id, person=None, now=caller(request).now).draft
    found = queries.approvals_of(draft)
    return page(request, found, approval_out, by=("at", "id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/drafts/{draft_id}/reviews",
    scope="reviews:write",
    status=201,
    out=DraftOut,
    example={
        "version": 2,
        "digest": "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
        "role": "accuracy",
        "decision": "approved",
    },
)
def review_draft(request: HttpRequest, draft_id: str, body: ReviewIn) -> tuple[Any, DraftOut]:
    """Approve a version, or ask for changes.

    Version and digest must be those of the newest version: a person approves what they read, and nothing
    else. Authors of a version may not review it, and one person fills one role. The last approval that
    policy requires makes the draft approved, and it is published at once.
    """
    entry = do(
        request,
        actions.decide,
        draft_id=draft_id,
        version=body.version,
        digest=body.digest,
        role=body.role,
        decision=body.decision,
        comment=body.comment,
        looked_at=body.looked_at,
    )
    who = caller(request)
    return entry, draft_out(queries.draft_view(draft_id, person=who.person, now=who.now))


@reads(router, "/me/reviews", scope="drafts:read", out=WaitingList)
def list_waiting_reviews(request: HttpRequest) -> WaitingList:
    """List what waits for you.

    These are the drafts in review that the owner of this key may decide on, each with the role.
    """
    who = caller(request)
    found = queries.waiting_for(who.person, who.now)
    return WaitingList(
        items=[
            WaitingOut(draft=draft_summary(draft), role=item.role, reason=ReasonOut(**item.reason.as_json()))
            for draft, item in found
        ]
    )
