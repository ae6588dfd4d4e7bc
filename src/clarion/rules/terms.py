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
#: Ways out of an incident other than its end.
EXITS = ("false_alarm", "suspended", "merged")
OPEN_STATES = frozenset(INCIDENT_STATES[:5])
CLOSED_STATES = frozenset({"resolved", "postmortem", *EXITS})

#: What each state is called on a Statuspage-shaped page, which knows neither detection nor mitigation.
STATUSPAGE_STATES = {
    "detected": "investigating",
    "investigating": "investigating",
    "identified": "identified",
    "mitigated": "monitoring",
    "monitoring": "monitoring",
    "resolved": "resolved",
    "postmortem": "postmortem",
    # An exit is told in the text; to a program of this API it is over.
    "false_alarm": "resolved",
    "suspended": "resolved",
    "merged": "resolved",
}
STATE_LABELS = {
    "detected": "Detected",
    "investigating": "Investigating",
    "identified": "Identified",
    "mitigated": "Mitigated",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
    "postmortem": "Postmortem",
    "false_alarm": "False alarm",
    "suspended": "Suspended",
    "merged": "Merged",
}

#: Planned work goes through these; ``cancelled`` and ``extended`` leave the path.
MAINTENANCE_STATES = ("scheduled", "in_progress", "verifying", "completed", "extended", "cancelled")

#: From well to worst. ``unknown``: nobody can tell at the moment.
COMPONENT_STATUSES = ("operational", "maintenance", "unknown", "degraded", "partial_outage", "major_outage")
COMPONENT_LABELS = {
    "operational": "Operational",
    "maintenance": "Under maintenance",
    "unknown": "Unknown",
    "degraded": "Degraded",
    "partial_outage": "Partial outage",
    "major_outage": "Major outage",
}
STATUSPAGE_COMPONENTS = {
    "operational": "operational",
    "maintenance": "under_maintenance",
    # That API has no such word; whoever cannot tell does not say that all is well.
    "unknown": "degraded_performance",
    "degraded": "degraded_performance",
    "partial_outage": "partial_outage",
    "major_outage": "major_outage",
}

IMPACTS = ("none", "minor", "major", "critical")
IMPACT_OF_COMPONENT = {
    "operational": "none",
    "maintenance": "none",
    "unknown": "minor",
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


#: The state of a whole page, in words that Statuspage uses too.
OVERALL = {
    "major_outage": "Major System Outage",
    "partial_outage": "Partial System Outage",
    "minor_outage": "Minor Service Outage",
    "degraded": "Partially Degraded Service",
    "maintenance": "Service Under Maintenance",
    "operational": "All Systems Operational",
}


def page_indicator(statuses: Iterable[str]) -> tuple[str, str]:
    """Indicator and sentence for a whole page from its leaf components; see ``overall``."""
    indicator, name = overall(statuses)
    return indicator, OVERALL[name]


def overall(statuses: Iterable[str]) -> tuple[str, str]:
    """Indicator, and name in ``OVERALL``, for a whole page from its leaf components; first match wins.

    Open incidents play no part, as on Statuspage itself.
    """
    found = list(statuses)
    if found and all(status == "major_outage" for status in found):
        return "critical", "major_outage"
    if "major_outage" in found or (found and all(status == "partial_outage" for status in found)):
        return "major", "partial_outage"
    if "partial_outage" in found:
        return "minor", "minor_outage"
    if "degraded" in found or "unknown" in found:
        return "minor", "degraded"
    if "maintenance" in found:
        return "maintenance", "maintenance"
    return "none", "operational"
