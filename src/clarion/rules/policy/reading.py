"""How a tool's own words become Clarion's: severity, and category by labels."""

from __future__ import annotations

from collections.abc import Mapping

from clarion.rules.policy.document import Policy
from clarion.rules.types import Reason


def severity_of(word: str, policy: Policy) -> tuple[str, Reason]:
    """Clarion's severity for a tool's own word."""
    for known, severity in policy.severity_words.items():
        if known.lower() == word.lower():
            return severity, Reason(
                "severity.mapped", f"The source says {word!r}, which policy reads as {severity}."
            )
    default = policy.default_severity
    return default, Reason("severity.default", f"Policy has no reading of {word!r}, so it is {default}.")


def category_of(labels: Mapping[str, str], policy: Policy) -> tuple[str, Reason]:
    """The category the first matching rule gives to a signal with these labels."""
    for rule in policy.categories:
        for label, words in rule.labels.items():
            if labels.get(label, "").lower() in {word.lower() for word in words}:
                said = f"{label}={labels[label]}"
                return rule.category, Reason(
                    f"category.{rule.name}", f"{said} means category {rule.category}."
                )
    return policy.default_category, Reason(
        "category.default", f"No label says otherwise: {policy.default_category}."
    )
