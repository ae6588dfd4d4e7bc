"""Two policies compared, and the published schema."""

from __future__ import annotations

from importlib import resources

import pytest
import yaml

from clarion.rules.documents import KINDS
from clarion.rules.policy import load
from clarion.rules.policy.diff import diff
from tests import factories as make
from tests.rules.policy_documents import SHIPPED, document

BEFORE = load(SHIPPED)
FACTS, TONE = (f"  - name: {name}\n" for name in ("facts", "tone"))

#: in words; what is replaced in the shipped policy, by what; place, kind, a detail
CHANGES = [
    ("nothing but a remark", "# When may", "# Since when may", []),
    (
        "an interval",
        "every_minutes: 30,",
        "every_minutes: 45,",
        [("cadence.sev-1", "changed", "every_minutes: 30 → 45")],
    ),
    (
        "a setting",
        "etr: engineering_only",
        "etr: never",
        [("etr", "changed", "engineering_only → never")],
    ),
    (
        "an owner",
        "owner: Customer support",
        "owner: Press",
        [("audiences.customers", "changed", "owner: Customer support → Press")],
    ),
    (
        "where the organisation answers",
        "title: Default policy\n",
        "title: Default policy\norganisation: {jurisdictions: [US, HK], listed_issuer: true}\n",
        [("organisation", "changed", "jurisdictions: nothing → [US, HK] listed_issuer: nothing → true")],
    ),
    (
        "a rule more",
        TONE,
        "  - {name: counsel, role: legal, why: Always.}\n" + TONE,
        [("reviews.counsel", "added", "role: legal")],
    ),
    (
        "another name",
        "name: sev-3-long,",
        "name: slow,",
        [
            ("cadence.slow", "added", "every_minutes: 240"),
            ("cadence.sev-3-long", "removed", "every_minutes: 240"),
        ],
    ),
    (
        "a condition",
        "when: {severity: [SEV-1, SEV-2]}",
        "when: {severity: {at_least: SEV-2}}",
        [("updates.severe", "changed", "{severity: {at_least: SEV-2}}")],
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "expected"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_a_change_is_told_rule_by_rule(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    assert old in SHIPPED
    found = diff(BEFORE, load(SHIPPED.replace(old, new, 1)))
    assert [(place, kind) for place, kind, _ in expected] == [(each.place, each.kind) for each in found]
    for (_, _, detail), each in zip(expected, found, strict=True):
        assert detail in " ".join(each.details)


def test_order_is_meaning_so_a_moved_rule_is_a_change() -> None:
    rules = yaml.safe_load(SHIPPED)["updates"]
    found = diff(BEFORE, load(document(updates=[rules[1], rules[0], *rules[2:]])))
    assert {("updates.regulated", "moved"), ("updates.private", "moved")} == {
        (c.place, c.kind) for c in found
    }


def test_the_schema_says_what_a_document_may_hold() -> None:
    """Every key of the shipped one, no others, and the words of every fact."""
    made = KINDS["document"].schema()
    assert set(yaml.safe_load(SHIPPED)) <= set(made["properties"])
    assert made["additionalProperties"] is False
    conditions = made["$defs"]["When"]
    assert conditions["additionalProperties"] is False
    assert {"enum": ["SEV-5", "SEV-4", "SEV-3", "SEV-2", "SEV-1"]} in conditions["properties"]["severity"][
        "anyOf"
    ]
    assert "GB-EAW" in made["$defs"]["Organisation"]["properties"]["jurisdictions"]["items"]["enum"]
    assert {"from", "until"} <= set(made["$defs"]["QuietHours"]["properties"])


def test_templates_are_told_apart_text_by_text() -> None:
    """A line that changed is shown as it was and as it is; what stands on one line beside each other."""
    shipped = (resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8")
    changed = shipped.replace("It affects {who}.", "This concerns {who}.", 1)
    changed = changed.replace("symptom: pages may not load, or may drop out", "symptom: pages are slow", 1)
    changed = changed.replace("  ruled_out: we have ruled out {ruled_out}\n", "", 1)
    assert {
        "phases.holding.body": ("changed", ("- It affects {who}.", "+ This concerns {who}.")),
        "phrases.network.symptom": ("changed", ("pages may not load, or may drop out → pages are slow",)),
        "changes.ruled_out": ("removed", ("we have ruled out {ruled_out}",)),
    } == {each.place: (each.kind, each.details) for each in KINDS["templates"].diff(shipped, changed)}
    assert () == KINDS["templates"].diff(shipped, f"{shipped}\n# a remark\n")


def test_lint_rules_are_told_apart_by_their_names() -> None:
    one, other = (
        make.lint_rules(),
        make.lint_rules(severity="block").replace("label: House words", "label: Ours"),
    )
    [changed] = KINDS["lint_rules"].diff(one, other)
    assert ("ORG-001", "changed") == (changed.place, changed.kind)
    assert ("label: House words → Ours", "severity: warn → block") == changed.details
    assert ["added"] == [each.kind for each in KINDS["lint_rules"].diff("", one)]
    assert ["removed"] == [each.kind for each in KINDS["lint_rules"].diff(one, "")]
