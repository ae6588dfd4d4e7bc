"""A draft's review as the rules see it, read from its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clarion.rules import review, waivers
from clarion.rules.policy import RequiredReview, by_two_people
from clarion.rules.types import Reason, Verdict
from clarion.rules.waivers import Found
from clarion.store import (
    beginning,
    carrying,
    composing,
    consistency,
    decisions,
    findings,
    promises,
    records,
    states,
)
from clarion.store.models import Approval, Deadline, Draft, DraftVersion, Incident
from clarion.store.people import as_reviewer, authors


def required_reviews(version: DraftVersion, found: Iterable[Found]) -> tuple[RequiredReview, ...]:
    """Who must approve: those policy names for the incident, and those whom what was ``found`` calls for."""
    asked = (
        RequiredReview(item["role"], Reason(**item["reason"]))
        for item in version.draft.incident.requirements["reviews"]
    )
    # Decisions from before two people were asked for every draft may name fewer.
    return waivers.required(by_two_people(asked), found)


def words_on(version: DraftVersion) -> list[review.Word]:
    """What was said of this version, each by the person as they are now."""
    found = Approval.objects.filter(version=version).select_related("person").order_by("at")
    return [_word(approval) for approval in found]


def _word(approval: Approval) -> review.Word:
    return review.Word(
        reviewer=as_reviewer(approval.person),
        role=approval.role,
        decision=approval.decision,
        digest=approval.digest,
        expires_at=approval.expires_at,
        voided=approval.voided_at is not None,
    )


def void_lapsed(draft: Draft, version: DraftVersion, now: datetime) -> tuple[Reason, ...]:
    """Voids the approvals that no longer count, so that they hold nobody's place; returns why, each."""
    written_by = authors(draft)
    reasons = []
    for approval in version.approvals.filter(voided_at=None).select_related("person").order_by("at"):
        reason = review.lapse(_word(approval), authors=written_by, now=now)
        if reason is not None:
            Approval.objects.filter(id=approval.id).update(voided_at=now, void_reason=reason.text[:200])
            reasons.append(reason)
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides a review, read once from its rows: ask it as often as there are roles and people."""

    draft: Draft
    digest: str
    required: tuple[RequiredReview, ...]
    authors: set[str]
    words: list[review.Word]
    found: list[Found]
    """What lint finds in the version, which may call for further roles."""

    def outcome(self, now: datetime) -> review.Outcome:
        """Where the review stands at ``now``."""
        return review.outcome(
            digest=self.digest, required=self.required, authors=self.authors, words=self.words, now=now
        )

    def verdict(self, reviewer: review.Reviewer, role: str, now: datetime) -> Verdict:
        """Whether this person may decide in this role at ``now``, and if not, why."""
        return review.may_decide(
            reviewer=reviewer,
            role=role,
            state=self.draft.state,
            required=self.required,
            authors=self.authors,
            words=self.words,
            review_until=self.draft.review_until,
            now=now,
        )


def standing(
    draft: Draft, version: DraftVersion, now: datetime, *, found: list[Found] | None = None
) -> Standing:
    """The review of this version as its rows are now.

    ``found`` is what lint finds in it at ``now``, from whoever has asked already: one transaction reads a
    version once, so that all it decides rests on one reading.
    """
    found = findings.found_in(version, now) if found is None else found
    required = required_reviews(version, found)
    return Standing(draft, version.digest, required, authors(draft), words_on(version), found)


def outcome(
    draft: Draft, version: DraftVersion, now: datetime, *, found: list[Found] | None = None
) -> review.Outcome:
    """Where the review of this version stands at ``now``; ``found`` as in ``standing``."""
    return standing(draft, version, now, found=found).outcome(now)


def overtaken(draft: Draft, version: DraftVersion, now: datetime) -> tuple[Reason, ...]:
    """Why this version is not for the incident as it is now, by policy and facts; empty while it is."""
    wanted = draft.incident.requirements
    reasons = review.overtaken(
        records.content_of(version),
        version.digest,
        audiences=wanted["audiences"],
        channels=decisions.channels_for(draft.incident, version.texts),
        left_out=version.left_out,
    )
    reasons += carrying.overtaken(version)
    early = beginning.too_early(version)
    return reasons + early + composing.facts_overtaken(draft.incident, version, now)


def contested(draft: Draft, version: DraftVersion, now: datetime) -> tuple[Reason, ...]:
    """Why what this version says must not go out at ``now``, judged as when review was asked for.

    Facts may have changed since, and another update may have been published.
    """
    problem = promises.no_change_problem(version, draft.submitted_at or now)
    again = (Reason("no_change", problem),) if problem else ()
    return consistency.unanswered(version) + again


def void(draft: Draft, reason: str, now: datetime) -> int:
    """Voids every approval of the draft that still counts; returns how many there were."""
    live = Approval.objects.filter(version__draft=draft, voided_at=None)
    return live.update(voided_at=now, void_reason=reason[:200])


def take_back(draft: Draft, reason: str, now: datetime) -> int:
    """Out of review: it waits for its writers, and what was said of it is void. Returns how much was said."""
    voided = void(draft, reason, now)
    records.cancel_deadlines("approval_window", draft=draft, now=now)
    Draft.objects.filter(id=draft.id).update(
        state="draft", submitted_at=None, review_until=None, warnings_confirmed=[]
    )
    return voided


def send_back(draft: Draft, reasons: Iterable[Reason], now: datetime) -> None:
    """Takes it back because of what changed around it. The caller holds its lock."""
    take_back(draft, " ".join(reason.text for reason in reasons), now)


def open_window(
    draft: Draft, now: datetime, *, owner_role: str = "communications_lead", because: str = ""
) -> Deadline:
    """The time that policy gives for approval, beginning now; an earlier one no longer counts.

    ``because`` says why it is wanted anew, and of whom.
    """
    minutes = draft.incident.requirements["approval_window_minutes"]
    window = timedelta(minutes=minutes)
    records.cancel_deadlines("approval_window", draft=draft, now=now)
    return records.open_deadline(
        "approval_window",
        incident=draft.incident,
        draft=draft,
        owner_role=owner_role,
        reason=f"{draft.incident.severity}: approval within {minutes} minutes. {because}".rstrip(),
        due_at=now + window,
        warn_before=window / 3,
        now=now,
    )


def reopen(draft: Draft, found: review.Outcome, now: datetime) -> dict[str, Any]:
    """Approved before, and somebody is missing now: into review again, with a window of its own for them.

    Returns for the ledger who is missing and why, and when their window ends. A review that has run out gets
    no window: nobody can approve it, and its writers must submit it again. The caller holds its lock.
    """
    Draft.objects.filter(id=draft.id).update(state="in_review")
    told: dict[str, Any] = {"missing": found.missing, "window_due_at": None}
    if draft.review_until is not None and now < draft.review_until:
        because = review.wanted_again(found)
        owner = found.missing[0].role if len(found.missing) == 1 else "communications_lead"
        window = open_window(draft, now, owner_role=owner, because=because)
        told["window_due_at"] = window.due_at.isoformat()
    return told


def complete(draft: Draft, *, by: str, now: datetime) -> list[str]:
    """Approved: its review lacks nothing. ``by`` names what ended it; returns the deadlines that it met."""
    Draft.objects.filter(id=draft.id).update(state="approved")
    return records.satisfy_deadlines("approval_window", incident=draft.incident, draft=draft, by=by, now=now)


def reconsider(incident: Incident, now: datetime) -> tuple[list[str], list[str]]:
    """After policy decided anew: the ids of drafts sent back, and of those whose review lacks nothing now.

    Words that were written for others go back to their writers, and so do those that call the incident what
    it may not be called any more, such as resolved where nobody is asked to confirm it. A review that waited
    only for a role that policy no longer asks for is complete; nobody else could finish it, since everybody
    needed has spoken.
    """
    promises.let_go(incident, now)
    returned, approved = [], []
    for draft in incident.drafts.filter(state__in=("in_review", "approved")).order_by("id"):
        version = draft.versions.latest("number")
        found = outcome(draft, version, now)
        if reasons := overtaken(draft, version, now) or states.unlawful(version, now, filled=found.filled):
            send_back(draft, reasons, now)
            returned.append(draft.id)
        elif draft.state == "in_review" and found.complete:
            complete(draft, by=f"incident:{incident.id}", now=now)
            approved.append(draft.id)
    return returned, approved
