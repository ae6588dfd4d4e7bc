"""Findings: what lint found in a draft, counsel's overrides, and suggestions applied."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from clarion.actions import draft as draft_actions
from clarion.actions import finding as actions
from clarion.rules.lint import SEVERITIES
from clarion.store.queries import drafts
from clarion.store.queries import findings as queries
from clarion.web.api.auth import caller
from clarion.web.api.draft_schemas import DraftOut, PersonRef, draft_out
from clarion.web.api.operations import do, reads, writes
from clarion.web.api.schemas import Input, LongText, Output, Stamp

router = Router(tags=["findings"])

Severity = Annotated[str, Field(json_schema_extra={"enum": list(SEVERITIES)})]


class WaiverIn(Input):
    version: int = Field(description="The version that was read.")
    reason: LongText = Field(description="Why the text may go out as it is.")


class ApplyIn(Input):
    version: int = Field(
        description="The version that was read; if it is not the newest, nothing is written."
    )


class WaiverOut(Output):
    """Counsel's override."""

    person: PersonRef
    reason: str
    at: Stamp


class FindingOut(Output):
    """What a careful reviewer would want to look at, and why."""

    fingerprint: str = Field(description="The same while rule, audience and sentence are the same.")
    rule: str
    family: str
    severity: Severity
    role: str = Field(description="The review role that answers for it.")
    audience: str
    part: str = Field(description="`title`, `body`, or `link`: the target of a link in the body.")
    start: int = Field(description="Offset in characters in the part as it was written.")
    end: int
    words: str = Field(description="What stands there; empty for what is missing.")
    reason: str
    advice: str
    replacement: str | None = Field(description="Text that can stand in by itself, if there is one.")
    waiver: WaiverOut | None
    you_may_waive: bool
    because: str = Field(description="Why you may not; empty when you may.")


class JurisdictionOut(Output):
    """A jurisdiction whose rules the texts are read by."""

    code: str
    label: str
    reasons: list[str]


class SignedOut(Output):
    """One finding that a person let stand, as the ledger has it."""

    rule: str
    severity: Severity
    audience: str
    fingerprint: str
    words: str | None = Field(description="Empty for what was missing; null once erased.")
    person: PersonRef
    role: str
    reason: str | None = Field(description="What this person said besides; null once erased.")
    version: int
    at: Stamp


class FindingList(Output):
    version: int
    items: list[FindingOut]
    jurisdictions: list[JurisdictionOut]
    waivers: list[SignedOut] = Field(
        description="Every finding that somebody let stand in this draft, in earlier versions too."
    )


def _finding_out(line: queries.FindingLine) -> FindingOut:
    waiver = line.waiver
    return FindingOut(
        **{
            name: value
            for name, value in line.found.finding.as_json().items()
            if name in FindingOut.model_fields
        },
        audience=line.found.audience,
        waiver=WaiverOut(
            person=PersonRef(id=waiver.person.id, name=waiver.person.name),
            reason=waiver.reason,
            at=waiver.at,
        )
        if waiver
        else None,
        you_may_waive=line.verdict.allowed,
        because=line.verdict.because,
    )


def _listed(request: HttpRequest, draft_id: str) -> FindingList:
    who = caller(request)
    view = drafts.draft_view(draft_id, person=who.person, now=who.now)
    found, version = queries.findings_of(view.version, view.found, person=who.person), view.version
    return FindingList(
        version=version.number,
        items=[_finding_out(line) for line in found.lines],
        jurisdictions=[
            JurisdictionOut(code=each.code, label=each.label, reasons=list(each.reasons))
            for each in found.jurisdictions
        ],
        waivers=[_signed_out(each) for each in queries.signed(view.draft)],
    )


def _signed_out(each: queries.SignedWaiver) -> SignedOut:
    kept = {name: getattr(each, name) for name in SignedOut.model_fields if name != "person"}
    return SignedOut(**kept, person=PersonRef(id=each.person.id, name=each.person.name))


@reads(router, "/drafts/{draft_id}/findings", scope="drafts:read", out=FindingList)
def list_findings(request: HttpRequest, draft_id: str) -> FindingList:
    """List what is found in the newest version, text by text, the gravest first.

    A `block` stops the draft until counsel overrides it. A `review` needs the approval in its role to
    name it in `looked_at`. A `warn` must be named in `confirmed` when the draft is submitted. An `info`
    is advice.
    """
    return _listed(request, draft_id)


@writes(
    router,
    "/drafts/{draft_id}/findings/{fingerprint}/waiver",
    scope="reviews:write",
    status=201,
    out=FindingList,
    example={"version": 2, "reason": "The regulation itself uses this word."},
)
def waive_finding(
    request: HttpRequest, draft_id: str, fingerprint: str, body: WaiverIn
) -> tuple[Any, FindingList]:
    """Override a finding that stops the draft, as counsel who wrote none of it.

    It holds for exactly this sentence in this draft.
    """
    entry = do(
        request,
        actions.waive_finding,
        draft_id=draft_id,
        version=body.version,
        fingerprint=fingerprint,
        reason=body.reason,
    )
    return entry, _listed(request, draft_id)


@writes(
    router,
    "/drafts/{draft_id}/findings/{fingerprint}/apply",
    scope="drafts:write",
    status=201,
    out=DraftOut,
    example={"version": 2},
)
def apply_suggestion(
    request: HttpRequest, draft_id: str, fingerprint: str, body: ApplyIn
) -> tuple[Any, DraftOut]:
    """Write the next version with the suggested text in the place of what was found."""
    who, version = caller(request), queries.shown(draft_id, body.version)
    entry = do(request, draft_actions.edit_draft, **queries.rewritten(version, fingerprint, who.now))
    return entry, draft_out(drafts.draft_view(draft_id, person=who.person, now=who.now))
