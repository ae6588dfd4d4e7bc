"""One decision of a policy with 200 rules of which most almost match, against a bare loop over as many.

The floor compares the severity of an incident with as many words as the policy has rules, in a bare loop.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import yaml

from bench._figures import Figure, percentile, report
from clarion.rules.policy import IncidentFacts, Policy, decide, load

RULES = 200
ROUNDS = 2000
GOAL_MS = 1.0
NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
#: Asked for by every filler rule but the last condition of each, so that no rule is passed over at once.
INCIDENT = IncidentFacts(
    "SEV-3",
    "application",
    "public",
    outage_scope="partial",
    business_impact="minor",
    stakeholder_visibility="customers",
    duties=frozenset({"reporting"}),
    regions=frozenset({"EU"}),
    customers_affected=10,
)


def filler(number: int) -> dict[str, Any]:
    """A rule that almost matches: only its last condition fails."""
    return {
        "name": f"filler-{number}",
        "when": {
            "severity": ["SEV-3", "SEV-4"],
            "category": "application",
            "duties": ["reporting"],
            "customers_affected": {"at_least": 1_000 + number, "at_most": 1_001 + number},
        },
    }


def policy() -> Policy:
    """The shipped policy with filler rules before its own, 200 in all."""
    text = (resources.files("clarion.data") / "policy.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    shipped = sum(len(rules) for _, rules in load(text).parts())
    each, rest = divmod(RULES - shipped, 3)
    answers: dict[str, dict[str, Any]] = {
        "updates": {"formal_updates": False, "audiences": ["internal"], "why": "So."},
        "cadence": {"every_minutes": 60, "warn_minutes": 5},
        "windows": {"minutes": 9},
    }
    for part, answer in answers.items():
        count = each + (rest if part == "windows" else 0)
        document[part] = [filler(number) | answer for number in range(count)] + document[part]
    return load(_plain(document))


def _plain(document: dict[str, Any]) -> str:
    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(document, Dumper=Dumper)


def floor_round(words: list[str]) -> float:
    began = time.perf_counter()
    found = [word for word in words if word == INCIDENT.severity]
    spent = (time.perf_counter() - began) * 1000
    assert not found
    return spent


def main() -> int:
    asked = policy()
    count = sum(len(rules) for _, rules in asked.parts())
    assert count == RULES, count
    words = [f"SEV-{number + 10}" for number in range(RULES)]
    floors, times = [], []
    for _ in range(ROUNDS):
        floors.append(floor_round(words))
        began = time.perf_counter()
        decide(INCIDENT, asked, NOW)
        times.append((time.perf_counter() - began) * 1000)
    floor, value = percentile(floors, 0.5), percentile(times, 0.5)
    worst = percentile(times, 0.99)
    bare = "a bare loop over as many words, p50"
    return report(
        Figure(
            "decision with 200 rules, p50", value, "ms", bare, floor, f"<= {GOAL_MS} ms", value <= GOAL_MS
        ),
        Figure("decision with 200 rules, p99", worst, "ms", bare, floor, "", True),
    )


if __name__ == "__main__":
    sys.exit(main())
