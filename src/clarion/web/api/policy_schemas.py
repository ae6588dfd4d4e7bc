"""How policies, proposals and what they would change are shown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from clarion.rules.policy.diff import diff
from clarion.store.policies import parsed
from clarion.store.queries import single
from clarion.store.replays import Replay
from clarion.web.api.draft_schemas import PersonRef, person_ref
from clarion.web.api.schemas import Input, LongText, Output, Stamp

Document = Annotated[str, Field(max_length=200_000, description="The whole policy, as YAML.")]


class ProposalIn(Input):
    document: Document
    reason: LongText


class ApprovalIn(Input):
    comment: LongText = ""


class RejectionIn(Input):
    reason: LongText


class PolicySummary(Output):
    number: int
    author: PersonRef | None = Field(description="null when it came with Clarion.")
    approved_by: PersonRef | None = Field(description="null for the first version alone.")
    installed_at: Stamp


class PolicyOut(PolicySummary):
    document: str = Field(description="YAML.")


class PolicySchemaOut(Output):
    """A JSON Schema (2020-12)."""

    model_config = ConfigDict(extra="allow")

    title: str


class RuleChangeOut(Output):
    place: str = Field(description="Such as cadence.sev-1.")
    kind: str = Field(description="`added`, `removed`, `changed` or `moved`.")
    details: list[str]


class PolicyDiffOut(Output):
    before: int
    after: int
    changes: list[RuleChangeOut]


class ProposalSummary(Output):
    id: str
    state: str = Field(description="`proposed`, `approved` or `rejected`.")
    reason: str
    base_number: int = Field(description="The version that was in force when it was proposed.")
    author: PersonRef
    proposed_at: Stamp
    decided_by: PersonRef | None
    decided_at: Stamp | None
    comment: str
    number: int | None = Field(description="The version that it became.")


class ProposalOut(ProposalSummary):
    document: str
    changes: list[RuleChangeOut] = Field(description="What it changes in the version it was written for.")


class ConsequenceChange(Output):
    name: str
    before: str
    after: str


class ReplayedOut(Output):
    """An incident that would have been treated differently."""

    incident: str
    title: str
    severity: str
    opened_at: Stamp
    policy_version: int
    changes: list[ConsequenceChange]


class ReplayOut(Output):
    tried: int = Field(description="How many incidents were tried, the newest ones.")
    different: list[ReplayedOut]


def policy_summary(row: Any) -> PolicySummary:
    return PolicySummary(**_policy(row))


def policy_out(row: Any) -> PolicyOut:
    return PolicyOut(**_policy(row), document=row.document)


def _policy(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "author": person_ref(row.author),
        "approved_by": person_ref(row.approved_by),
        "installed_at": row.at,
    }


def proposal_summary(row: Any) -> ProposalSummary:
    return ProposalSummary(**_proposal(row))


def proposal_out(row: Any) -> ProposalOut:
    before = parsed(single.policy(row.base_number).document)
    changes = [RuleChangeOut(**change.as_json()) for change in diff(before, parsed(row.document))]
    return ProposalOut(**_proposal(row), document=row.document, changes=changes)


def _proposal(row: Any) -> dict[str, Any]:
    plain = ("id", "state", "reason", "base_number", "decided_at", "comment", "number")
    return {
        **{name: getattr(row, name) for name in plain},
        "author": person_ref(row.author),
        "proposed_at": row.at,
        "decided_by": person_ref(row.decided_by),
    }


def replay_out(found: Replay) -> ReplayOut:
    return ReplayOut(
        tried=found.tried,
        different=[
            ReplayedOut(
                incident=each.id,
                title=each.title,
                severity=each.severity,
                opened_at=each.opened_at,
                policy_version=each.policy_version,
                changes=[ConsequenceChange(**change.as_json()) for change in each.changes],
            )
            for each in found.different
        ],
    )
