"""What policy looks at: the facts of an incident, the words each may have, and how a sentence says them.

A fact that nobody has established is ``unknown``. That is a value like any other, so a rule can answer it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from clarion.rules.audience import AUDIENCES
from clarion.rules.terms import CATEGORIES, IMPACTS, INCIDENT_STATES, SEVERITIES

UNKNOWN = "unknown"
CONFIRMATIONS = ("suspected", "confirmed")
OUTAGE_SCOPES = ("none", "partial", "full", "customer_facing")
BUSINESS_IMPACTS = IMPACTS
STAKEHOLDER_VISIBILITIES = ("none", "internal", "customers", "public")
#: Tags that Clarion suggests; an installation may use others of the same form.
DUTY_TAGS = ("personal_data", "payments", "health", "financial", "telecom", "critical_infrastructure")
DUTY_FORM = re.compile(r"[a-z][a-z0-9_]{0,39}")
REGION_FORM = re.compile(r"[A-Z][A-Z0-9-]{1,19}")
MOST_TAGS = 50
MOST_CUSTOMERS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """An incident as policy sees it at one moment."""

    severity: str
    category: str
    visibility: str
    confirmation: str = "confirmed"
    outage_scope: str = UNKNOWN
    business_impact: str = UNKNOWN
    stakeholder_visibility: str = UNKNOWN
    duties: frozenset[str] = frozenset({UNKNOWN})
    """Tags of regulated data or services; the one word ``unknown`` while nobody has looked."""
    regions: frozenset[str] = frozenset({UNKNOWN})
    customers_affected: int | str = UNKNOWN
    state: str = "detected"
    open_minutes: int = 0
    audience: str = ""
    """Whose interval is asked for; only the cadence depends on it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: its kind, its words in rising order, and how a sentence says a value."""

    kind: Literal["word", "tags", "number"]
    say: Callable[[str], str]
    words: tuple[str, ...] = ()
    ordered: bool = False
    """Rising from little to grave, so that a range such as ``at_least: major`` means something."""
    form: re.Pattern[str] | None = None
    """Of tags, which are free."""
    may_be_unknown: bool = False


def _plain(value: str) -> str:
    return value.replace("_", " ")


_SCOPES = {
    "none": "no outage",
    "partial": "partial outage",
    "full": "full outage",
    "customer_facing": "customer-facing disruption only",
}
_VISIBLE = {
    "none": "noticed by nobody",
    "internal": "noticed by colleagues only",
    "customers": "noticed by customers",
    "public": "noticed by the public",
}

FIELDS: Mapping[str, Field] = {
    "severity": Field("word", str, tuple(reversed(SEVERITIES)), ordered=True),
    "category": Field("word", _plain, CATEGORIES),
    "regions": Field("tags", str, form=REGION_FORM, may_be_unknown=True),
    "duties": Field("tags", _plain, form=DUTY_FORM, may_be_unknown=True),
    "outage_scope": Field("word", lambda v: _SCOPES.get(v, v), OUTAGE_SCOPES, may_be_unknown=True),
    "business_impact": Field(
        "word", lambda v: f"business impact {v}", BUSINESS_IMPACTS, ordered=True, may_be_unknown=True
    ),
    "stakeholder_visibility": Field(
        "word", lambda v: _VISIBLE.get(v, v), STAKEHOLDER_VISIBILITIES, ordered=True, may_be_unknown=True
    ),
    "customers_affected": Field("number", lambda v: f"{int(v):,} customers affected", may_be_unknown=True),
    "confirmation": Field("word", str, CONFIRMATIONS),
    "visibility": Field("word", str, ("public", "private")),
    "state": Field("word", str, INCIDENT_STATES),
    "open_minutes": Field("number", lambda v: f"open for {v} minutes"),
    "audience": Field("word", lambda v: f"for {AUDIENCES[v].label.lower()}", tuple(AUDIENCES)),
}
#: What a person has to find out, in the order in which screens ask for it.
ASSESSED = (
    "confirmation",
    "outage_scope",
    "business_impact",
    "stakeholder_visibility",
    "duties",
    "regions",
    "customers_affected",
)
NAMES: Mapping[str, str] = {
    "confirmation": "Confirmation",
    "outage_scope": "Outage scope",
    "business_impact": "Business impact",
    "stakeholder_visibility": "Visibility to stakeholders",
    "duties": "Regulated data or services",
    "regions": "Regions",
    "customers_affected": "Customers affected",
}


def words_of(name: str) -> tuple[str, ...]:
    """Every word that this fact may have, ``unknown`` among them where it may be; empty for free ones."""
    field = FIELDS[name]
    return (*field.words, UNKNOWN) if field.may_be_unknown and field.words else field.words


def say(name: str, value: object) -> str:
    """The fact as a part of a sentence: ``SEV-2``, ``noticed by the public``, ``regions unknown``."""
    if isinstance(value, frozenset):
        return " ".join(say(name, tag) for tag in sorted(value)) or f"no {_plain(name)}"
    text = str(value)
    if text == UNKNOWN:
        return f"{_plain(name)} unknown"
    return FIELDS[name].say(text)
