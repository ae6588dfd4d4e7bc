"""A policy tried on the incidents there were: which would have been treated differently, and how."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from clarion.rules import policy as policies
from clarion.rules.policy.comparison import Change, changes
from clarion.store.decisions import facts_of
from clarion.store.models import Incident
from clarion.store.policies import numbered

#: Only the newest are tried, so that a screen answers; the command line says how many there were.
MOST_INCIDENTS = 5_000
#: How far an incident is when it is tried: what is known of it today, as if it had just been looked at.
STATE = "investigating"


@dataclass(frozen=True, slots=True)
class Replayed:
    """An incident that would have been treated differently."""

    id: str
    title: str
    severity: str
    opened_at: datetime
    policy_version: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """How many incidents were tried, and those that come out otherwise."""

    tried: int
    different: tuple[Replayed, ...]


def replay(candidate: policies.Policy) -> Replay:
    """Asks the policy about each past incident and compares with the version it was under."""
    tried, different = 0, []
    for incident in Incident.objects.order_by("-opened_at", "-id")[:MOST_INCIDENTS]:
        tried += 1
        facts = replace(facts_of(incident, incident.opened_at), state=STATE)
        before, after = (
            policies.decide(facts, policy, incident.opened_at).as_json()
            for policy in (numbered(incident.policy_version), candidate)
        )
        if found := changes(before, after):
            different.append(
                Replayed(
                    incident.id,
                    incident.title,
                    incident.severity,
                    incident.opened_at,
                    incident.policy_version,
                    found,
                )
            )
    return Replay(tried, tuple(different))
