"""What must become of each finding before its text goes out, and who may answer for it.

A ``block`` stops a draft until counsel, who wrote none of it, overrides it with a reason. A ``review``
makes the role it names look: whoever approves in that role says that they have. A ``warn`` is confirmed
by whoever submits. An ``info`` is advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clarion.rules.access import ROLE_LABELS
from clarion.rules.lint import Finding
from clarion.rules.policy import RequiredReview
from clarion.rules.review import Reviewer
from clarion.rules.types import Reason, Verdict, allowed, refused

#: Whose override lets a blocked text out.
OVERRIDES = "legal"


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in the text for one audience."""

    audience: str
    finding: Finding


def of_severity(found: Iterable[Found], severity: str) -> list[Found]:
    return [each for each in found if each.finding.severity == severity]


def blocking(found: Iterable[Found], waived: Iterable[str]) -> list[Found]:
    """What stops the draft: every ``block`` that counsel has not overridden (``waived``: fingerprints).

    One that stands for what is not listed always stops it: nobody has read what it would let out.
    """
    overridden = set(waived)
    return [
        each
        for each in of_severity(found, "block")
        if each.finding.unlisted or each.finding.fingerprint not in overridden
    ]


def unconfirmed(found: Iterable[Found], confirmed: Iterable[str]) -> list[Found]:
    """Every ``warn`` that whoever submits has not confirmed."""
    known = set(confirmed)
    return [each for each in of_severity(found, "warn") if each.finding.fingerprint not in known]


def to_look_at(found: Iterable[Found], role: str) -> list[Found]:
    """What an approval in this role answers for."""
    return [each for each in of_severity(found, "review") if each.finding.role == role]


def required(asked: Iterable[RequiredReview], found: Iterable[Found]) -> tuple[RequiredReview, ...]:
    """Policy's reviews, and one for each further role that a finding names."""
    reviews = {each.role: each for each in asked}
    for each in found:
        finding = each.finding
        role = {"block": OVERRIDES, "review": finding.role}.get(finding.severity)
        if role is not None and role not in reviews:
            said = f"“{finding.words}”: " if finding.words else ""
            reviews[role] = RequiredReview(role, Reason(f"finding.{finding.rule}", f"{said}{finding.reason}"))
    return tuple(reviews.values())


def signed(
    found: Iterable[Found], *, person: str, role: str, at: datetime
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The waivers by which this person lets what was ``found`` stand, as a ledger entry holds them.

    First what stands in the entry, one for each fingerprint; then the words, by the names under which they
    stand beside it. What is missing from a text has no words.
    """
    kept: dict[str, dict[str, str]] = {}
    words: dict[str, str] = {}
    for each in found:
        finding = each.finding
        kept[finding.fingerprint] = {
            "rule": finding.rule,
            "severity": finding.severity,
            "audience": each.audience,
            "fingerprint": finding.fingerprint,
            "person": person,
            "role": role,
            "at": at.isoformat(),
        }
        name = f"waivers.{finding.fingerprint}"
        # The same rule may find more than one word of a sentence, which is one fingerprint.
        if finding.words and finding.words not in words.get(name, "").split(" … "):
            words[name] = f"{words[name]} … {finding.words}" if name in words else finding.words
    return [kept[name] for name in sorted(kept)], words


def unanswered(
    found: Iterable[Found], *, waived: Iterable[str], seen: Mapping[str, Iterable[str]]
) -> tuple[Reason, ...]:
    """Why this text must not go out now; empty when everything found is answered for.

    ``seen`` are the fingerprints that the approval in each role answers for; a role that has not approved
    is asked for by the review itself. Found anew at the moment of publishing, since rules, facts and the
    clock may have moved since the approvals.
    """
    everything = list(found)
    reasons = [_reason(each, "Counsel has not overridden it.") for each in blocking(everything, waived)]
    for each in of_severity(everything, "review"):
        role = each.finding.role
        if role in seen and each.finding.fingerprint not in set(seen[role]):
            label = ROLE_LABELS.get(role, role)
            reasons.append(_reason(each, f"Nobody has looked at it as {label}."))
    return tuple(reasons)


def _reason(each: Found, why: str) -> Reason:
    finding = each.finding
    said = f"“{finding.words[:60]}”" if finding.words else finding.reason
    return Reason(f"finding.{finding.rule}", f"{finding.rule} in the text for {each.audience}, {said}. {why}")


def may_waive(*, person: Reviewer, finding: Finding, authors: Iterable[str]) -> Verdict:
    """May this person let the text out with this finding in it?"""
    if finding.severity != "block":
        return refused("not_blocking", "This finding stops nothing, so there is nothing to override.")
    if finding.unlisted:
        return refused("unlisted", "Not all of these are listed: mend the text until each one is.")
    return stands(giver=person, authors=authors)


def stands(*, giver: Reviewer, authors: Iterable[str]) -> Verdict:
    """Does an override of theirs count now? Asked when it is given, and whenever it would let a text out."""
    if not giver.active or OVERRIDES not in giver.roles:
        return refused("role_missing", f"This needs a person with the role {ROLE_LABELS[OVERRIDES]}.")
    if giver.id in set(authors):
        return refused("author", "You wrote part of this text, so you cannot override what was found in it.")
    return allowed()
