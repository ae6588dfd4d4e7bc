"""The fact sheet: what is known, its cause, its estimate, and decisions to disclose."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from clarion.actions import disclosure as disclosure_actions
from clarion.actions import facts as actions
from clarion.rules.draft import PHASES
from clarion.rules.errors import Invalid
from clarion.store.queries import facts as queries
from clarion.store.queries import incidents
from clarion.web.api.auth import caller
from clarion.web.api.fact_schemas import (
    CauseIn,
    DeterminationIn,
    DisclosureIn,
    DisclosureOut,
    EstimateIn,
    FactsIn,
    FactsOut,
    FactVersionOut,
    WhyIn,
    disclosure_out,
    fact_version_out,
    facts_out,
)
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import Cursor, Limit, Page, page

router = Router(tags=["facts"])


def _shown(request: HttpRequest, incident_id: str, phase: str = "update") -> FactsOut:
    incident, now = incidents.incident(incident_id), caller(request).now
    return facts_out(queries.facts_view(incident, now), queries.owed(incident, phase, now))


@reads(router, "/incidents/{incident_id}/facts", scope="incidents:read", out=FactsOut)
def read_facts(
    request: HttpRequest,
    incident_id: str,
    phase: Annotated[str, Query(description="The kind of update that `owed` is asked for.")] = "update",
) -> FactsOut:
    """Read the fact sheet as it stands: each fact, its state, who may read of the cause, what is owed."""
    if phase not in PHASES:
        raise Invalid(f"{phase!r} is not one of {', '.join(PHASES)}.", field="phase")
    return _shown(request, incident_id, phase)


@writes(
    router,
    "/incidents/{incident_id}/facts",
    method="PUT",
    scope="facts:write",
    out=FactsOut,
    example={
        "base_version": 0,
        "impact": "declined card payments",
        "affected": {"percent": 20, "regions": ["Europe"]},
        "started_at": "2026-03-01T14:00:00Z",
        "no_action_needed": True,
        "our_action": "moving payments to the second provider",
        "confirmed": ["impact"],
    },
)
def record_facts(request: HttpRequest, incident_id: str, body: FactsIn) -> tuple[Any, FactsOut]:
    """Write the next version of the fact sheet; cause and estimate have addresses of their own.

    Nothing is written when a newer version than `base_version` exists. What was confirmed and says something
    else now is not confirmed any more.
    """
    told = {"base_version": body.base_version, "facts": body.values()}
    entry = do(request, actions.record_facts, incident_id=incident_id, **told)
    return entry, _shown(request, incident_id)


@reads(router, "/incidents/{incident_id}/facts/versions", scope="incidents:read", out=Page[FactVersionOut])
def list_fact_versions(
    request: HttpRequest, incident_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[FactVersionOut]:
    """List all versions of the fact sheet with what each changed, newest first."""
    found = queries.versions_of(incidents.incident(incident_id))
    return page(
        request,
        found,
        lambda row: fact_version_out(row, queries.changes_in(row)),
        by=("-number",),
        limit=limit,
        cursor=cursor,
    )


@writes(
    router,
    "/incidents/{incident_id}/facts/cause",
    method="PUT",
    scope="facts:write",
    out=FactsOut,
    example={"base_version": 1, "text": "An expired certificate of the payment provider"},
)
def record_cause(request: HttpRequest, incident_id: str, body: CauseIn) -> tuple[Any, FactsOut]:
    """Record the cause, as a hypothesis or confirmed.

    A hypothesis stays out of texts for the outside until it is confirmed or a decision to disclose it is
    recorded. Confirming it needs the role Accuracy reviewer.
    """
    told = {"base_version": body.base_version, "text": body.text, "confirmed": body.confirmed}
    entry = do(request, actions.record_cause, incident_id=incident_id, **told)
    return entry, _shown(request, incident_id)


@writes(
    router,
    "/incidents/{incident_id}/facts/determinations/{fact}",
    method="PUT",
    scope="determinations:write",
    out=FactsOut,
    example={"base_version": 1, "answer": "no", "reason": "The access logs are complete and show none."},
)
def record_determination(
    request: HttpRequest, incident_id: str, fact: str, body: DeterminationIn
) -> tuple[Any, FactsOut]:
    """Determine whether something is so that changes which words are right.

    `breach_determined` is for the role Legal counsel, `access_confirmed` and `security_confirmed` for the
    role Accuracy reviewer.
    """
    told = {"base_version": body.base_version, "answer": body.answer, "reason": body.reason}
    entry = do(request, actions.record_determination, incident_id=incident_id, fact=fact, **told)
    return entry, _shown(request, incident_id)


@writes(
    router,
    "/incidents/{incident_id}/facts/estimate",
    method="PUT",
    scope="facts:write",
    out=FactsOut,
    example={
        "at": "2026-03-01T16:00:00Z",
        "basis": "The restore has run for an hour and is half done.",
        "confidence": "medium",
    },
)
def record_estimate(request: HttpRequest, incident_id: str, body: EstimateIn) -> tuple[Any, FactsOut]:
    """Give an estimated time to resolution, with the engineering assessment behind it.

    Texts give it with its caveat until it expires; then a new one or its withdrawal is due.
    """
    entry = do(
        request,
        actions.record_estimate,
        incident_id=incident_id,
        at=body.at,
        basis=body.basis,
        assessor_id=body.assessor,
        confidence=body.confidence,
        as_of=body.as_of,
        expires_at=body.expires_at,
        caveat=body.caveat,
    )
    return entry, _shown(request, incident_id)


@writes(
    router,
    "/incidents/{incident_id}/facts/estimate/withdraw",
    scope="facts:write",
    out=FactsOut,
    example={"reason": "The restore failed; it is being assessed anew."},
)
def withdraw_estimate(request: HttpRequest, incident_id: str, body: WhyIn) -> tuple[Any, FactsOut]:
    """Take the estimate back, with a reason."""
    entry = do(request, actions.withdraw_estimate, incident_id=incident_id, reason=body.reason)
    return entry, _shown(request, incident_id)


@reads(router, "/incidents/{incident_id}/disclosures", scope="incidents:read", out=Page[DisclosureOut])
def list_disclosures(
    request: HttpRequest, incident_id: str, limit: Limit = 50, cursor: Cursor = ""
) -> Page[DisclosureOut]:
    """List the decisions to disclose the cause before it is confirmed, newest first."""
    found = queries.disclosures_of(incidents.incident(incident_id))
    return page(request, found, disclosure_out, by=("-decided_at", "-id"), limit=limit, cursor=cursor)


@writes(
    router,
    "/incidents/{incident_id}/disclosures",
    scope="disclosures:write",
    status=201,
    out=DisclosureOut,
    example={
        "audiences": ["customers"],
        "role": "communications_lead",
        "reason": "The provider has published the cause itself.",
        "expires_at": "2026-03-02T14:05:00Z",
    },
)
def decide_disclosure(
    request: HttpRequest, incident_id: str, body: DisclosureIn
) -> tuple[Any, DisclosureOut]:
    """Decide that these audiences may read of the cause before it is confirmed.

    It is bound to the hypothesis as it is worded now, changes no text, and ends by itself.
    """
    entry = do(
        request,
        disclosure_actions.decide_disclosure,
        incident_id=incident_id,
        audiences=body.audiences,
        role=body.role,
        reason=body.reason,
        expires_at=body.expires_at,
    )
    return entry, disclosure_out(queries.disclosure_row(subject_id(entry)))


@writes(
    router,
    "/disclosures/{disclosure_id}/withdraw",
    scope="disclosures:write",
    out=DisclosureOut,
    example={"reason": "It turned out to be another cause."},
)
def withdraw_disclosure(request: HttpRequest, disclosure_id: str, body: WhyIn) -> tuple[Any, DisclosureOut]:
    """Take a decision to disclose back, with a reason."""
    entry = do(
        request,
        disclosure_actions.withdraw_disclosure,
        disclosure_id=disclosure_id,
        reason=body.reason,
    )
    return entry, disclosure_out(queries.disclosure_row(disclosure_id))
