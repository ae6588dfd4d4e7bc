"""Mail to our own people: what it says, and when nothing is left to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clarion.rules.delivery import NextStep, Retry, Sent
from clarion.rules.notices import SUBJECT_LIMIT, About, Pointless, after_attempt, compose, pointless

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ABOUT = About(
    what="Next update promised",
    incident="Checkout fails",
    severity="SEV-2",
    audiences="Customers, Support agents",
    owner="Communications lead",
    reason="Update 1 promised readers another one by then.",
    due_at=NOON,
    time_zone="Europe/Berlin",
    url="https://status.example.org/console/incidents/abc",
)


def test_a_reminder_says_what_is_due_to_whom_and_where_to_go() -> None:
    """In UTC and in the person's own zone."""
    found = compose("remind", 3, ABOUT, NOON)
    assert "[Still missed] Next update promised: Checkout fails" == found.subject
    for line in (
        "Incident: Checkout fails (SEV-2)",
        "Due: 2 Mar 2026, 12:00 UTC (13:00 CET)",
        "To: Customers, Support agents",
        "Reminder: number 3",
        "https://status.example.org/console/incidents/abc",
    ):
        assert line in found.body.split("\n")


def test_a_warning_counts_no_reminders_and_a_private_incident_is_not_named() -> None:
    """A mail passes many machines."""
    found = compose("warn", 0, replace(ABOUT, incident="", reason=""), NOON)
    assert "[Due soon] Next update promised: a private incident" == found.subject
    assert "Reminder" not in found.body
    assert "Checkout" not in found.body


def test_a_title_of_any_length_gives_a_subject_of_some() -> None:
    assert SUBJECT_LIMIT == len(compose("miss", 0, replace(ABOUT, incident="x" * 300), NOON).subject)


STANDING = {"closed": False, "over": False, "holds_role": True, "newer": False}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"closed": True}, "what was due is kept, cancelled or over"),
        ({"over": True}, "what was due is kept, cancelled or over"),
        ({"holds_role": False}, "the person no longer holds the role"),
        ({"newer": True}, "overtaken by a newer notice"),
    ],
)
def test_what_nobody_needs_to_know_any_more_is_not_sent(changed: dict[str, bool], why: str) -> None:
    found = pointless(**STANDING | changed)
    assert why == (found.reason if found else "")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Sent("250"), "sent"), (Retry("busy"), "deferred"), (Pointless("kept"), "suppressed")],
)
def test_what_becomes_of_it(outcome: Sent | Retry | Pointless, state: str) -> None:
    """Tried again as deliveries are; what is pointless ends."""
    found = after_attempt(outcome, notice_id="n", attempt=1, created_at=NOON, now=NOON)
    assert isinstance(found, NextStep)
    assert state == found.state
