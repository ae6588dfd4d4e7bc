"""When an incident may be called what: the entry rules of its states, and what counts as going back.

Law of the house cannot be talked away: a cause that nobody confirmed is not identified, recovery that nobody
confirmed is not resolved, and a state that goes back says why. Advice can: an author who says why is heard,
and the reason is part of what people approve. See docs/decisions/0013.

Source of the states and rules: the field's own words, compared in docs/reference/terms.md; Google separates
mitigation (less impact) from the fix (impact ended for good), Statuspage knows no mitigation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.rules.statements import Statements
from clarion.rules.terms import EXITS, INCIDENT_STATES, STATE_LABELS
from clarion.rules.types import Reason, Verdict, require_aware

#: Categories in which the end of an incident has to say what became of stored data.
ABOUT_DATA = frozenset({"data", "security"})
STABILITY_WINDOW = timedelta(minutes=30)
STABILITY_WINDOW_FOR_DATA = timedelta(minutes=60)

#: Reasons that no reason given by an author overrides.
LAW = frozenset(
    {
        "no_such_state",
        "cause_not_confirmed",
        "recovery_not_confirmed",
        "data_not_said",
        "goes_back",
        "reopens",
    }
    | {"exit_unexplained", "not_over"}
)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the entry rules look at beside the two states."""

    category: str
    said: Statements = Statements()
    watched_since: datetime | None = None
    """Since when the service has been watched without trouble: monitoring, or every alert quiet."""
    reviewed_for_accuracy: bool = False
    """Whether somebody who knows confirms the recovery by approving the text."""


def stability_window(category: str) -> timedelta:
    """How long a service is watched before it is called resolved."""
    return STABILITY_WINDOW_FOR_DATA if category == "data" else STABILITY_WINDOW


def move(from_state: str, state: str) -> str:
    """``stay``, ``forward``, ``backward``, ``reopened`` or ``exit``.

    From monitoring or the end back to investigating is a reopening: what had been called over was not.
    """
    if state == from_state:
        return "stay"
    if state in EXITS:
        return "exit"
    if from_state in EXITS:
        return "reopened" if from_state == "false_alarm" else "forward"
    old, new = INCIDENT_STATES.index(from_state), INCIDENT_STATES.index(state)
    if new > old:
        return "forward"
    over = old >= INCIDENT_STATES.index("monitoring")
    return "reopened" if over and state in ("detected", "investigating") else "backward"


def moves(states: Iterable[str]) -> dict[str, int]:
    """How often an incident went back and was reopened, by the states of its updates, oldest first."""
    counts = {"backward": 0, "reopened": 0}
    before = "detected"
    for state in states:
        made = move(before, state)
        if made in counts:
            counts[made] += 1
        before = state
    return counts


def may_enter(state: str, from_state: str, facts: EntryFacts, now: datetime) -> Verdict:
    """May an update call the incident this, which was ``from_state`` before?

    Refused with every reason that stands in the way; allowed with the advice that a given reason overrides.
    A state that stays needs no entry. Raises ValueError for a ``now`` without a zone.
    """
    if state not in STATE_LABELS:
        return Verdict(False, (Reason("no_such_state", f"{state!r} is no state of an incident."),))
    found = (*_way(state, from_state, facts), *_needs(state, from_state, facts, require_aware(now)))
    stops = bool(found) and (not facts.said.reason.strip() or any(each.code in LAW for each in found))
    return Verdict(not stops, found)


def _way(state: str, from_state: str, facts: EntryFacts) -> Iterator[Reason]:
    """What the direction itself asks for: a reason, unless it goes forward."""
    made, told = move(from_state, state), facts.said.reason.strip()
    before, after = STATE_LABELS[from_state].lower(), STATE_LABELS[state].lower()
    if made == "backward" and not told:
        yield Reason("goes_back", f"This goes back from {before} to {after}. Say why.")
    if made == "reopened" and not told:
        yield Reason("reopens", f"This reopens the incident, which was {before}. Say why.")
    if made == "exit" and not told:
        yield Reason("exit_unexplained", f"Say why the incident is {after}.")
    if state == "postmortem" and from_state not in ("resolved", "postmortem"):
        yield Reason("not_over", "A review follows an incident that is resolved; this one is not.")


def _needs(state: str, from_state: str, facts: EntryFacts, now: datetime) -> Iterator[Reason]:
    if state == from_state:
        return
    said = facts.said
    if state == "identified" and "cause" not in said.confirmed:
        yield Reason("cause_not_confirmed", "Identified needs a confirmed cause, or the area it lies in.")
    if state == "mitigated" and "effect_reduced" not in said.confirmed:
        yield Reason("effect_not_reduced", "Mitigated needs users to be less affected, or no longer.")
    if state == "monitoring" and "fix_in_place" not in said.confirmed:
        yield Reason("fix_not_in_place", "Monitoring needs the fix to be in place.")
    if state == "monitoring" and (said.watch_until is None or said.watch_until <= now):
        yield Reason("watch_not_said", "Monitoring needs a time, ahead, until which the fix is watched.")
    if state == "resolved":
        yield from _resolved(facts, now)


def _resolved(facts: EntryFacts, now: datetime) -> Iterator[Reason]:
    if "recovery" not in facts.said.confirmed and not facts.reviewed_for_accuracy:
        yield Reason("recovery_not_confirmed", "Resolved needs somebody to confirm that service is normal.")
    if not facts.said.data_integrity.strip():
        code = "data_not_said" if facts.category in ABOUT_DATA else "data_not_mentioned"
        yield Reason(code, "Resolved needs a sentence on what became of stored data.")
    window = stability_window(facts.category)
    since = facts.watched_since
    if since is None or now - since < window:
        minutes = int(window.total_seconds() // 60)
        so_far = "not at all" if since is None else f"for {max(0, int((now - since).total_seconds() // 60))}"
        text = f"Resolved needs the service to be watched for {minutes} minutes; it was watched {so_far}."
        yield Reason("not_watched", text)
