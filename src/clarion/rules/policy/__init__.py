"""The communication policy: a document people can read, and what it requires of an incident."""

from __future__ import annotations

from clarion.rules.policy.deciding import decide
from clarion.rules.policy.decision import CONSEQUENCES, Decision, Disclosure, RequiredReview, by_two_people
from clarion.rules.policy.document import Policy
from clarion.rules.policy.facts import UNKNOWN, IncidentFacts
from clarion.rules.policy.loading import BadPolicy, load, load_stored
from clarion.rules.policy.reading import category_of, severity_of
from clarion.rules.yaml_lines import Problem

__all__ = [
    "CONSEQUENCES",
    "UNKNOWN",
    "BadPolicy",
    "Decision",
    "Disclosure",
    "IncidentFacts",
    "Policy",
    "Problem",
    "RequiredReview",
    "by_two_people",
    "category_of",
    "decide",
    "load",
    "load_stored",
    "severity_of",
]
