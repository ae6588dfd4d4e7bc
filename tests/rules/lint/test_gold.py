"""Findings that people judged, sentence by sentence, in real updates: how often lint is right.

``lint_gold.jsonl`` holds a rule, a text as it was published, the publisher's label, its source, and whether
a careful reviewer would want to look at it for the reason given. The rows were read in their context;
the false ones among them were the reason to change patterns. Sources and licences: ``corpus/README.md``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench._corpus import SAMPLE, context, updates
from clarion.rules import lint
from clarion.rules.lint import LintText
from clarion.rules.lint._condition import facts_of
from clarion.rules.lint._reading import read

RULES = lint.load_rules()
SEVERITIES = {rule.id: rule.severity for rule in RULES.phrases} | {
    module.ID: module.SEVERITY for module in RULES.structural.values()
}


@dataclass(frozen=True)
class Row:
    """One judged sentence."""

    rule: str
    text: str
    state: str | None
    source: str
    true: bool
    why: str

    @property
    def found(self) -> bool:
        findings = lint.check(LintText("", self.text), context(self.state), RULES)
        return self.rule in {finding.rule for finding in findings}


def rows() -> Iterator[Row]:
    for line in (Path(__file__).parents[1] / "lint_gold.jsonl").read_text(encoding="utf-8").splitlines():
        yield Row(**json.loads(line))


GOLD = tuple(rows())


def precision(severity: str) -> float:
    """The share of true rows among those that rules of this severity still find."""
    found = [row for row in GOLD if SEVERITIES[row.rule] == severity and row.found]
    return sum(row.true for row in found) / len(found)


def test_at_least_200_findings_were_judged_each_with_a_reason_and_its_source() -> None:
    assert len({(row.rule, row.text) for row in GOLD}) == len(GOLD) >= 200
    assert all(row.why.endswith(".") and "/" in row.source for row in GOLD)
    assert {"block", "review"} >= {SEVERITIES[row.rule] for row in GOLD}


def test_nothing_true_is_lost() -> None:
    assert [] == [(row.rule, row.text) for row in GOLD if row.true and not row.found]


def test_block_rules_are_right_19_times_in_20() -> None:
    assert precision("block") >= 0.95


def test_review_rules_are_right_17_times_in_20() -> None:
    assert precision("review") >= 0.85


def test_no_review_rule_with_ten_judged_rows_is_wrong_more_often_than_right() -> None:
    """An average could hide one that nobody should have to read."""
    judged = defaultdict(list)
    for row in GOLD:
        if row.found:
            judged[row.rule].append(row.true)
    assert {} == {
        rule: found for rule, found in judged.items() if len(found) >= 10 and sum(found) * 2 < len(found)
    }


def test_the_prefilter_loses_no_finding_in_real_updates() -> None:
    """Asked of every rule one by one, the sample gives the same rules as the one question to all."""
    for update in updates(SAMPLE):
        view = read(update.text)
        facts = facts_of(update.text, update.context)
        one_by_one = {
            rule.id
            for rule in RULES.phrases
            if (rule.condition is None or rule.condition(facts).holds is not False)
            and any(True for reading in view.readings for _ in rule.spans(reading))
        }
        found = {finding.rule for finding in lint.check(update.text, update.context, RULES)}
        assert one_by_one == {rule for rule in found if not rule.startswith("STR")}, update.source


def test_the_sample_has_a_few_hundred_updates_from_three_publishers() -> None:
    texts = list(updates(SAMPLE))
    assert 200 <= len(texts) <= 800
    assert {"github-status", "aws-health", "jenkins-status"} == {text.source.split("/")[0] for text in texts}


@pytest.mark.parametrize("body", ["our fault. " * 900, "!" * 10_000, "10.9.8.7 " * 1_000, "breach " * 1_400])
def test_the_number_of_findings_is_bounded(body: str) -> None:
    """Twenty of a rule are enough to know that the text needs work, and one more says that there are more."""
    counts: dict[str, int] = defaultdict(int)
    for finding in lint.check(LintText("", body), context(None), RULES):
        counts[finding.rule] += 1
    assert counts and max(counts.values()) <= 21
