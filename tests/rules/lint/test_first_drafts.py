"""What Clarion writes itself passes its own rules, and the reference names every rule that runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from clarion.rules import lint
from clarion.rules.audience import AUDIENCES
from clarion.rules.compose import Situation, compose
from clarion.rules.draft import END_PHASES, PHASES, proposed_state
from clarion.rules.facts import FactSheet
from clarion.rules.lint import Context, LintText
from clarion.rules.templates import load_templates
from clarion.rules.terms import CATEGORIES

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = lint.load_rules()
TEMPLATES = load_templates((resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8"))
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "lint.md"


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_no_first_draft_is_blocked_or_has_to_be_reviewed_for_its_words(phase: str, category: str) -> None:
    """For every audience, with nothing recorded but the state and the promise.

    A correction alone is told that it does not say what readers notice: somebody has to fill it in.
    """
    ends = phase in END_PHASES
    situation = Situation(
        incident_id="i1",
        severity="SEV-1",
        category=category,
        template=category,
        state=proposed_state(phase, "identified"),
        services=["Checkout"],
        signals=["errors 12% (firing)"],
        sheet=FactSheet(detected_at=NOON - HOUR),
        quiet_at=NOON - HOUR if ends else None,
        next_update_at=None if ends else NOON + HOUR,
        now=NOON,
    )
    context = Context(
        now=NOON,
        phase=phase,
        state=situation.state,
        next_update_at=situation.next_update_at,
        monitoring_since=NOON - HOUR,
    )
    for audience, text in compose(TEMPLATES, phase, situation, audiences=AUDIENCES).texts.items():
        found = lint.check(LintText(text["title"], text["body"], audience), context, RULES)
        grave = {finding.rule for finding in found if finding.severity in ("block", "review")}
        assert grave <= ({"STR-002"} if phase == "correction" else set()), audience


def test_the_reference_has_every_family_and_every_structural_rule() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    assert [] == [rule.family for rule in RULES.phrases if f"`{rule.family}`" not in rows]
    assert [] == [module.ID for module in RULES.structural.values() if module.ID not in rows]
