"""Policy: who is told, in which rhythm, who reviews."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.actions import setup as actions
from clarion.store.queries import people, single
from clarion.web.api.draft_schemas import PersonRef, person_ref
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import Cursor, Input, Limit, Output, Page, Stamp, page

router = Router(tags=["policy"])


class PolicyIn(Input):
    document: Annotated[str, Field(max_length=200_000, description="The whole policy, as YAML.")]


class PolicySummary(Output):
    number: int
    author: PersonRef | None = Field(description="null when it came with Clarion.")
    installed_at: Stamp


class PolicyOut(PolicySummary):
    document: str = Field(description="YAML.")


def _plain(row: Any) -> dict[str, Any]:
    return {"number": row.number, "author": person_ref(row.author), "installed_at": row.at}


def policy_out(row: Any) -> PolicyOut:
    return PolicyOut(**_plain(row), document=row.document)


@reads(router, "/policy", scope="policy:read", out=PolicyOut)
def read_current_policy(request: HttpRequest) -> PolicyOut:
    """Read the policy in force. Running incidents keep the one they began under."""
    return policy_out(single.newest_policy())


@reads(router, "/policies", scope="policy:read", out=Page[PolicySummary])
def list_policies(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Page[PolicySummary]:
    """List all versions, newest first."""
    return page(
        request,
        people.policies(),
        lambda row: PolicySummary(**_plain(row)),
        by=("-number",),
        limit=limit,
        cursor=cursor,
    )


@reads(router, "/policies/{int:number}", scope="policy:read", out=PolicyOut)
def read_policy(request: HttpRequest, number: int) -> PolicyOut:
    """Read one version."""
    return policy_out(single.policy(number))


@writes(router, "/policies", scope="settings:write", status=201, out=PolicyOut, example={"document": "…"})
def install_policy(request: HttpRequest, body: PolicyIn) -> tuple[Any, PolicyOut]:
    """Install a new version. A document that cannot be used is refused with every place that is wrong."""
    entry = do(request, actions.install_policy, document=body.document)
    return entry, policy_out(single.policy(int(subject_id(entry))))
