"""The canonical words for states, impacts and components, and how other tools say them.

Sources: Atlassian Statuspage public API v2 for the mapped words; the lifecycle follows the
distinction between mitigation (less impact) and resolution (impact ended).
"""

from __future__ import annotations

from collections.abc import Iterable

INCIDENT_STATES = (
    "detected",
    "investigating",
    "identified",
    "mitigated",
    "monitoring",
    "resolved",
    "postmortem",
)
OPEN_STATES = frozenset(INCIDENT_STATES[:5])
CLOSED_STATES = frozenset({"resolved", "postmortem", "false_alarm"})

#: What each state is called on a Statuspage-shaped page, which knows neither detection nor mitigation.
STATUSPAGE_STATES = {
    "detected": "investigating",
    "investigating": "investigating",
    "identified": "identified",
    "mitigated": "monitoring",
    "monitoring": "monitoring",
    "resolved": "resolved",
    "false_alarm": "resolved",
    "postmortem": "postmortem",
}
STATE_LABELS = {
    "detected": "Detected",
    "investigating": "Investigating",
    "identified": "Identified",
    "mitigated": "Mitigated",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
    "false_alarm": "False alarm",
    "postmortem": "Postmortem",
}

COMPONENT_STATUSES = ("operational", "maintenance", "degraded", "partial_outage", "major_outage")
COMPONENT_LABELS = {
    "operational": "Operational",
    "maintenance": "Under maintenance",
    "degraded": "Degraded",
    "partial_outage": "Partial outage",
    "major_outage": "Major outage",
}
STATUSPAGE_COMPONENTS = {
    "operational": "operational",
    "maintenance": "under_maintenance",
    "degraded": "degraded_performance",
    "partial_outage": "partial_outage",
    "major_outage": "major_outage",
}

IMPACTS = ("none", "minor", "major", "critical")
IMPACT_OF_COMPONENT = {
    "operational": "none",
    "maintenance": "none",
    "degraded": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
}

CATEGORIES = ("network", "application", "security", "third_party", "data", "maintenance")
SEVERITIES = ("SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5")


def worst_impact(statuses: Iterable[str]) -> str:
    """The impact of the worst of these component statuses; ``none`` for no components."""
    return max((IMPACT_OF_COMPONENT[status] for status in statuses), key=IMPACTS.index, default="none")


def worst_status(statuses: Iterable[str]) -> str:
    """The worst of these component statuses; ``operational`` for none."""
    return max(statuses, key=COMPONENT_STATUSES.index, default="operational")


def page_indicator(statuses: Iterable[str]) -> tuple[str, str]:
    """Indicator and sentence for a whole page from its leaf components, first match wins.

    Open incidents play no part, as on Statuspage itself.
    """
    found = list(statuses)
    if found and all(status == "major_outage" for status in found):
        return "critical", "Major System Outage"
    if "major_outage" in found or (found and all(status == "partial_outage" for status in found)):
        return "major", "Partial System Outage"
    if "partial_outage" in found:
        return "minor", "Minor Service Outage"
    if "degraded" in found:
        return "minor", "Partially Degraded Service"
    if "maintenance" in found:
        return "maintenance", "Service Under Maintenance"
    return "none", "All Systems Operational"
