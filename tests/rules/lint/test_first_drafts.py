"""What Clarion writes itself passes its own rules, and the reference names every rule that runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from clarion.rules import draft, lint
from clarion.rules.lint import Context, LintText
from clarion.rules.terms import CATEGORIES

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = lint.load_rules()
TEMPLATES = draft.load_templates(
    (resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8")
)
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "lint.md"
STATES = {"holding": "investigating", "update": "identified", "resolution": "resolved"}


@pytest.mark.parametrize("phase", draft.PHASES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_no_first_draft_is_blocked_or_speaks_of_what_nobody_knows(phase: str, category: str) -> None:
    """With nothing recorded but the state: only the missing word about stored data is left to review."""
    soon = NOON + timedelta(hours=1)
    facts = draft.Facts("INC-1", "SEV-2", category, ["Checkout"], ["high latency"], NOON, NOON, soon)
    context = Context(
        now=NOON, state=STATES[phase], monitoring_since=NOON - timedelta(hours=1), next_update_at=soon
    )
    for audience, text in draft.compose(TEMPLATES, phase, facts).items():
        found = lint.check(LintText(text["title"], text["body"], audience), context, RULES)
        grave = {finding.rule for finding in found if finding.severity in ("block", "review")}
        assert grave <= {"STR-006"}, (audience, grave)


def test_the_reference_has_every_family_and_every_structural_rule() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    assert [] == [rule.family for rule in RULES.phrases if f"`{rule.family}`" not in rows]
    assert [] == [module.ID for module in RULES.structural.values() if module.ID not in rows]
