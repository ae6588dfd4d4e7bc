"""Submitting a draft, approving it, asking for changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from clarion.rules import review, waivers
from clarion.rules.access import Actor, require, role_for
from clarion.rules.contradictions import Contradiction, unexplained
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid
from clarion.rules.plaintext import require_storable
from clarion.rules.statements import stated
from clarion.rules.types import Reason, reasons_json
from clarion.rules.waivers import Found
from clarion.store import beginning, composing, consistency, findings, promises, records, reviews, states
from clarion.store.models import Approval, Draft, DraftVersion, LedgerEntry, User
from clarion.store.people import as_reviewer
from clarion.store.policies import numbered

#: Contradictions that one refusal names.
MOST_TOLD = 5
#: Characters of a remark, or of the reason why warnings stand.
LONGEST_REASON = 5000
RESUBMITTED = "the draft was submitted again"


def submit_draft(
    *,
    draft_id: str,
    version: int,
    confirmed: Collection[str] = (),
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """Asks for review of exactly this version; opens the approval window.

    ``confirmed`` are fingerprints of the warnings that this person has read and lets stand, and ``reason``
    may say why. Submitting again, after changes were asked for or a review ran out, voids what was said
    before.
    """
    require(actor, "drafts:write")
    require_storable(reason=reason)
    draft, newest = _locked(draft_id, version)
    disagree = consistency.found(newest)
    _refuse_submission(draft, newest, disagree, now)
    found = findings.found_in(newest, now)
    _refuse_findings(draft, found, confirmed)
    voided = reviews.void(draft, RESUBMITTED, now)
    Draft.objects.filter(id=draft.id).update(
        state="in_review",
        submitted_at=now,
        review_until=_review_until(draft, newest, now),
        warnings_confirmed=sorted(set(confirmed)),
    )
    told = {
        "window_due_at": reviews.open_window(draft, now).due_at.isoformat(),
        "required": [item.role for item in reviews.required_reviews(newest, found)],
        "approvals_voided": voided,
        "entered_although": reasons_json(states.verdict(newest, now).reasons),
        "contradictions": [_disagrees(each) for each in disagree],
        "findings": [_noted(each) for each in found],
    }
    said = {f"contradictions.{each.key}": each.text for each in disagree}
    if reason.strip():
        said["reason"] = reason.strip()[:LONGEST_REASON]
    return _submitted(draft, newest, told, said, waivers.of_severity(found, "warn"), actor, now)


def _submitted(
    draft: Draft,
    version: DraftVersion,
    told: dict[str, Any],
    said: dict[str, str],
    warnings: list[Found],
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """The entry of a request for review, signed by whoever asks for every warning that stands."""
    role = role_for(actor, "drafts:write")
    signed, words = waivers.signed(warnings, person=actor.person_id, role=role, at=now)
    return records.draft_entry(
        "draft.submitted",
        draft,
        version,
        actor=actor,
        now=now,
        data=told | {"waivers": signed},
        texts=records.stated(version) | said | words,
    )


def _disagrees(each: Contradiction) -> dict[str, str]:
    """A contradiction in the ledger: its sentence, and why it was let stand, stand beside by its key."""
    return {"key": each.key, "code": each.code, "topic": each.topic}


def _refuse_submission(
    draft: Draft, newest: DraftVersion, disagree: list[Contradiction], now: datetime
) -> None:
    if draft.state == "in_review" and draft.review_until and now < draft.review_until:
        raise AlreadyDone("This version is in review already.")
    if draft.state in review.CLOSED or draft.state == "approved":
        raise Conflict(f"This draft is {draft.state}; it cannot be submitted.")
    if reasons := beginning.too_early(newest):
        raise Conflict(f"{reasons[0].text} Confirm the incident, then submit.")
    if reasons := reviews.overtaken(draft, newest, now):
        because = " ".join(reason.text for reason in reasons)
        raise Conflict(f"The incident has changed since. {because} Edit it, then submit it.")
    if problem := promises.no_change_problem(newest, now):
        raise Invalid(problem, field="ruled_out")
    entry = states.verdict(newest, now)
    if not entry.allowed:
        raise Invalid(entry.because, field="incident_state")
    if left := unexplained(disagree, stated(newest.statements).explained):
        told = " ".join(each.text for each in left[:MOST_TOLD])
        raise Invalid(f"{told} Write it the same, or say why it differs.", field="statements.differences")
    if newest.next_update_at is not None and newest.next_update_at <= now:
        raise Invalid(
            "The next update is promised for a time that has passed. Edit it.", field="next_update_at"
        )


def _refuse_findings(draft: Draft, found: list[Found], confirmed: Collection[str]) -> None:
    """Refuses while something stops the text, or while a warning is not confirmed; names the first."""
    if blocked := waivers.blocking(found, findings.waived(draft)):
        one = blocked[0].finding
        raise Conflict(
            f"{_count(blocked, 'finding')} in the text {_stop(blocked)} it, {one.rule} first: {one.reason} "
            f"{one.advice} Or counsel overrides it.",
            field="findings",
        )
    if open_ones := waivers.unconfirmed(found, confirmed):
        one = open_ones[0].finding
        raise Invalid(
            f"{_count(open_ones, 'warning')} must be mended or confirmed, {one.rule} first: {one.reason}",
            field="confirmed",
        )


def _count(found: list[Found], noun: str) -> str:
    return f"{len(found)} {noun}{'' if len(found) == 1 else 's'}"


def _stop(found: list[Found]) -> str:
    return "stops" if len(found) == 1 else "stop"


def _noted(each: Found) -> dict[str, str]:
    finding = each.finding
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "audience": each.audience,
        "fingerprint": finding.fingerprint,
    }


def _review_until(draft: Draft, newest: DraftVersion, now: datetime) -> datetime:
    """When this review runs out: after the time that policy gives it, or when its text becomes untrue."""
    limit = now + timedelta(minutes=numbered(draft.incident.policy_version).review_valid_minutes)
    # From then on the text promises, or estimates, something for a time that has passed.
    ends = (newest.next_update_at, composing.estimate_until(draft.incident, newest))
    return min([limit, *(at for at in ends if at is not None)])


def decide(
    *,
    draft_id: str,
    version: int,
    digest: str,
    role: str,
    decision: str,
    comment: str,
    looked_at: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """One person approves exactly what they saw, or asks for changes, in one role.

    ``looked_at`` are fingerprints of the findings that this approval answers for: all that are found for
    the role. ``digest`` is the one shown with the text: if it is not the newest version's, the person saw
    something else and is told so. The last missing approval makes the draft approved, in the same
    transaction.
    """
    require(actor, "reviews:write")
    review.require_word(decision, comment)
    draft, newest = _locked(draft_id, version)
    if digest != newest.digest:
        raise Conflict(
            "The text differs from the one you were shown. Read it again before you decide.", field="digest"
        )
    person = User.objects.get(id=actor.person_id)
    standing = reviews.standing(draft, newest, now)
    _judge(standing, person, role, now)
    seen = _looked_at(standing.found, role, looked_at) if decision == "approved" else []
    lapsed = reviews.void_lapsed(draft, newest, now)
    policy = numbered(draft.incident.policy_version)
    expires_at = now + timedelta(minutes=policy.approval_valid_minutes)
    approval = Approval.objects.create(
        version=newest,
        role=role,
        person=person,
        decision=decision,
        digest=newest.digest,
        comment=comment.strip()[:LONGEST_REASON],
        findings=sorted({each.finding.fingerprint for each in seen}),
        at=now,
        expires_at=min(expires_at, draft.review_until) if draft.review_until else expires_at,
    )
    return _after_decision(standing, newest, approval, seen, lapsed, actor, now)


def _looked_at(found: list[Found], role: str, said: Collection[str]) -> list[Found]:
    """The findings that an approval in this role answers for; raises Invalid unless all were looked at."""
    wanted = waivers.to_look_at(found, role)
    if unseen := [each for each in wanted if each.finding.fingerprint not in said]:
        one = unseen[0].finding
        raise Invalid(
            f"Look at {_count(unseen, 'finding')} before you approve, {one.rule} first: {one.reason}",
            field="looked_at",
        )
    return wanted


def _judge(standing: reviews.Standing, person: User, role: str, now: datetime) -> None:
    verdict = standing.verdict(as_reviewer(person), role, now)
    if not verdict.allowed:
        kind = (
            Forbidden if verdict.reasons[0].code in ("role_missing", "author", "one_role_each") else Conflict
        )
        raise kind(verdict.because, field="role")


def _after_decision(
    before: reviews.Standing,
    version: DraftVersion,
    approval: Approval,
    seen: list[Found],
    lapsed: tuple[Reason, ...],
    actor: Actor,
    now: datetime,
) -> LedgerEntry:
    """Moves the draft on and writes the one entry that says what came of this decision."""
    draft = before.draft
    outcome = reviews.outcome(draft, version, now, found=before.found)
    kind = "draft.approval_given"
    closed: list[str] = []
    if approval.decision == "changes_requested":
        kind = "draft.changes_requested"
        Draft.objects.filter(id=draft.id).update(state="changes_requested")
        closed = records.cancel_deadlines("approval_window", draft=draft, now=now)
    elif outcome.complete:
        kind = "draft.approved"
        closed = reviews.complete(draft, by=f"approval:{approval.id}", now=now)
    signed, words = waivers.signed(seen, person=approval.person_id, role=approval.role, at=now)
    return records.draft_entry(
        kind,
        draft,
        version,
        actor=actor,
        now=now,
        data={
            "role": approval.role,
            "person": approval.person_id,
            "decision": approval.decision,
            "waivers": signed,
            "expires_at": approval.expires_at.isoformat(),
            "still_missing": [item.role for item in outcome.missing],
            "lapsed": reasons_json(lapsed),
            "deadlines_closed": closed,
        },
        texts=words | ({"comment": approval.comment} if approval.comment else {}),
    )


def _locked(draft_id: str, version: int) -> tuple[Draft, DraftVersion]:
    """The draft held against other writers, and its newest version if that is the one meant."""
    draft = records.hold_draft(draft_id)
    newest = draft.versions.latest("number")
    if version != newest.number:
        raise Conflict(f"Version {newest.number} was written meanwhile; read it first.", field="version")
    return draft, newest
