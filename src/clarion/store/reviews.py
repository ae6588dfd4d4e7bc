"""A draft's review as the rules see it, read from its rows."""

from __future__ import annotations

from datetime import datetime

from clarion.rules import review
from clarion.rules.policy import RequiredReview
from clarion.rules.types import Reason
from clarion.store.models import Approval, Draft, DraftVersion
from clarion.store.people import as_reviewer


def required_reviews(draft: Draft) -> tuple[RequiredReview, ...]:
    """Who must approve, with policy's reasons, as decided for the incident."""
    return tuple(
        RequiredReview(item["role"], Reason(**item["reason"]))
        for item in draft.incident.requirements["reviews"]
    )


def authors(draft: Draft) -> set[str]:
    """Ids of everybody who wrote any version of this draft."""
    return set(draft.versions.exclude(author=None).values_list("author_id", flat=True))


def words_on(version: DraftVersion) -> list[review.Word]:
    """What was said of this version, each by the person as they are now."""
    return [
        review.Word(
            reviewer=as_reviewer(approval.person),
            role=approval.role,
            decision=approval.decision,
            digest=approval.digest,
            expires_at=approval.expires_at,
            voided=approval.voided_at is not None,
        )
        for approval in Approval.objects.filter(version=version).select_related("person").order_by("at")
    ]


def outcome(draft: Draft, version: DraftVersion, now: datetime) -> review.Outcome:
    """Where the review of this version stands at ``now``."""
    return review.outcome(
        digest=version.digest,
        required=required_reviews(draft),
        authors=authors(draft),
        words=words_on(version),
        now=now,
    )
