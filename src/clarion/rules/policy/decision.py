"""What policy requires of one incident: every consequence with the rules that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from clarion.rules.access import ROLE_LABELS
from clarion.rules.types import Reason, reasons_json

#: What policy decides, and what a screen calls it.
CONSEQUENCES: Mapping[str, str] = {
    "formal_updates": "Formal updates",
    "start": "Communication may start",
    "audiences": "Told to",
    "channels": "By",
    "reviews": "Reviews",
    "cadence": "Interval",
    "window": "Approval within",
    "template": "Template",
    "etr": "Estimated time to resolution",
    "disclosure": "What may be said",
}


@dataclass(frozen=True, slots=True)
class RequiredReview:
    role: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be said about one topic: ``always``, ``when_confirmed``, ``with_legal`` or ``never``."""

    topic: str
    disclose: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What policy requires, and why: ``because`` has the reasons of each consequence."""

    formal_updates: bool
    may_start: bool
    audiences: tuple[str, ...]
    owners: Mapping[str, str]
    """Who answers for each of the audiences."""
    channels: tuple[str, ...]
    reviews: tuple[RequiredReview, ...]
    intervals: Mapping[str, timedelta]
    """For each audience, which is promised its own."""
    update_every: timedelta
    """The shortest of them."""
    warn_before: timedelta
    """How long before the shortest runs out it warns."""
    warnings: Mapping[str, timedelta]
    """How long before its own interval runs out each audience's promise warns."""
    approval_window: timedelta
    review_valid: timedelta
    approval_valid: timedelta
    template: str
    """The category whose words a first draft uses."""
    etr: str
    disclosure: tuple[Disclosure, ...]
    because: Mapping[str, tuple[Reason, ...]]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason once, in the order in which the consequences are told."""
        return tuple(dict.fromkeys(reason for reasons in self.because.values() for reason in reasons))

    def as_json(self) -> dict[str, Any]:
        """The form that incident, ledger and API keep. Intervals are in minutes."""
        return {
            "formal_updates": self.formal_updates,
            "may_start": self.may_start,
            "audiences": list(self.audiences),
            "owners": dict(self.owners),
            "channels": list(self.channels),
            "reviews": [{"role": r.role, "reason": r.reason.as_json()} for r in self.reviews],
            "intervals": {name: minutes(each) for name, each in self.intervals.items()},
            "update_every_minutes": minutes(self.update_every),
            "warn_minutes": minutes(self.warn_before),
            "approval_window_minutes": minutes(self.approval_window),
            "template": self.template,
            "etr": self.etr,
            "disclosure": [
                {"topic": d.topic, "disclose": d.disclose, "reason": d.reason.as_json()}
                for d in self.disclosure
            ],
            "because": {name: reasons_json(reasons) for name, reasons in self.because.items()},
            "reasons": reasons_json(self.reasons),
        }


def by_two_people(asked: Iterable[RequiredReview]) -> tuple[RequiredReview, ...]:
    """The reviews that were asked for, made up to two different roles where they are fewer."""
    found = {review.role: review for review in asked}
    for role in ("accuracy", "clarity") if len(found) < 2 else ():
        text = (
            f"Two people always approve, so {ROLE_LABELS[role].lower()} is asked where policy names too few."
        )
        found.setdefault(role, RequiredReview(role, Reason("reviews.two-people", text)))
    return tuple(found.values())


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
