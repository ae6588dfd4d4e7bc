"""An incident as policy sees it, and policy asked about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from clarion.rules import policy as policies
from clarion.store.models import Incident
from clarion.store.policies import numbered

#: What an assessment may change, as columns; None there means that nobody knows.
FACTS = (
    "confirmation",
    "outage_scope",
    "business_impact",
    "stakeholder_visibility",
    "duties",
    "regions",
    "customers_affected",
)


def facts_of(incident: Incident, now: datetime) -> policies.IncidentFacts:
    """The facts at ``now``; what nobody knows is the word ``unknown``."""
    return policies.IncidentFacts(
        severity=incident.severity,
        category=incident.category,
        visibility=incident.visibility,
        confirmation=incident.confirmation,
        outage_scope=incident.outage_scope,
        business_impact=incident.business_impact,
        stakeholder_visibility=incident.stakeholder_visibility,
        duties=_tags(incident.duties),
        regions=_tags(incident.regions),
        customers_affected=(
            policies.UNKNOWN if incident.customers_affected is None else incident.customers_affected
        ),
        state=incident.state,
        open_minutes=max(0, int((now - incident.opened_at).total_seconds() // 60)),
    )


def _tags(known: Iterable[str] | None) -> frozenset[str]:
    return frozenset({policies.UNKNOWN}) if known is None else frozenset(known)


def decision(incident: Incident, now: datetime) -> policies.Decision:
    """What the policy that the incident began under requires of it at ``now``."""
    return policies.decide(facts_of(incident, now), numbered(incident.policy_version), now)


def channels_for(incident: Incident, audiences: Collection[str]) -> list[str]:
    """Of the channels that policy asks for, those that reach these audiences."""
    wanted: list[str] = incident.requirements["channels"]
    if set(incident.requirements["audiences"]) <= set(audiences):
        return wanted
    known = numbered(incident.policy_version).audiences
    reached = {channel for name in audiences if name in known for channel in known[name].channels}
    return [channel for channel in wanted if channel in reached]


def known_facts(incident: Incident) -> dict[str, object]:
    """The assessed facts as the ledger and programs read them."""
    return {name: getattr(incident, name) for name in FACTS}
