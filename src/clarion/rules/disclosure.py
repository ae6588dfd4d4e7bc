"""Who may read of cause, people affected and estimate: the unconfirmed stays inside unless somebody decides.

A decision to disclose earlier is one person's, in a role, with a reason, for named audiences and for a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clarion.rules.access import DECIDER_ROLES
from clarion.rules.audience import AUDIENCES
from clarion.rules.facts import FactSheet
from clarion.rules.instants import reference, references
from clarion.rules.types import Reason, Verdict, allowed, refused

LONGEST_DISCLOSURE = timedelta(days=30)
ESTIMATE_POLICIES = ("never", "engineering_only", "always")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A recorded decision to tell these audiences of a cause before it is confirmed."""

    cause: str
    """The words of the hypothesis that was decided on; another one needs another decision."""
    audiences: frozenset[str]
    decided_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.withdrawn_at is None and self.decided_at <= now < self.expires_at


def may_tell_cause(
    sheet: FactSheet,
    audience: str,
    disclosures: Iterable[Disclosure],
    now: datetime,
    *,
    policy: str = "when_confirmed",
) -> Verdict:
    """May a text for this audience tell the cause? Inside it may, marked as a hypothesis while it is one.

    ``policy`` is what policy says of the topic cause: with ``never`` even a confirmed one stays inside. No
    policy lets a hypothesis out; that takes one person's decision. Raises KeyError for an unknown audience.
    """
    inside = AUDIENCES[audience].inside
    if sheet.cause is None:
        return refused("cause.unknown", "No cause is recorded.")
    if sheet.cause.confirmed and not inside and policy == "never":
        return refused("cause.policy", "Policy keeps the cause inside for an incident like this.")
    if sheet.cause.confirmed:
        return allowed(Reason("cause.confirmed", "The cause is confirmed."))
    if inside:
        return allowed(Reason("cause.inside", "A hypothesis may be told inside, marked as one."))
    told = (each for each in disclosures if each.cause == sheet.cause.text and audience in each.audiences)
    if any(decision.holds(now) for decision in told):
        return allowed(Reason("cause.disclosed", "A decision to disclose it earlier is on record."))
    return refused(
        "cause.hypothesis",
        "The cause is not confirmed, so it stays out of this text until it is, or until a decision to "
        "disclose it earlier is recorded.",
    )


def disclosure_problem(
    audiences: Sequence[str], expires_at: datetime, role: str, roles: frozenset[str], now: datetime
) -> tuple[str, str] | None:
    """What is wrong with a decision to disclose, as field and sentence; None if nothing is."""
    outside = [name for name, audience in AUDIENCES.items() if not audience.inside]
    if not audiences:
        return "audiences", f"Name whom it is told: {', '.join(outside)}."
    for name in audiences:
        if name not in outside:
            return "audiences", f"{name!r} is not one of {', '.join(outside)}."
    if role not in DECIDER_ROLES:
        return "role", f"{role!r} is not one of {', '.join(DECIDER_ROLES)}."
    if role not in roles:
        return "role", "You do not hold this role, so you cannot decide in it."
    if not now < expires_at <= now + LONGEST_DISCLOSURE:
        return "expires_at", f"Let it end after now and within {LONGEST_DISCLOSURE.days} days."
    return None


def estimate_policy(policy: object, requirements: Mapping[str, Any]) -> str:
    """What policy says of estimates for an incident, one of ``ESTIMATE_POLICIES``.

    ``requirements`` is its decision for that incident: with ``never`` for the topic estimate there is none.
    """
    if _said_of("estimate", requirements) == "never":
        return "never"
    said = getattr(policy, "etr", None)
    return said if said in ESTIMATE_POLICIES else "engineering_only"


def cause_policy(requirements: Mapping[str, Any]) -> str:
    """What policy's decision for an incident says of the topic cause; ``when_confirmed`` if it is silent."""
    return _said_of("cause", requirements) or "when_confirmed"


def numbers_policy(requirements: Mapping[str, Any]) -> str:
    """What policy's decision for an incident says of how many are affected; ``always`` if it is silent."""
    return _said_of("customers_affected", requirements) or "always"


def regions_policy(requirements: Mapping[str, Any]) -> str:
    """What policy's decision for an incident says of the regions affected; ``always`` if it is silent."""
    return _said_of("regions", requirements) or "always"


def may_tell_numbers(sheet: FactSheet, audience: str, *, policy: str) -> Verdict:
    """May a text for this audience say how many are affected, as a count or a share? Inside it may.

    ``policy`` is what policy says of the topic customers_affected; with ``with_legal`` counsel reviews the
    text, so it may. Raises KeyError for an unknown audience.
    """
    return _may_tell_affected("numbers", sheet, audience, policy)


def may_tell_regions(sheet: FactSheet, audience: str, *, policy: str) -> Verdict:
    """May a text for this audience say which regions are affected? As ``may_tell_numbers``."""
    return _may_tell_affected("regions", sheet, audience, policy)


def _may_tell_affected(part: str, sheet: FactSheet, audience: str, policy: str) -> Verdict:
    if AUDIENCES[audience].inside:
        return allowed(Reason(f"{part}.inside", "Inside, a first report may be told."))
    if policy == "never":
        return refused(f"{part}.policy", "Policy keeps that inside for an incident like this.")
    if policy == "when_confirmed" and "affected" not in sheet.confirmed:
        return refused(f"{part}.not_confirmed", "Policy wants it confirmed first.")
    return allowed(Reason(f"{part}.allowed", "Policy lets it be told."))


def _said_of(topic: str, requirements: Mapping[str, Any]) -> str:
    """What the decision lets be said of a topic; empty if it is silent. First match, as policy has it."""
    for item in requirements.get("disclosure", ()):
        if item["topic"] == topic:
            return str(item["disclose"])
    return ""


def may_tell_estimate(sheet: FactSheet, now: datetime, *, policy: str) -> Verdict:
    """May a text give the estimate? Only one that has not run out, and only where policy gives any."""
    if sheet.estimate is None:
        return refused("estimate.none", "No estimate is recorded.")
    if policy == "never":
        return refused("estimate.policy", "Policy gives no estimates.")
    if not sheet.estimate.holds(now):
        return refused("estimate.expired", "The estimate has run out.")
    return allowed(Reason("estimate.assessed", "An assessment stands behind it, and it has not run out."))


def told_too_early(
    texts: Mapping[str, str],
    causes: Iterable[str],
    sheet: FactSheet,
    disclosures: Sequence[Disclosure],
    now: datetime,
    *,
    policy: str = "when_confirmed",
) -> tuple[Reason, ...]:
    """Why texts may not go out because of a cause they tell; empty while none does.

    ``texts`` are plain, by audience; ``causes`` is every cause that was ever recorded. Found word for word,
    so a cause in other words is still for reviewers to find. One that has since been ruled out may be
    told, since that is news; one that the current cause refines, within the words of the current one.
    """
    found = []
    for audience, text in texts.items():
        if AUDIENCES[audience].inside:
            continue
        verdict = may_tell_cause(sheet, audience, disclosures, now, policy=policy)
        for cause in causes:
            rest = _without_current(text, cause, sheet) if verdict.allowed else text
            if stays_inside(cause, sheet, verdict) and _tells(rest, cause):
                label = AUDIENCES[audience].label
                why = f"The text for {label} tells a cause that is not confirmed; no decision discloses it."
                found.append(Reason("cause.hypothesis", why))
                break
    return tuple(found)


def stays_inside(cause: str, sheet: FactSheet, verdict: Verdict) -> bool:
    """Must a cause that was recorded stay out of a text? ``verdict`` is on the one that the sheet has now."""
    if sheet.cause is not None and sheet.cause.text == cause:
        return not verdict.allowed
    return not any(_tells(item, cause) for item in sheet.ruled_out)


def refines(sheet: FactSheet, cause: str) -> bool:
    """Does the cause as it is now say this one too, in its words?"""
    return sheet.cause is not None and sheet.cause.text != cause and _tells(sheet.cause.text, cause)


def _without_current(text: str, cause: str, sheet: FactSheet) -> str:
    """The text but for the cause as it is now, where its words refine ``cause`` and so say them too."""
    if sheet.cause is None or not _tells(sheet.cause.text, cause):
        return text
    return _pattern(sheet.cause.text).sub("…", text)


def _tells(text: str, cause: str) -> bool:
    return _pattern(cause).search(text) is not None


def _pattern(cause: str) -> re.Pattern[str]:
    """Finds a cause word for word, whatever its case, line ends and full stop; one without words, never."""
    words = r"\s+".join(re.escape(word) for word in cause.removesuffix(".").split())
    return re.compile(rf"(?<!\w){words}(?!\w)" if words else r"(?!)", re.IGNORECASE)


def estimate_overtaken(told: datetime, sheet: FactSheet, now: datetime, *, policy: str) -> tuple[Reason, ...]:
    """Why a text that gives the estimate ``told`` may not go out any more; empty while it holds."""
    verdict = may_tell_estimate(sheet, now, policy=policy)
    if verdict.allowed and sheet.estimate is not None and sheet.estimate.at == told:
        return ()
    text = "The text gives an estimate that no longer holds: compose it again from the facts, or edit it."
    return (Reason("estimate.overtaken", text),)


#: Before a time, in its sentence: it is that of the next update, or an estimate that is spoken of as past.
_NO_ESTIMATE = re.compile(
    r"\b(next (public )?update|had (been )?(estimated|expected)|(earlier|former|previous|withdrawn)"
    r" estimate)\b[^.\n]*$",
    re.IGNORECASE,
)


def estimates_given(text: str) -> set[str]:
    """The references in a text (light Markdown) that a reader could take for a time of recovery."""
    return {
        reference(found.at)
        for found in references(text)
        if not _NO_ESTIMATE.search(text, max(0, found.start - 120), found.start)
    }
