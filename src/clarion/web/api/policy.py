"""Policy, templates and lint rules: reading them, and changing them by two people."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from clarion.actions import policy as actions
from clarion.rules.documents import KINDS
from clarion.rules.errors import Invalid
from clarion.store.policies import documents, parsed
from clarion.store.queries import people, single
from clarion.store.replays import replay, reread
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.policy_schemas import (
    ApprovalIn,
    PolicyDiffOut,
    PolicyOut,
    PolicySchemaOut,
    PolicySummary,
    ProposalIn,
    ProposalOut,
    ProposalSummary,
    RejectionIn,
    ReplayOut,
    changes_out,
    policy_out,
    policy_summary,
    proposal_out,
    proposal_summary,
    replay_out,
)
from clarion.web.api.schemas import Cursor, Limit, Page, page

router = Router(tags=["policy"])


@reads(router, "/policy", scope="policy:read", out=PolicyOut)
def read_current_policy(request: HttpRequest) -> PolicyOut:
    """Read the policy in force, its templates and the organisation's lint rules.

    Running incidents keep policy and templates that they began under; the lint rules read every draft.
    """
    return policy_out(single.newest_policy())


@reads(router, "/policy/schema", scope="policy:read", out=PolicySchemaOut)
def read_policy_schema(
    request: HttpRequest,
    kind: Annotated[str, Query(description=f"One of {', '.join(KINDS)}.")] = "document",
) -> PolicySchemaOut:
    """Read the JSON Schema of one of the three documents, for editors and pipelines."""
    if kind not in KINDS:
        raise Invalid(f"There is no {kind!r}; use {', '.join(KINDS)}.", field="kind")
    return PolicySchemaOut(**KINDS[kind].schema())


@reads(router, "/policies", scope="policy:read", out=Page[PolicySummary])
def list_policies(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Page[PolicySummary]:
    """List all versions, newest first."""
    return page(request, people.policies(), policy_summary, by=("-number",), limit=limit, cursor=cursor)


@reads(router, "/policies/{int:number}", scope="policy:read", out=PolicyOut)
def read_policy(request: HttpRequest, number: int) -> PolicyOut:
    """Read one version."""
    return policy_out(single.policy(number))


@reads(router, "/policies/{int:number}/diff/{int:other}", scope="policy:read", out=PolicyDiffOut)
def diff_policies(request: HttpRequest, number: int, other: int) -> PolicyDiffOut:
    """Compare two versions: what `other` has that `number` has not, and the reverse."""
    before, after = (documents(single.policy(each)) for each in (number, other))
    return PolicyDiffOut(before=number, after=other, **changes_out(before, after))


@reads(router, "/policy-proposals", scope="policy:read", out=Page[ProposalSummary])
def list_policy_proposals(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = ""
) -> Page[ProposalSummary]:
    """List proposed changes of the policy, newest first, decided ones too."""
    found = people.proposals()
    return page(request, found, proposal_summary, by=("-at", "-id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/policy-proposals",
    scope="policy:write",
    status=201,
    out=ProposalOut,
    example={"document": "…", "reason": "An update every 20 minutes in the first two hours."},
)
def propose_policy(request: HttpRequest, body: ProposalIn) -> tuple[Any, ProposalOut]:
    """Propose a changed policy, changed templates or lint rules. Another person approves them first.

    What is left out stays as it is in force. A document that cannot be used is refused with the line, the
    place and the reason of all that is wrong.
    """
    entry = do(request, actions.propose_policy, **body.model_dump())
    return entry, proposal_out(single.proposal(subject_id(entry)))


@reads(router, "/policy-proposals/{proposal_id}", scope="policy:read", out=ProposalOut)
def read_policy_proposal(request: HttpRequest, proposal_id: str) -> ProposalOut:
    """Read a proposed change: the documents, and place by place what it changes."""
    return proposal_out(single.proposal(proposal_id))


@reads(router, "/policy-proposals/{proposal_id}/replay", scope="policy:read", out=ReplayOut)
def replay_policy_proposal(request: HttpRequest, proposal_id: str) -> ReplayOut:
    """Try a proposal on past incidents and published updates.

    It answers which incidents would have been treated differently, and what changed lint rules newly find
    or no longer find in the updates.
    """
    found = single.proposal(proposal_id)
    before = single.policy(found.base_number)
    return replay_out(replay(parsed(found.document)), reread(before.lint_rules, found.lint_rules))


@writes(
    router,
    "/policy-proposals/{proposal_id}/approve",
    scope="policy:approve",
    out=ProposalOut,
    example={"comment": "Agreed with operations."},
)
def approve_policy(request: HttpRequest, proposal_id: str, body: ApprovalIn) -> tuple[Any, ProposalOut]:
    """Approve a proposal that somebody else made; it comes into force as the next version."""
    entry = do(request, actions.approve_policy, proposal_id=proposal_id, comment=body.comment)
    return entry, proposal_out(single.proposal(proposal_id))


@writes(
    router,
    "/policy-proposals/{proposal_id}/reject",
    scope="policy:write",
    out=ProposalOut,
    example={"reason": "Counsel asks for a longer window."},
)
def reject_policy(request: HttpRequest, proposal_id: str, body: RejectionIn) -> tuple[Any, ProposalOut]:
    """Reject a proposal, or take your own back."""
    entry = do(request, actions.reject_policy, proposal_id=proposal_id, reason=body.reason)
    return entry, proposal_out(single.proposal(proposal_id))
