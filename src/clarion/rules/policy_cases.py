"""Tests of a policy, in the form people write them: an incident, and what must follow from it.

Values in, results out; `clarion policy test` reads the files and prints. A case names only what it cares
about, so that a policy can change elsewhere without breaking it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from clarion.rules.policy import Decision, IncidentFacts, Policy, decide
from clarion.rules.terms import CATEGORIES, SEVERITIES


class BadCases(ValueError):
    """The test document cannot be used; each line of the message names a place and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseIncident(_Part):
    """The incident of a case; a public one unless it says otherwise."""

    severity: str
    category: str
    visibility: Literal["public", "private"] = "public"


class Expected(_Part):
    """What must follow. What is left out may be anything. The order of lists does not matter."""

    formal_updates: bool | None = None
    audiences: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    reviews: tuple[str, ...] | None = None
    update_every_minutes: int | None = None
    approval_window_minutes: int | None = None


class Case(_Part):
    name: str
    incident: CaseIncident
    expect: Expected


class _Document(_Part):
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than expected. Both sides are written as a person would."""

    field: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case; it holds when there are no differences. ``reasons`` are the policy's own."""

    name: str
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def load_cases(document: str) -> tuple[Case, ...]:
    """The cases in a YAML document; raises BadCases naming every place that is wrong."""
    try:
        cases = _Document.model_validate(yaml.safe_load(document)).cases
    except yaml.YAMLError as error:
        raise BadCases(f"The document is not YAML{_place(error)}.") from None
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['msg']}" for e in error.errors()]
        raise BadCases("\n".join(lines)) from None
    problems = [problem for number, case in enumerate(cases) for problem in _problems(number, case)]
    if not cases:
        problems.append("cases: there is none, so nothing would be tested")
    if problems:
        raise BadCases("\n".join(problems))
    return cases


def _place(error: yaml.YAMLError) -> str:
    """Where YAML gave up, and why."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ""
    return f": line {error.problem_mark.line + 1}, {error.problem}"


def _problems(number: int, case: Case) -> list[str]:
    """Words that policy does not know, and a case that could not fail."""
    found = []
    if case.incident.severity not in SEVERITIES:
        known = ", ".join(SEVERITIES)
        found.append(f"cases.{number}.incident.severity: there is no {case.incident.severity!r}; use {known}")
    if case.incident.category not in CATEGORIES:
        known = ", ".join(CATEGORIES)
        found.append(f"cases.{number}.incident.category: there is no {case.incident.category!r}; use {known}")
    if not case.expect.model_fields_set:
        found.append(f"cases.{number}.expect: name at least one thing that must follow")
    return found


def run_case(case: Case, policy: Policy, now: datetime) -> Result:
    """Asks the policy about the case's incident and compares. ``now``: some rules may depend on the hour."""
    facts = IncidentFacts(case.incident.severity, case.incident.category, case.incident.visibility)
    decision = decide(facts, policy, now)
    actual = _as_expected(decision)
    differences = []
    for field in Expected.model_fields:
        wanted = getattr(case.expect, field)
        if wanted is not None and _plain(wanted) != _plain(actual[field]):
            differences.append(Difference(field, _plain(wanted), _plain(actual[field])))
    reasons = (*decision.reasons, *(review.reason for review in decision.reviews))
    return Result(case.name, tuple(differences), tuple(f"{r.code}: {r.text}" for r in reasons))


def _as_expected(decision: Decision) -> Mapping[str, Any]:
    return {
        "formal_updates": decision.formal_updates,
        "audiences": decision.audiences,
        "channels": decision.channels,
        "reviews": tuple(review.role for review in decision.reviews),
        "update_every_minutes": int(decision.update_every.total_seconds() // 60),
        "approval_window_minutes": int(decision.approval_window.total_seconds() // 60),
    }


def _plain(value: object) -> str:
    """A value as people read it, lists in one order: ``email, webhook``, ``none``, ``yes``, ``30``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(sorted(set(value))) or "none"
    return str(value)
