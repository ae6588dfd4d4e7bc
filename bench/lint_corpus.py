"""What lint finds in real status updates: findings by rule and per 100 texts, and how right it is.

Reads the folder given as argument or in ``LINT_CORPUS``, in the form of ``tests/rules/lint/corpus``; without
one, that sample. The precision comes from the judged sentences in ``tests/rules/lint_gold.jsonl``.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

from bench._corpus import SAMPLE, context, updates
from bench._figures import Figure, report
from clarion.rules import lint

GOLD = SAMPLE.parents[1] / "lint_gold.jsonl"
GOALS = {"block": 0.95, "review": 0.85}


def count(folder: Path, rules: lint.Rules) -> tuple[int, Counter[tuple[str, str, str]]]:
    """How many texts, and how many findings of each family, rule and severity."""
    found: Counter[tuple[str, str, str]] = Counter()
    texts = 0
    for update in updates(folder):
        texts += 1
        for finding in lint.check(update.text, update.context, rules):
            found[finding.family, finding.rule, finding.severity] += 1
    return texts, found


def judged(rules: lint.Rules) -> Counter[tuple[str, str, bool]]:
    """Judged sentences that are still found, by family, severity and whether they are true."""
    known = {rule.id: (rule.family, rule.severity) for rule in rules.phrases}
    known |= {module.ID: (module.FAMILY, module.SEVERITY) for module in rules.structural.values()}
    counts: Counter[tuple[str, str, bool]] = Counter()
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        findings = lint.check(lint.LintText("", row["text"]), context(row["state"]), rules)
        if row["rule"] in {finding.rule for finding in findings}:
            counts[*known[row["rule"]], row["true"]] += 1
    return counts


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else os.environ.get("LINT_CORPUS", SAMPLE))
    rules = lint.load_rules()
    texts, found = count(folder, rules)
    if not texts:
        print(f"{folder} holds no updates; see bench/_corpus.py for the form", file=sys.stderr)
        return 1
    for (family, rule, severity), number in sorted(found.items()):
        print(f"{family:12} {rule} {severity:7} {number:6} {100 * number / texts:8.2f} per 100 texts")
    counts = judged(rules)
    for family, severity in sorted({key[:2] for key in counts}):
        true, false = counts[family, severity, True], counts[family, severity, False]
        print(f"{family:12} {severity:7} judged {true + false:4} precision {true / (true + false):.3f}")
    figures = []
    for severity, goal in GOALS.items():
        true = sum(number for key, number in counts.items() if key[1:] == (severity, True))
        every = sum(number for key, number in counts.items() if key[1] == severity)
        ok = true / every >= goal
        figures.append(
            Figure(
                f"lint precision, {severity}",
                true / every,
                "share",
                "judged sentences",
                every,
                f">= {goal}",
                ok,
            )
        )
    return report(*figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
