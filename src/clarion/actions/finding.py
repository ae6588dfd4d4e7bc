"""Counsel's override of a finding that stops a draft."""

from __future__ import annotations

from datetime import datetime

from clarion.rules import review, waivers
from clarion.rules.access import Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.rules.plaintext import require_storable
from clarion.rules.waivers import Found
from clarion.store import findings, records
from clarion.store.models import Draft, DraftVersion, LedgerEntry, User, Waiver
from clarion.store.people import as_reviewer, authors


def waive_finding(
    *, draft_id: str, version: int, fingerprint: str, reason: str, actor: Actor, now: datetime
) -> LedgerEntry:
    """Lets the draft go on with this finding in it. Holds for exactly this sentence, and says why."""
    require(actor, "reviews:write")
    require_storable(reason=reason)
    draft = records.hold_draft(draft_id)
    if draft.state in review.CLOSED:
        raise Conflict(f"This draft is {draft.state}.")
    newest = draft.versions.latest("number")
    if version != newest.number:
        raise Conflict(f"Version {newest.number} was written meanwhile; read it first.", field="version")
    found = _found(newest, fingerprint, now)
    if fingerprint in findings.waived(draft):
        raise AlreadyDone("This finding is overridden already.")
    reason = reason.strip()[:5000]
    if not reason:
        raise Invalid("Say why the text may go out as it is.", field="reason")
    person = User.objects.get(id=actor.person_id)
    _judge(person, found, draft)
    told = {
        "rule": found.finding.rule,
        "audience": found.audience,
        "words": found.finding.words,
        "reason": reason,
        "person": person,
        "at": now,
    }
    # In the place of one that no longer counts; the ledger keeps both.
    Waiver.objects.update_or_create(draft=draft, fingerprint=fingerprint, defaults=told)
    signed, words = waivers.signed([found], person=person.id, role=waivers.OVERRIDES, at=now)
    named = {"rule": found.finding.rule, "audience": found.audience}
    return records.draft_entry(
        "finding.waived",
        draft,
        newest,
        actor=actor,
        now=now,
        data=named | {"waivers": signed},
        texts={"reason": reason, **words},
    )


def _found(version: DraftVersion, fingerprint: str, now: datetime) -> Found:
    """The finding of this name in the version as it reads now; raises NotFound."""
    for each in findings.found_in(version, now):
        if each.finding.fingerprint == fingerprint:
            return each
    raise NotFound("Nothing like that is found in the newest version.")


def _judge(person: User, found: Found, draft: Draft) -> None:
    verdict = waivers.may_waive(person=as_reviewer(person), finding=found.finding, authors=authors(draft))
    if not verdict.allowed:
        of_the_text = verdict.reasons[0].code in ("not_blocking", "unlisted")
        raise (Conflict if of_the_text else Forbidden)(verdict.because)
