"""Mail to our own people about a deadline of theirs: what it says, and when it need not be sent any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.rules import delivery
from clarion.rules.times import spoken_time

#: What a tick did to the deadline, and what the mail calls it.
STEPS = {"warn": "Due soon", "miss": "Missed", "remind": "Still missed"}
SUBJECT_LIMIT = 150


@dataclass(frozen=True, slots=True)
class About:
    """The deadline as the person who is told sees it. All times in UTC."""

    what: str
    """What is due, such as ``Next update promised``."""
    incident: str
    """The incident's internal title; empty where it must not travel by mail."""
    severity: str
    audiences: str
    owner: str
    reason: str
    due_at: datetime
    time_zone: str
    """The person's, in which times are said beside UTC."""
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail: plain text for one person, the same on every try."""

    subject: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pointless:
    """Nothing to tell any more, and why."""

    reason: str


def compose(step: str, number: int, about: About, at: datetime) -> Notice:
    """The mail about one step of a deadline; ``number`` counts its reminders from 1."""
    incident = about.incident or "a private incident"
    rows = [
        ("Incident", f"{incident} ({about.severity})"),
        ("Due", spoken_time(about.due_at, about.time_zone)),
        ("To", about.audiences),
        ("Reminder", f"number {number}" if number else ""),
        ("Owner", about.owner),
    ]
    table = "\n".join(f"{label}: {value}" for label, value in rows if value)
    said = f"{STEPS[step]}: {about.what.lower()}"
    subject = f"[{STEPS[step]}] {about.what}: {incident}"
    body = (
        f"{said}.\n\n{table}\n\n{about.reason}\n\n{about.url}\n\n-- \n"
        f"You receive this because you hold the role {about.owner}. Nothing is published by a timer.\n"
    )
    return Notice(subject[:SUBJECT_LIMIT], body, at)


def pointless(*, closed: bool, over: bool, holds_role: bool, newer: bool) -> Pointless | None:
    """Why a mail that has not gone out need not, or None while it must.

    ``closed``: the deadline was kept or cancelled; ``over``: its incident has ended; ``newer``: a later step
    of the same deadline is told to the same person.
    """
    if closed or over:
        return Pointless("what was due is kept, cancelled or over")
    if not holds_role:
        return Pointless("the person no longer holds the role")
    return Pointless("overtaken by a newer notice") if newer else None


def after_attempt(
    outcome: delivery.Outcome | Pointless,
    *,
    notice_id: str,
    attempt: int,
    created_at: datetime,
    now: datetime,
) -> delivery.NextStep:
    """The next state of a notice after its ``attempt``-th try (counted from 1)."""
    if isinstance(outcome, Pointless):
        return delivery.NextStep("suppressed", outcome.reason, None)
    return delivery.after_attempt(
        outcome, delivery_id=notice_id, attempt=attempt, created_at=created_at, now=now
    )
