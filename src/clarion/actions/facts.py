"""The fact sheet: recording facts, the cause, and an estimate with the assessment behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from clarion.rules import fact_checks, terms
from clarion.rules.access import DETERMINING_ROLES, ENGINEERING_ROLE, ROLE_LABELS, Actor, require
from clarion.rules.disclosure import estimate_policy
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.fact_changes import without_stale_confirmations
from clarion.rules.fact_checks import Problem
from clarion.rules.facts import (
    ANSWERS,
    DETERMINATIONS,
    FACTS,
    Affected,
    Cause,
    Determination,
    Estimate,
    FactSheet,
)
from clarion.rules.plaintext import require_storable
from clarion.store import fact_sheets, records
from clarion.store.fact_sheets import Kept
from clarion.store.models import Incident, LedgerEntry, User
from clarion.store.people import as_reviewer
from clarion.store.policies import numbered

#: Facts with an action of their own, since somebody must stand behind them.
OWN_ACTION = ("cause", "estimate", *DETERMINATIONS)


def record_facts(
    *, incident_id: str, base_version: int, facts: Mapping[str, Any], actor: Actor, now: datetime
) -> LedgerEntry:
    """The next version of the sheet: these facts, and empty what is not among them.

    ``facts`` has values by the names of ``rules.facts.FACTS`` and ``confirmed``; those with an action of
    their own stay as they are. What was confirmed and says something else now is not confirmed any more.
    Raises Invalid naming the field, Conflict when ``base_version`` is not the newest.
    """
    require(actor, "facts:write")
    affected = facts.get("affected", Affected())
    require_storable(**{**facts, "affected.regions": affected.regions})
    incident, before = _held(incident_id, base_version)
    for name in facts:
        if name in OWN_ACTION or (name not in FACTS and name != "confirmed"):
            raise Invalid("There is no such fact here.", field=name)
    kept = {name: getattr(before.sheet, name) for name in OWN_ACTION}
    after = without_stale_confirmations(before.sheet, FactSheet(**_stripped(facts), **kept))
    return _write(incident, before, after, part="facts", actor=actor, now=now)


def _stripped(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}


def record_cause(
    *, incident_id: str, base_version: int, text: str, confirmed: bool, actor: Actor, now: datetime
) -> LedgerEntry:
    """What brought it about, as a hypothesis or confirmed; an empty text takes the cause back.

    Whoever records it as confirmed confirms it, and holds the engineering role. Raises Forbidden otherwise.
    """
    require(actor, "facts:write")
    require_storable(text=text)
    incident, before = _held(incident_id, base_version)
    if confirmed and ENGINEERING_ROLE not in actor.roles:
        role = ROLE_LABELS[ENGINEERING_ROLE]
        raise Forbidden(f"A cause is confirmed by somebody with the role {role}.", field="confirmed")
    cause = None
    if text.strip():
        cause = Cause(text.strip())
        was = before.sheet.cause
        if confirmed and was and was.confirmed and was.text == cause.text:
            raise AlreadyDone("This cause is confirmed already.")
        if confirmed:
            cause = replace(cause, state="confirmed", confirmed_by=actor.person_id, confirmed_at=now)
    elif confirmed:
        raise Invalid("Write the cause that you confirm.", field="text")
    return _write(incident, before, replace(before.sheet, cause=cause), part="cause", actor=actor, now=now)


def record_determination(
    *,
    incident_id: str,
    base_version: int,
    fact: str,
    answer: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """What is so about one of ``DETERMINATIONS``, by somebody in the role for it; ``open`` takes it back.

    Raises Forbidden for another role, Invalid naming the field.
    """
    require(actor, "determinations:write")
    require_storable(reason=reason)
    incident, before = _held(incident_id, base_version)
    if fact not in DETERMINATIONS:
        raise NotFound(f"There is no such question. There are: {', '.join(DETERMINATIONS)}.")
    if DETERMINING_ROLES[fact] not in actor.roles:
        role = ROLE_LABELS[DETERMINING_ROLES[fact]]
        raise Forbidden(f"“{FACTS[fact].label}” is determined by somebody with the role {role}.")
    if answer not in (*ANSWERS, "open"):
        raise Invalid(f"{answer!r} is not one of {', '.join(ANSWERS)} or open.", field="answer")
    if not reason.strip():
        raise Invalid("Say what that rests on.", field="reason")
    was = getattr(before.sheet, fact)
    if answer == (was.answer if was else "open"):
        raise AlreadyDone("That is what the sheet says already.")
    said = None if answer == "open" else Determination(answer, actor.person_id, now)
    told: dict[str, Any] = {fact: said}
    return _write(
        incident,
        before,
        replace(before.sheet, **told),
        part="determination",
        actor=actor,
        now=now,
        texts={"reason": reason.strip()[:5000]},
    )


def record_estimate(
    *,
    incident_id: str,
    at: datetime,
    basis: str,
    assessor_id: str,
    confidence: str,
    as_of: datetime | None,
    expires_at: datetime | None,
    caveat: str,
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """An estimated time to resolution with the assessment behind it; opens the deadline to renew it.

    Left out, it was assessed now, holds until its own time and is the actor's own assessment. Raises
    Invalid naming the field for whatever policy or rule is not met.
    """
    require(actor, "facts:write")
    require_storable(basis=basis, caveat=caveat)
    incident, before = _held(incident_id)
    if incident.state not in terms.OPEN_STATES:
        raise Conflict("This incident is closed, so there is nothing to estimate.")
    estimate = Estimate(
        at=at,
        basis=basis.strip(),
        assessor=assessor_id or actor.person_id,
        confidence=confidence,
        as_of=as_of or now,
        expires_at=expires_at or at,
        caveat=caveat.strip(),
    )
    after = replace(before.sheet, estimate=estimate)
    policy = estimate_policy(numbered(incident.policy_version), incident.requirements)
    engineer = _is_engineer(estimate.assessor)
    _refuse(fact_checks.estimate_problems(after, policy=policy, assessor_may=engineer, now=now), "estimate")
    if after == before.sheet:
        raise AlreadyDone("This estimate is recorded already.")
    renewed = _renew_deadline(incident, before.number + 1, estimate, now)
    return _write(incident, before, after, part="estimate", actor=actor, now=now, data=renewed)


def _is_engineer(person_id: str) -> bool:
    person = User.objects.filter(id=person_id).first()
    if person is None:
        raise Invalid("There is no such person.", field="assessor")
    reviewer = as_reviewer(person)
    return reviewer.active and ENGINEERING_ROLE in reviewer.roles


def _renew_deadline(incident: Incident, version: int, estimate: Estimate, now: datetime) -> dict[str, Any]:
    kept = records.satisfy_deadlines("etr", incident=incident, by=f"facts:{version}", now=now)
    deadline = records.open_deadline(
        "etr",
        incident=incident,
        draft=None,
        owner_role="communications_lead",
        reason="The estimate ends then: give a new one with its assessment, or withdraw it.",
        due_at=estimate.expires_at,
        warn_before=timedelta(minutes=incident.requirements["warn_minutes"]),
        now=now,
    )
    return {"deadlines_closed": kept, "deadline_opened": deadline.id}


def withdraw_estimate(*, incident_id: str, reason: str, actor: Actor, now: datetime) -> LedgerEntry:
    """Takes the estimate back, with a reason; from now on no text gives a time."""
    require(actor, "facts:write")
    require_storable(reason=reason)
    incident, before = _held(incident_id)
    if before.sheet.estimate is None:
        raise AlreadyDone("No estimate is recorded.")
    if not reason.strip():
        raise Invalid("Say why it is withdrawn.", field="reason")
    by = f"facts:{before.number + 1}"
    closed = records.satisfy_deadlines("etr", incident=incident, by=by, now=now)
    return _write(
        incident,
        before,
        replace(before.sheet, estimate=None),
        part="estimate",
        actor=actor,
        now=now,
        data={"deadlines_closed": closed},
        texts={"reason": reason.strip()},
    )


def _held(incident_id: str, base_version: int | None = None) -> tuple[Incident, Kept]:
    """The incident held against other writers, and its newest sheet if that is the one that was read."""
    incident = records.hold(incident_id)
    if incident is None:
        raise NotFound("There is no such incident.")
    newest = fact_sheets.newest(incident)
    if base_version is not None and base_version != newest.number:
        raise Conflict(f"Version {newest.number} was recorded meanwhile; look at it first.")
    return incident, newest


def _write(
    incident: Incident, before: Kept, after: FactSheet, *, part: str, actor: Actor, now: datetime, **more: Any
) -> LedgerEntry:
    _refuse(fact_checks.problems(after, now=now), part)
    if after == before.sheet:
        raise AlreadyDone("Nothing differs from what is recorded.")
    return fact_sheets.write(incident, before, after, part=part, actor=actor, now=now, **more)


def _refuse(found: Iterable[Problem], part: str) -> None:
    """Raises Invalid for the first problem, its field as the arguments of this part are called."""
    for problem in found:
        raise Invalid(problem.text, field=problem.field.removeprefix(f"{part}."))
