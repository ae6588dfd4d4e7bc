"""What a draft may be: its phases, its limits, and what it may promise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import Invalid
from clarion.rules.instants import EXAMPLE, broken
from clarion.rules.plaintext import require_storable
from clarion.rules.terms import CLOSED_STATES, OPEN_STATES
from clarion.rules.types import require_aware

#: Every kind of update, in the order of a story.
PHASES = (
    "holding",
    "update",
    "scope_change",
    "correction",
    "mitigation",
    "resolution",
    "follow_up",
    "maintenance_notice",
    "maintenance_start",
    "maintenance_extended",
    "maintenance_completed",
)
#: Phases that say that it is over: no next update is promised, and components are well again.
END_PHASES = frozenset({"resolution", "maintenance_completed"})
#: Phases in which something can still be said after the end.
AFTER_THE_END = frozenset({"follow_up", "correction"})
#: The state that a phase announces, where it announces one of its own.
STATES_OF_PHASES: Mapping[str, str] = {
    "mitigation": "mitigated",
    "resolution": "resolved",
    "follow_up": "postmortem",
    "maintenance_completed": "resolved",
}
LONGEST_TITLE = 300
#: Characters that a person may write, and bytes (UTF-8) that a composed text may have.
LONGEST_BODY = 64 * 1024
#: How far ahead the next update can be promised, in days: later than that is a slip of the pen.
LONGEST_PROMISE_DAYS = 30


def proposed_state(phase: str, current: str) -> str:
    """The incident state that a draft of this phase announces; readers are never told ``detected``.

    An update leaves the state as it is, and opens an incident that is over again.
    """
    said = STATES_OF_PHASES.get(phase, current)
    back = phase == "update" and current in CLOSED_STATES
    return "investigating" if said == "detected" or back else said


def check_text(name: str, text: Mapping[str, str]) -> None:
    """Passes what may stand in a version as the text for this audience; raises Invalid at its place."""
    for part, longest in (("title", LONGEST_TITLE), ("body", LONGEST_BODY)):
        value, field = text.get(part, ""), f"texts.{name}.{part}"
        if not isinstance(value, str) or not value.strip():
            raise Invalid(f"Write a {part} for {AUDIENCES[name].label}.", field=field)
        if len(value) > longest:
            raise Invalid(f"At most {longest} characters fit here.", field=field)
        require_storable(**{field: value})
        if wrong := broken(value):
            raise Invalid(f"{wrong[0]} is no time. Write the moment in UTC, like {EXAMPLE}.", field=field)


def promise_problem(incident_state: str, next_update_at: datetime | None, now: datetime) -> str:
    """What is wrong with the time of the next update, as a sentence; empty if nothing is.

    Raises ValueError for a time without a zone.
    """
    if next_update_at is None:
        return "Say by when readers will hear from you again." if incident_state in OPEN_STATES else ""
    if require_aware(next_update_at) <= now:
        return "The next update is promised for a time that has passed."
    if next_update_at > now + timedelta(days=LONGEST_PROMISE_DAYS):
        return f"Promise the next update within {LONGEST_PROMISE_DAYS} days."
    return ""
