"""How policies, proposals and what they would change are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from clarion.rules.documents import Documents
from clarion.rules.waivers import Found
from clarion.rules.yaml_lines import LONGEST_DOCUMENT
from clarion.store.policies import differences, documents
from clarion.store.queries import single
from clarion.store.replays import Replay, Rereading
from clarion.web.api.draft_schemas import PersonRef, person_ref
from clarion.web.api.schemas import Input, LongText, Output, Stamp

Document = Annotated[str, Field(max_length=LONGEST_DOCUMENT, description="The whole policy, as YAML.")]
Templates = Annotated[
    str,
    Field(
        max_length=LONGEST_DOCUMENT,
        description="The whole templates, as YAML; empty for those that come with Clarion.",
    ),
]
LintRules = Annotated[
    str,
    Field(
        max_length=LONGEST_DOCUMENT,
        description="All lint rules of the organisation, as YAML; empty for none beside those of Clarion.",
    ),
]


class ProposalIn(Input):
    """What is left out stays as it is in force."""

    document: Document | None = None
    templates: Templates | None = None
    lint_rules: LintRules | None = None
    reason: LongText
    base_number: int | None = Field(
        default=None,
        description="The version that was changed; the proposal is refused when another is newest.",
    )


class ApprovalIn(Input):
    comment: LongText = ""


class RejectionIn(Input):
    reason: LongText


class PolicySummary(Output):
    number: int
    author: PersonRef | None = Field(description="null when it came with Clarion.")
    approved_by: PersonRef | None = Field(description="null for the first version alone.")
    installed_at: Stamp


class DocumentsOut(Output):
    """The three documents of a version, as YAML."""

    document: str = Field(description="The policy.")
    templates: str = Field(description="The templates; those that come with Clarion where none are its own.")
    lint_rules: str = Field(description="The organisation's lint rules; may be empty.")


class PolicyOut(PolicySummary, DocumentsOut):
    pass


class PolicySchemaOut(Output):
    """A JSON Schema (2020-12)."""

    model_config = ConfigDict(extra="allow")

    title: str


class RuleChangeOut(Output):
    place: str = Field(description="Such as cadence.sev-1.")
    kind: str = Field(description="`added`, `removed`, `changed` or `moved`.")
    details: list[str]


class ChangesOut(Output):
    """What differs, in the order of each document."""

    changes: list[RuleChangeOut] = Field(description="Of the policy, rule by rule.")
    template_changes: list[RuleChangeOut] = Field(description="Of the templates, text by text.")
    lint_rule_changes: list[RuleChangeOut] = Field(description="Of the lint rules, rule by rule.")


class PolicyDiffOut(ChangesOut):
    before: int
    after: int


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


class ProposalOut(ProposalSummary, DocumentsOut, ChangesOut):
    """The documents as they would be, and what changes in the version they were written for."""


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


class RuleFinding(Output):
    """A finding of one of the organisation's lint rules."""

    rule: str
    severity: str
    audience: str
    words: str


class RereadOut(Output):
    """A published update in which the lint rules find something else."""

    update: str
    incident: str
    published_at: Stamp
    new: list[RuleFinding]
    gone: list[RuleFinding]


class ReplayOut(Output):
    tried: int = Field(description="How many incidents were tried, the newest ones.")
    different: list[ReplayedOut]
    updates_tried: int = Field(
        description="How many published updates were read again, the newest ones; 0 if no lint rule changes."
    )
    updates_different: list[RereadOut]


def policy_summary(row: Any) -> PolicySummary:
    return PolicySummary(**_policy(row))


def policy_out(row: Any) -> PolicyOut:
    return PolicyOut(**_policy(row), **asdict(documents(row)))


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
    told = documents(row)
    changes = changes_out(documents(single.policy(row.base_number)), told)
    return ProposalOut(**_proposal(row), **asdict(told), **changes)


def changes_out(before: Documents, after: Documents) -> dict[str, list[RuleChangeOut]]:
    """The fields of ``ChangesOut``."""
    found = differences(before, after)
    named = {"changes": "document", "template_changes": "templates", "lint_rule_changes": "lint_rules"}
    return {
        field: [RuleChangeOut(**change.as_json()) for change in found[name]] for field, name in named.items()
    }


def _proposal(row: Any) -> dict[str, Any]:
    plain = ("id", "state", "reason", "base_number", "decided_at", "comment", "number")
    return {
        **{name: getattr(row, name) for name in plain},
        "author": person_ref(row.author),
        "proposed_at": row.at,
        "decided_by": person_ref(row.decided_by),
    }


def replay_out(found: Replay, read_again: Rereading) -> ReplayOut:
    return ReplayOut(
        updates_tried=read_again.tried,
        updates_different=[
            RereadOut(
                update=each.id,
                incident=each.incident_id,
                published_at=each.published_at,
                new=_findings(each.new),
                gone=_findings(each.gone),
            )
            for each in read_again.different
        ],
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


def _findings(found: Iterable[Found]) -> list[RuleFinding]:
    return [
        RuleFinding(
            rule=each.finding.rule,
            severity=each.finding.severity,
            audience=each.audience,
            words=each.finding.words,
        )
        for each in found
    ]
