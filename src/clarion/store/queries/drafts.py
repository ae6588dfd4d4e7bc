"""Drafts and their reviews as screens and programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from clarion.rules import review
from clarion.rules.access import REVIEW_ROLES, ROLE_LABELS
from clarion.rules.contradictions import Contradiction
from clarion.rules.errors import NotFound
from clarion.rules.policy import RequiredReview
from clarion.rules.statements import stated
from clarion.rules.states import move
from clarion.rules.types import Verdict
from clarion.rules.waivers import Found
from clarion.store import consistency, reviews, states
from clarion.store.models import Approval, Comment, Deadline, Draft, DraftVersion, User
from clarion.store.people import as_reviewer, authors


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One required role: who has spoken in it, and whether the person looking may."""

    required: RequiredReview
    label: str
    approval: Approval | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A contradiction and its author's explanation of it; empty while there is none."""

    found: Contradiction
    explanation: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its newest version and where its review stands at the moment asked for."""

    draft: Draft
    version: DraftVersion
    outcome: review.Outcome
    lines: tuple[ReviewLine, ...]
    authors: tuple[User, ...]
    entry: Verdict
    """May the incident be called what the version calls it?"""
    contradictions: tuple[Disagreement, ...]
    """Where the version's texts, the facts and the last update do not agree."""
    move: str
    """Which way that leads; see ``rules.states.move``."""
    found: tuple[Found, ...]
    """What lint finds in the version."""

    @property
    def unexplained(self) -> int:
        """How many contradictions stop the request for review."""
        return sum(not each.explanation for each in self.contradictions)


def _with_windows(found: QuerySet[Draft]) -> QuerySet[Draft]:
    """Each with ``window_due_at``: when the approval window that is open ends; None while none is."""
    windows = Deadline.objects.filter(
        draft=OuterRef("pk"), kind="approval_window", satisfied_at=None, cancelled_at=None
    )
    return found.annotate(window_due_at=Subquery(windows.order_by("-opened_at").values("due_at")[:1]))


def drafts(*, open_only: bool = False) -> QuerySet[Draft]:
    """Newest first."""
    found = _with_windows(Draft.objects.select_related("incident"))
    return found.exclude(state__in=review.CLOSED) if open_only else found


def newest_version(draft_id: str) -> DraftVersion:
    """The version of a draft that people work on; raises NotFound."""
    draft = Draft.objects.select_related("incident").filter(id=draft_id).first()
    if draft is None:
        raise NotFound("There is no such draft.")
    version: DraftVersion = draft.versions.select_related("draft__incident").latest("number")
    return version


def draft_view(draft_id: str, *, person: User | None, now: datetime) -> DraftView:
    """Everything about one draft; raises NotFound. ``person`` is who looks, to say what they may do."""
    draft = drafts().filter(id=draft_id).first()
    if draft is None:
        raise NotFound("There is no such draft.")
    version = draft.versions.latest("number")
    standing = reviews.standing(draft, version, now)
    looking = as_reviewer(person) if person else review.Reviewer(id="", roles=frozenset(), active=False)
    live = {a.role: a for a in version.approvals.filter(voided_at=None).select_related("person")}
    lines = tuple(
        ReviewLine(
            required=item,
            label=ROLE_LABELS[item.role],
            approval=live.get(item.role),
            verdict=standing.verdict(looking, item.role, now),
        )
        for item in standing.required
    )
    return DraftView(
        draft=draft,
        version=version,
        outcome=standing.outcome(now),
        lines=lines,
        authors=tuple(User.objects.filter(id__in=standing.authors).order_by("name")),
        entry=states.verdict(version, now),
        contradictions=disagreements(version),
        move=move(draft.incident.state, version.incident_state),
        found=tuple(standing.found),
    )


def disagreements(version: DraftVersion) -> tuple[Disagreement, ...]:
    """Where this version's texts, the facts and the last update do not agree, each with its explanation."""
    explained = stated(version.statements).explained
    found = consistency.found(version)
    return tuple(Disagreement(each, explained.get(each.key, "")) for each in found)


def versions_of(draft: Draft) -> QuerySet[DraftVersion]:
    """All versions, newest first."""
    return draft.versions.select_related("author").order_by("-number")


def approvals_of(draft: Draft) -> QuerySet[Approval]:
    """Every word ever said on the draft, voided ones too, oldest first."""
    return Approval.objects.filter(version__draft=draft).select_related("person", "version").order_by("at")


def comments_of(draft: Draft) -> QuerySet[Comment]:
    return Comment.objects.filter(version__draft=draft).select_related("person", "version").order_by("at")


def waiting_for(person: User, now: datetime) -> list[tuple[Draft, RequiredReview]]:
    """Drafts in review that this person could decide on now, each with the role and why it is asked for.

    Only these are read with lint: nobody without a reviewer's role, and no author, decides on a draft.
    """
    reviewer = as_reviewer(person)
    if not reviewer.active or not reviewer.roles & set(REVIEW_ROLES):
        return []
    found = []
    for draft in drafts().filter(state="in_review", review_until__gt=now).order_by("window_due_at", "id"):
        if reviewer.id in authors(draft):
            continue
        standing = reviews.standing(draft, draft.versions.latest("number"), now)
        found += [
            (draft, item) for item in standing.required if standing.verdict(reviewer, item.role, now).allowed
        ]
    return found
