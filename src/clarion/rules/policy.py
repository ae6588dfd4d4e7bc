"""The communication policy: a document people can read, and what it requires of an incident.

``decide`` never answers yes or no; it returns requirements, each with the named rules that asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clarion.rules.access import REVIEW_ROLES
from clarion.rules.audience import AUDIENCES
from clarion.rules.terms import CATEGORIES, SEVERITIES
from clarion.rules.types import Reason


class BadPolicy(ValueError):
    """The policy document cannot be used; each line of the message names a place and what to do."""


class Part(BaseModel):
    """A piece of the document. Unknown keys are refused, since a typo would silently change policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Part):
    """A typed match: every key given must hold; a list means any of these."""

    severity: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ()

    def matches(self, incident: IncidentFacts) -> bool:
        return (
            (not self.severity or incident.severity in self.severity)
            and (not self.category or incident.category in self.category)
            and (not self.visibility or incident.visibility in self.visibility)
        )


class UpdateRule(Part):
    """Whether incidents like this get formal updates, for whom, and where."""

    name: str
    when: When = When()
    formal_updates: bool
    audiences: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    why: str


class ReviewRule(Part):
    name: str
    when: When = When()
    role: str
    why: str


class CadenceRule(Part):
    name: str
    when: When = When()
    every_minutes: int = Field(gt=0)
    warn_minutes: int = Field(ge=0)
    approval_window_minutes: int = Field(gt=0)


class CategoryRule(Part):
    """Which category a signal suggests, by its labels."""

    name: str
    labels: Mapping[str, tuple[str, ...]]
    category: str


class Policy(Part):
    """The whole document."""

    title: str
    severity_words: Mapping[str, str]
    default_severity: str
    categories: tuple[CategoryRule, ...] = ()
    default_category: str = "application"
    updates: tuple[UpdateRule, ...]
    reviews: tuple[ReviewRule, ...]
    cadence: tuple[CadenceRule, ...]
    review_valid_minutes: int = Field(default=240, gt=0)
    approval_valid_minutes: int = Field(default=60, gt=0)


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What policy looks at."""

    severity: str
    category: str
    visibility: str


@dataclass(frozen=True, slots=True)
class RequiredReview:
    role: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What policy requires of one incident, and why."""

    formal_updates: bool
    audiences: tuple[str, ...]
    channels: tuple[str, ...]
    reviews: tuple[RequiredReview, ...]
    update_every: timedelta
    warn_before: timedelta
    approval_window: timedelta
    review_valid: timedelta
    approval_valid: timedelta
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "formal_updates": self.formal_updates,
            "audiences": list(self.audiences),
            "channels": list(self.channels),
            "reviews": [{"role": r.role, "reason": r.reason.as_json()} for r in self.reviews],
            "update_every_minutes": int(self.update_every.total_seconds() // 60),
            "warn_minutes": int(self.warn_before.total_seconds() // 60),
            "approval_window_minutes": int(self.approval_window.total_seconds() // 60),
            "reasons": [reason.as_json() for reason in self.reasons],
        }


def load(document: str) -> Policy:
    """The policy in a YAML document; raises BadPolicy naming every place that is wrong."""
    try:
        data = yaml.safe_load(document)
    except yaml.YAMLError as error:
        raise BadPolicy(f"The document is not YAML: {error}") from None
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['msg']}" for e in error.errors()]
        raise BadPolicy("\n".join(lines)) from None
    problems = list(_problems(policy)) or list(_too_few_reviews(policy))
    if problems:
        raise BadPolicy("\n".join(problems))
    return policy


def _problems(policy: Policy) -> Iterator[str]:
    """What a schema alone cannot see: words that do not exist, and incidents no rule covers."""
    for part in ("updates", "reviews", "cadence"):
        for rule in getattr(policy, part):
            yield from _unknown_words(f"{part}.{rule.name}", rule.when)
    for update in policy.updates:
        yield from _update_problems(update)
    for review in policy.reviews:
        if review.role not in REVIEW_ROLES:
            known = ", ".join(REVIEW_ROLES)
            yield f"reviews.{review.name}.role: there is no {review.role!r}; use {known}"
    yield from _unknown_answers(policy)
    for part in ("updates", "cadence"):
        rules = getattr(policy, part)
        if not rules or rules[-1].when != When():
            yield f"{part}: the last rule must match every incident (no `when`), or some get no answer"


def _too_few_reviews(policy: Policy) -> Iterator[str]:
    """The first kind of incident whose formal updates fewer than two different people would approve."""
    for facts in product(SEVERITIES, CATEGORIES, ("public", "private")):
        incident = IncidentFacts(*facts)
        update = next(rule for rule in policy.updates if rule.when.matches(incident))
        roles = {rule.role for rule in policy.reviews if rule.when.matches(incident)}
        if update.formal_updates and len(roles) < 2:
            named = ", ".join(sorted(roles)) or "none"
            yield f"reviews: {', '.join(facts)} needs two different roles to approve; the rules name {named}"
            return


def _unknown_answers(policy: Policy) -> Iterator[str]:
    """Severities and categories that the document gives to signals and that do not exist."""
    severities = [("severity_words", word) for word in policy.severity_words.values()]
    for place, word in (*severities, ("default_severity", policy.default_severity)):
        if word not in SEVERITIES:
            yield f"{place}: there is no {word!r}; use {', '.join(SEVERITIES)}"
    categories = [(f"categories.{rule.name}.category", rule.category) for rule in policy.categories]
    for place, word in (*categories, ("default_category", policy.default_category)):
        if word not in CATEGORIES:
            yield f"{place}: there is no {word!r}; use {', '.join(CATEGORIES)}"


def _update_problems(update: UpdateRule) -> Iterator[str]:
    for name in sorted(set(update.audiences) - set(AUDIENCES)):
        known = ", ".join(AUDIENCES)
        yield f"updates.{update.name}.audiences: there is no audience {name!r}; use {known}"
    if update.formal_updates and not update.audiences:
        yield f"updates.{update.name}: formal updates need at least one audience"


def _unknown_words(place: str, when: When) -> Iterator[str]:
    known = {"severity": SEVERITIES, "category": CATEGORIES, "visibility": ("public", "private")}
    for key, words in known.items():
        for word in sorted(set(getattr(when, key)) - set(words)):
            yield f"{place}.when.{key}: there is no {word!r}; use {', '.join(words)}"


def severity_of(word: str, policy: Policy) -> tuple[str, Reason]:
    """Clarion's severity for a tool's own word."""
    for known, severity in policy.severity_words.items():
        if known.lower() == word.lower():
            return severity, Reason(
                "severity.mapped", f"The source says {word!r}, which policy reads as {severity}."
            )
    default = policy.default_severity
    return default, Reason("severity.default", f"Policy has no reading of {word!r}, so it is {default}.")


def category_of(labels: Mapping[str, str], policy: Policy) -> tuple[str, Reason]:
    """The category the first matching rule gives to a signal with these labels."""
    for rule in policy.categories:
        for label, words in rule.labels.items():
            if labels.get(label, "").lower() in {word.lower() for word in words}:
                said = f"{label}={labels[label]}"
                return rule.category, Reason(
                    f"category.{rule.name}", f"{said} means category {rule.category}."
                )
    return policy.default_category, Reason(
        "category.default", f"No label says otherwise: {policy.default_category}."
    )


def decide(incident: IncidentFacts, policy: Policy, now: datetime) -> Decision:
    """What policy requires of this incident. ``now`` is for rules that depend on the hour."""
    update = next(rule for rule in policy.updates if rule.when.matches(incident))
    cadence = next(rule for rule in policy.cadence if rule.when.matches(incident))
    reviews: dict[str, RequiredReview] = {}
    for rule in policy.reviews:
        if rule.when.matches(incident) and rule.role not in reviews:
            reviews[rule.role] = RequiredReview(rule.role, Reason(f"reviews.{rule.name}", rule.why))
    facts = f"{incident.severity}, {incident.category}, {incident.visibility}"
    return Decision(
        formal_updates=update.formal_updates,
        audiences=update.audiences,
        channels=update.channels,
        reviews=tuple(reviews.values()),
        update_every=timedelta(minutes=cadence.every_minutes),
        warn_before=timedelta(minutes=cadence.warn_minutes),
        approval_window=timedelta(minutes=cadence.approval_window_minutes),
        review_valid=timedelta(minutes=policy.review_valid_minutes),
        approval_valid=timedelta(minutes=policy.approval_valid_minutes),
        reasons=(
            Reason(f"updates.{update.name}", f"{facts}: {update.why}"),
            Reason(f"cadence.{cadence.name}", f"{facts}: an update every {cadence.every_minutes} minutes."),
        ),
    )
