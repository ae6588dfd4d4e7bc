"""What must become of a finding before its text goes out, and who may answer for it."""

from __future__ import annotations

import pytest

from clarion.rules import waivers
from clarion.rules.lint import Finding, Place
from clarion.rules.policy import RequiredReview
from clarion.rules.review import Reviewer
from clarion.rules.types import Reason
from clarion.rules.waivers import Found

COUNSEL = Reviewer("carl", frozenset({"legal"}))


def found(severity: str, role: str = "clarity", rule: str = "ADM-001", audience: str = "customers") -> Found:
    finding = Finding(
        rule=rule,
        family="admission",
        severity=severity,
        role=role,
        place=Place("body", 0, 11),
        words="our mistake",
        reason="This admits fault.",
        advice="Say what readers noticed.",
        replacement=None,
        fingerprint=f"{severity}-{rule}",
    )
    return Found(audience, finding)


MAY = [
    ("counsel who wrote none of it", COUNSEL, "block", ""),
    ("counsel who wrote part of it", Reviewer("ann", COUNSEL.roles), "block", "author"),
    ("a reviewer of clarity", Reviewer("cleo", frozenset({"clarity"})), "block", "role_missing"),
    ("counsel whose account is off", Reviewer("carl", COUNSEL.roles, active=False), "block", "role_missing"),
    ("anybody, where nothing is stopped", COUNSEL, "review", "not_blocking"),
]


@pytest.mark.parametrize(("who", "severity", "code"), [row[1:] for row in MAY], ids=[row[0] for row in MAY])
def test_a_finding_is_overridden_by(who: Reviewer, severity: str, code: str) -> None:
    verdict = waivers.may_waive(person=who, finding=found(severity).finding, authors=["ann"])
    assert (not code) == verdict.allowed
    assert code == (verdict.reasons[0].code if verdict.reasons else "")


def test_a_blocked_text_goes_nowhere_until_counsel_overrides_it() -> None:
    stopped = found("block")
    assert [stopped] == waivers.blocking([stopped, found("warn")], waived=[])
    assert [] == waivers.blocking([stopped], waived=[stopped.finding.fingerprint])


def test_findings_call_for_the_roles_they_name() -> None:
    """Counsel for whatever blocks, the rule's own role for what must be looked at, nobody for advice."""
    asked = (RequiredReview("clarity", Reason("reviews.tone", "Somebody must read it.")),)
    roles = [
        review.role
        for review in waivers.required(
            asked, [found("block"), found("review", "accuracy", "SPC-001"), found("info", "legal")]
        )
    ]
    assert ["clarity", "legal", "accuracy"] == roles


def test_an_approval_answers_for_what_is_found_for_its_role() -> None:
    mine, other = found("review", "clarity"), found("review", "accuracy", "SPC-001")
    assert [mine] == waivers.to_look_at([mine, other], "clarity")
    seen = {"clarity": [mine.finding.fingerprint], "accuracy": []}
    (reason,) = waivers.unanswered([mine, other], waived=[], seen=seen)
    assert "finding.SPC-001" == reason.code
    assert "Nobody has looked at it as Accuracy reviewer." in reason.text
    del seen["accuracy"]
    assert () == waivers.unanswered([mine, other], waived=[], seen=seen), (
        "the review itself asks for the role"
    )


def test_what_was_found_after_the_approvals_keeps_a_text_from_going_out() -> None:
    late = found("block", rule="SEN-001")
    assert ["finding.SEN-001"] == [r.code for r in waivers.unanswered([late], waived=[], seen={})]
    assert () == waivers.unanswered([found("warn"), found("info")], waived=[], seen={})
