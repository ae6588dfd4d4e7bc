"""Tests of a policy, in the form people write them: an incident, and what must follow from it.

Values in, results out; `clarion policy test` reads the files and prints. A case names only what it cares
about, so that a policy can change elsewhere without breaking it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import StrictInt, ValidationError

from clarion.rules.policy.deciding import decide
from clarion.rules.policy.decision import Decision, minutes
from clarion.rules.policy.document import Policy
from clarion.rules.policy.facts import FIELDS, MOST_CUSTOMERS, UNKNOWN, IncidentFacts, words_of
from clarion.rules.policy.match import Part
from clarion.rules.yaml_lines import BadDocument, Document, Problem, read, shape_problems


class BadCases(BadDocument):
    """The test document cannot be used; each line of the message names a line, a place and what to do."""


class CaseIncident(Part):
    """The incident of a case: public, confirmed and otherwise unknown unless it says so."""

    severity: str
    category: str
    visibility: str = "public"
    confirmation: str = "confirmed"
    outage_scope: str = UNKNOWN
    business_impact: str = UNKNOWN
    stakeholder_visibility: str = UNKNOWN
    duties: tuple[str, ...] | Literal["unknown"] = "unknown"
    regions: tuple[str, ...] | Literal["unknown"] = "unknown"
    customers_affected: StrictInt | Literal["unknown"] = "unknown"
    state: str = "investigating"
    open_minutes: StrictInt = 0

    @property
    def facts(self) -> IncidentFacts:
        """As policy sees it."""
        values = self.model_dump()
        for name in ("duties", "regions"):
            values[name] = frozenset({UNKNOWN} if values[name] == UNKNOWN else values[name])
        return IncidentFacts(**values)


class Expected(Part):
    """What must follow. What is left out may be anything. The order of lists does not matter."""

    formal_updates: bool | None = None
    may_start: bool | None = None
    audiences: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    reviews: tuple[str, ...] | None = None
    update_every_minutes: int | None = None
    approval_window_minutes: int | None = None
    intervals: Mapping[str, int] | None = None
    template: str | None = None
    etr: str | None = None
    disclosure: Mapping[str, str] | None = None


class Case(Part):
    name: str
    incident: CaseIncident
    expect: Expected


class _Cases(Part):
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


def load_cases(text: str) -> tuple[Case, ...]:
    """The cases in a YAML document; raises BadCases naming every place that is wrong."""
    try:
        document = read(text)
    except BadDocument as error:
        raise BadCases(error.problems) from None
    try:
        cases = _Cases.model_validate(document.data).cases
    except ValidationError as error:
        raise BadCases(list(shape_problems(document, error))) from None
    found = [problem for number, case in enumerate(cases) for problem in _problems(document, number, case)]
    if not cases:
        found.append(document.problem(("cases",), "there is none, so nothing would be tested"))
    if found:
        raise BadCases(found)
    return cases


def _problems(document: Document, number: int, case: Case) -> Iterator[Problem]:
    """Words that policy does not know, and a case that could not fail."""
    for name in CaseIncident.model_fields:
        value, known = getattr(case.incident, name), words_of(name)
        path = ("cases", number, "incident", name)
        if known and value not in known:
            yield document.problem(path, f"there is no {value!r}; use {', '.join(known)}")
        if isinstance(value, int) and not 0 <= value <= MOST_CUSTOMERS:
            yield document.problem(path, "write a whole number from 0")
        form = FIELDS[name].form
        for tag in value if form is not None and isinstance(value, tuple) else ():
            if form is not None and not form.fullmatch(tag):
                yield document.problem(path, f"{tag!r} is no tag; the form is {form.pattern}")
    if not case.expect.model_fields_set:
        yield document.problem(("cases", number, "expect"), "name at least one thing that must follow")


def run_case(case: Case, policy: Policy, now: datetime) -> Result:
    """Asks the policy about the case's incident and compares. ``now``: some rules may depend on the hour."""
    decision = decide(case.incident.facts, policy, now)
    actual = _as_expected(decision)
    differences = []
    for field in Expected.model_fields:
        wanted = getattr(case.expect, field)
        if wanted is not None and _plain(wanted) != _plain(actual[field]):
            differences.append(Difference(field, _plain(wanted), _plain(actual[field])))
    return Result(case.name, tuple(differences), tuple(f"{r.code}: {r.text}" for r in decision.reasons))


def _as_expected(decision: Decision) -> Mapping[str, Any]:
    return {
        "formal_updates": decision.formal_updates,
        "may_start": decision.may_start,
        "audiences": decision.audiences,
        "channels": decision.channels,
        "reviews": tuple(review.role for review in decision.reviews),
        "update_every_minutes": minutes(decision.update_every),
        "approval_window_minutes": minutes(decision.approval_window),
        "intervals": {name: minutes(each) for name, each in decision.intervals.items()},
        "template": decision.template,
        "etr": decision.etr,
        "disclosure": {item.topic: item.disclose for item in decision.disclosure},
    }


def _plain(value: object) -> str:
    """A value as people read it, lists in one order: ``email, webhook``, ``none``, ``yes``, ``30``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {value[name]}" for name in sorted(value)) or "none"
    if isinstance(value, tuple):
        return ", ".join(sorted(set(value))) or "none"
    return str(value)
