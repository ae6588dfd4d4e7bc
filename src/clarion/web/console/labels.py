"""What codes are called on screens."""

from __future__ import annotations

from collections.abc import Mapping

from clarion import plugins
from clarion.rules import terms
from clarion.rules.access import ROLE_LABELS
from clarion.rules.audience import AUDIENCES
from clarion.rules.deadlines import KINDS
from clarion.rules.facts import FACTS
from clarion.rules.names import KINDS as NAME_KINDS
from clarion.rules.policy import CONSEQUENCES
from clarion.rules.statements import CONFIRMATIONS

CATEGORY_LABELS = {
    "network": "Network",
    "application": "Application",
    "security": "Security",
    "third_party": "Third party",
    "data": "Data",
    "maintenance": "Maintenance",
}
SEVERITY_LABELS = {
    "SEV-1": "SEV-1 · critical",
    "SEV-2": "SEV-2 · severe",
    "SEV-3": "SEV-3 · limited",
    "SEV-4": "SEV-4 · minor",
    "SEV-5": "SEV-5 · for information",
}
VISIBILITY_LABELS = {
    "public": "Public: may be published",
    "private": "Private: never leaves the organisation",
}
CONSEQUENCE_LABELS = {
    **CONSEQUENCES,
    "may_start": "Communication may start",
    "update_every_minutes": "An update every … minutes",
    "intervals": "Minutes by audience",
    "approval_window_minutes": "Approval within … minutes",
}
CONFIRMATION_LABELS = {"suspected": "Suspected", "confirmed": "Confirmed"}
UNKNOWN_LABEL = {"unknown": "Unknown"}
OUTAGE_SCOPE_LABELS = {
    "none": "No outage",
    "partial": "Partial outage",
    "full": "Full outage",
    "customer_facing": "Customer-facing disruption only",
    **UNKNOWN_LABEL,
}
BUSINESS_IMPACT_LABELS = {
    "none": "None",
    "minor": "Minor",
    "major": "Major",
    "critical": "Critical",
    **UNKNOWN_LABEL,
}
STAKEHOLDER_VISIBILITY_LABELS = {
    "none": "Noticed by nobody",
    "internal": "Noticed by colleagues only",
    "customers": "Noticed by customers",
    "public": "Noticed by the public",
    **UNKNOWN_LABEL,
}
PHASE_LABELS = {
    "holding": "First statement",
    "update": "Update",
    "scope_change": "More or fewer are affected",
    "correction": "Correction",
    "mitigation": "Effect reduced",
    "resolution": "Resolution",
    "follow_up": "Follow-up after the end",
    "maintenance_notice": "Planned work: notice",
    "maintenance_start": "Planned work: begins",
    "maintenance_extended": "Planned work: takes longer",
    "maintenance_completed": "Planned work: done",
}
DRAFT_LABELS = {
    "draft": "Being written",
    "in_review": "In review",
    "changes_requested": "Changes wanted",
    "approved": "Approved",
    "published": "Published",
    "withdrawn": "Withdrawn",
    "superseded": "Overtaken",
}
DELIVERY_LABELS = {
    "pending": "Waiting",
    "claimed": "Being sent",
    "sent": "Accepted by the next hop",
    "deferred": "Will be tried again",
    "failed": "Failed",
    "suppressed": "Suppressed",
}
FACT_STATE_LABELS = {
    "missing": "Not known yet",
    "measuring": "Being measured",
    "reported": "First report",
    "confirmed": "Confirmed",
    "hypothesis": "Hypothesis",
    "estimate": "Estimate that holds",
    "expired": "Has run out",
    "yes": "Yes",
    "no": "No",
}
HOOK_LABELS = {
    "quarantined": "In quarantine",
    "received": "Waiting to be read",
    "read": "Read",
    "discarded": "Discarded",
}
STAGE_LABELS = {"missed": "Missed", "warning": "Due soon", "open": "On time", "closed": "Over"}
NAME_STATE_LABELS = {"protected": "Protected", "ended": "Its last day is over", "retired": "Retired"}
SUBSCRIBER_LABELS = {"active": "Active", "unsubscribed": "Unsubscribed"}
DECISION_LABELS = {"approved": "Approved", "changes_requested": "Wants changes"}
FINDING_LABELS = {
    "block": "Stops the draft",
    "review": "Must be looked at",
    "warn": "Confirm or mend",
    "info": "Advice",
}
TRANSLATION_LABELS = {
    "missing": "Not translated",
    "outdated": "Of earlier words",
    "in_review": "To be read",
    "approved": "Approved",
    "changes_requested": "Changes wanted",
    "superseded": "Overtaken",
}
AUDIENCE_LABELS = {name: audience.label for name, audience in AUDIENCES.items()}

LABELS: Mapping[str, Mapping[str, str]] = {
    "state": terms.STATE_LABELS,
    "component": terms.COMPONENT_LABELS,
    "category": CATEGORY_LABELS,
    "severity": SEVERITY_LABELS,
    "consequence": CONSEQUENCE_LABELS,
    "confirmation": CONFIRMATION_LABELS,
    "outage_scope": OUTAGE_SCOPE_LABELS,
    "business_impact": BUSINESS_IMPACT_LABELS,
    "stakeholder_visibility": STAKEHOLDER_VISIBILITY_LABELS,
    "phase": PHASE_LABELS,
    "draft": DRAFT_LABELS,
    "delivery": DELIVERY_LABELS,
    "hook": HOOK_LABELS,
    "stage": STAGE_LABELS,
    "subscriber": SUBSCRIBER_LABELS,
    "decision": DECISION_LABELS,
    "translation": TRANSLATION_LABELS,
    "finding": FINDING_LABELS,
    "audience": AUDIENCE_LABELS,
    "deadline": KINDS,
    "fact_state": FACT_STATE_LABELS,
    "statement": CONFIRMATIONS,
    "name_kind": {code: kind.label for code, kind in NAME_KINDS.items()},
    "name_state": NAME_STATE_LABELS,
    "fact": {name: fact.label for name, fact in FACTS.items()},
    "role": ROLE_LABELS,
}


def label(kind: str, code: str) -> str:
    """What a code of this kind is called; the code itself, made readable, when nobody named it."""
    found = channel_labels() if kind == "channel" else LABELS[kind]
    return found.get(code, code.replace("_", " ").capitalize())


def channel_labels() -> dict[str, str]:
    """Channels by name; the status page is one too, though it has no subscribers."""
    found = plugins.modules("clarion.channels")
    return {"status_page": "Status page", **{name: module.LABEL for name, module in found.items()}}


def source_labels() -> dict[str, str]:
    return {name: module.LABEL for name, module in plugins.modules("clarion.sources").items()}
