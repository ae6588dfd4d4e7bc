"""Deciding to tell a cause outside before it is confirmed, and taking that decision back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clarion.rules import disclosure as rules
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.store import fact_sheets, ledger, records
from clarion.store.models import Disclosure, LedgerEntry


def decide_disclosure(
    *,
    incident_id: str,
    audiences: Sequence[str],
    role: str,
    reason: str,
    expires_at: datetime,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """One person, in one of their roles, lets these audiences read of the hypothesis until ``expires_at``.

    It changes no text by itself: texts composed from now on may tell the cause, and people review them.
    """
    require(actor, "disclosures:write")
    require_storable(reason=reason)
    incident = records.hold(incident_id)
    if incident is None:
        raise NotFound("There is no such incident.")
    cause = fact_sheets.newest(incident).sheet.cause
    if cause is None:
        raise Conflict("No cause is recorded, so there is nothing to disclose.")
    if cause.confirmed:
        raise AlreadyDone("The cause is confirmed, so it may be told without a decision.")
    if not reason.strip():
        raise Invalid("Say why it is told before it is confirmed.", field="reason")
    named = sorted(set(audiences))
    if found := rules.disclosure_problem(named, expires_at, role, actor.roles, now):
        raise Invalid(found[1], field=found[0])
    decision = Disclosure.objects.create(
        incident=incident,
        person_id=actor.person_id,
        role=role,
        cause=cause.text,
        audiences=named,
        reason=reason.strip()[:5000],
        decided_at=now,
        expires_at=expires_at,
    )
    return ledger.append(
        "disclosure.decided",
        actor=actor,
        subject=f"disclosure:{decision.id}",
        incident=incident,
        at=now,
        data={"role": role, "audiences": named, "expires_at": expires_at.isoformat()},
        texts={"reason": decision.reason, "cause": cause.text},
    )


def withdraw_disclosure(*, disclosure_id: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Takes a decision back: texts composed from now on leave the cause out again."""
    require(actor, "disclosures:write")
    require_storable(reason=reason)
    decision = Disclosure.objects.select_for_update(of=("self",)).filter(id=disclosure_id).first()
    if decision is None:
        raise NotFound("There is no such decision.")
    if decision.withdrawn_at is not None:
        raise AlreadyDone("This decision is withdrawn already.")
    if not reason.strip():
        raise Invalid("Say why it is withdrawn.", field="reason")
    Disclosure.objects.filter(id=decision.id).update(withdrawn_at=now)
    return ledger.append(
        "disclosure.withdrawn",
        actor=actor,
        subject=f"disclosure:{decision.id}",
        incident=decision.incident,
        at=now,
        data={"role": decision.role, "audiences": decision.audiences},
        texts={"reason": reason.strip()},
    )
