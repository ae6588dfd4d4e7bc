"""The review machine: who may speak on a text, and when it has been approved.

An approval binds to the SHA-256 of the exact texts, audiences and channels. The author approves
nothing, one person fills one role, every approval runs out, and any edit voids it. So does a change of
who the incident is for: words that were approved for the inside were not approved for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

from clarion.rules.access import ROLE_LABELS
from clarion.rules.errors import Invalid
from clarion.rules.plaintext import require_storable
from clarion.rules.policy import RequiredReview
from clarion.rules.types import Reason, Verdict, allowed, refused

STATES = ("draft", "in_review", "changes_requested", "approved", "published", "withdrawn", "superseded")
EDITABLE = frozenset({"draft", "in_review", "changes_requested", "approved"})
CLOSED = frozenset({"published", "withdrawn", "superseded"})
DECISIONS = ("approved", "changes_requested")
#: Nothing goes out that fewer different people have approved.
FEWEST_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Content:
    """Everything an approval binds to."""

    incident_id: str
    visibility: str
    """The incident's, when the version was written: ``public`` or ``private``."""
    draft_id: str
    version: int
    incident_state: str
    component_statuses: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    channels: Sequence[str]
    next_update_at: datetime | None
    next_update_for: Mapping[str, str] = field(default_factory=dict)
    """Promises to single audiences (ISO 8601), where they are other than ``next_update_at``."""
    statements: Mapping[str, Any] = field(default_factory=dict)
    """What the author states so that the state can be entered; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person as they are at this moment: roles may have changed since they spoke."""

    id: str
    roles: frozenset[str]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Word:
    """One person's decision on one digest, in one role."""

    reviewer: Reviewer
    role: str
    decision: str
    digest: str
    expires_at: datetime
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a review stands: complete only when nothing is missing and nobody objects."""

    missing: tuple[RequiredReview, ...]
    objections: tuple[Reason, ...]
    lapsed: tuple[Reason, ...]
    filled: frozenset[str]
    """Roles in which an approval counts, each by a person of its own."""

    @property
    def complete(self) -> bool:
        """Never by fewer than two people, whatever was required of them."""
        return not self.missing and not self.objections and len(self.filled) >= FEWEST_PEOPLE


def digest(content: Content) -> str:
    """SHA-256, in hex, of the canonical form of everything an approval binds to (RFC 8785)."""
    promise = content.next_update_at
    value: dict[str, Any] = {
        "incident": content.incident_id,
        "visibility": content.visibility,
        "draft": content.draft_id,
        "version": content.version,
        "state": content.incident_state,
        "components": dict(content.component_statuses),
        "texts": {name: dict(text) for name, text in content.texts.items()},
        "channels": sorted(content.channels),
        "next_update_at": promise.astimezone(UTC).isoformat() if promise else None,
    }
    # Versions from before there were any keep their digest.
    if content.next_update_for:
        value["next_update_for"] = dict(content.next_update_for)
    if content.statements:
        value["statements"] = dict(content.statements)
    return sha256(rfc8785.dumps(value)).hexdigest()


def overtaken(
    content: Content,
    written: str,
    *,
    audiences: Iterable[str],
    channels: Iterable[str],
    left_out: Iterable[str] = (),
) -> tuple[Reason, ...]:
    """Why a version is not for the incident as it is now; empty while it still is.

    ``content`` is the version under the incident's visibility of today, ``written`` its digest when it
    was written; ``audiences`` are those policy names today, ``channels`` those by which it would reach the
    ones that the version carries. Whom its author ``left_out`` on purpose is not missed.
    """
    reasons = []
    carried, named = set(content.texts), set(audiences)
    if not carried <= named <= carried | set(left_out):
        reasons.append(Reason("audiences_changed", "Policy names other audiences now than this version has."))
    if set(content.channels) != set(channels):
        reasons.append(Reason("channels_changed", "Policy names other channels now than this version has."))
    if digest(content) != written:
        text = f"This version was not written for a {content.visibility} incident."
        reasons.append(Reason("visibility_changed", text))
    return tuple(reasons)


def may_decide(
    *,
    reviewer: Reviewer,
    role: str,
    state: str,
    required: Sequence[RequiredReview],
    authors: Iterable[str],
    words: Iterable[Word],
    review_until: datetime | None,
    now: datetime,
) -> Verdict:
    """May this person approve, or ask for changes, in this role, now?"""
    if state != "in_review":
        return refused(
            "state", f"This draft is {state.replace('_', ' ')}, not in review; it cannot be decided on."
        )
    if review_until is None or now >= review_until:
        return refused(
            "review_over", "This review ran out of time. Submit the draft again, so that it is true today."
        )
    if role not in {review.role for review in required}:
        return refused("role_not_required", f"Nothing here needs the role {role}.")
    if not reviewer.active or role not in reviewer.roles:
        return refused("role_missing", f"This needs a person with the role {ROLE_LABELS.get(role, role)}.")
    authors = set(authors)
    if reviewer.id in authors:
        return refused(
            "author", "You wrote part of this text, so you cannot review it. Ask another reviewer."
        )
    standing = stands(words, authors=authors, now=now)
    if any(word.reviewer.id == reviewer.id for word in standing):
        return refused(
            "one_role_each", "You have already decided on this version; one person fills one role."
        )
    if any(word.role == role for word in standing):
        return refused(
            "role_taken", f"Somebody has already decided as {ROLE_LABELS.get(role, role)} on this version."
        )
    return allowed()


def require_word(decision: str, comment: str) -> None:
    """Passes a decision with its comment; raises Invalid. A wish for changes says what should change."""
    if decision not in DECISIONS:
        raise Invalid(f"{decision!r} is not one of {', '.join(DECISIONS)}.", field="decision")
    require_storable(comment=comment)
    if decision == "changes_requested" and not comment.strip():
        raise Invalid("Say what should change.", field="comment")


def stands(words: Iterable[Word], *, authors: Iterable[str], now: datetime) -> list[Word]:
    """The words that still count: an approval that lapsed holds nobody's place, so it can be given anew."""
    written_by = set(authors)
    return [word for word in words if not word.voided and lapse(word, authors=written_by, now=now) is None]


def lapse(word: Word, *, authors: Iterable[str], now: datetime) -> Reason | None:
    """Why this approval no longer counts, or None while it does. A wish for changes does not lapse."""
    return None if word.decision == "changes_requested" else _lapse(word, set(authors), {}, now)


def outcome(
    *,
    digest: str,
    required: Sequence[RequiredReview],
    authors: Iterable[str],
    words: Iterable[Word],
    now: datetime,
) -> Outcome:
    """Where the review stands at ``now``, judged by who each person is at ``now``."""
    written_by = set(authors)
    filled: dict[str, str] = {}
    objections: list[Reason] = []
    lapsed: list[Reason] = []
    for word in words:
        if word.voided or word.digest != digest:
            continue
        if word.decision == "changes_requested":
            objections.append(
                Reason("changes_requested", f"{ROLE_LABELS.get(word.role, word.role)} asks for changes.")
            )
        elif (problem := _lapse(word, written_by, filled, now)) is not None:
            lapsed.append(problem)
        else:
            filled[word.role] = word.reviewer.id
    missing = tuple(review for review in required if review.role not in filled)
    return Outcome(
        missing=missing, objections=tuple(objections), lapsed=tuple(lapsed), filled=frozenset(filled)
    )


def wanted_again(found: Outcome) -> str:
    """Why an approved text waits for somebody after all, and for whom, in sentences."""
    lapsed = [reason.text for reason in found.lapsed]
    missing = [
        f"{ROLE_LABELS.get(each.role, each.role)} is missing: {each.reason.text}" for each in found.missing
    ]
    return " ".join([*lapsed, *missing])


def _lapse(word: Word, authors: set[str], filled: Mapping[str, str], now: datetime) -> Reason | None:
    """Why an approval no longer counts, or None while it does."""
    label = ROLE_LABELS.get(word.role, word.role)
    if now >= word.expires_at:
        return Reason("expired", f"The approval of {label} ran out at {word.expires_at:%H:%M} UTC.")
    if not word.reviewer.active or word.role not in word.reviewer.roles:
        return Reason("role_lost", f"The person who approved as {label} no longer holds that role.")
    if word.reviewer.id in authors:
        return Reason("author", f"The person who approved as {label} has since written part of the text.")
    if word.reviewer.id in filled.values():
        return Reason("one_role_each", f"The person who approved as {label} already fills another role.")
    return None
