"""The shipped phrase rules, each by its own examples, and when they apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest
import yaml

from clarion.rules import lint
from clarion.rules.facts import Estimate
from clarion.rules.lint import BadRule, Context, Finding, LintText
from clarion.rules.lint._condition import FACTS, BadCondition, parse
from clarion.rules.lint._phrase import PhraseRule, is_card_number, load_family

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = lint.load_rules()
#: Nothing recorded: every condition is unknown, so every rule applies.
UNKNOWN = Context(now=NOON)
FOLDER = resources.files("clarion.data") / "lint" / "en"
FAMILIES = sorted(file.name for file in FOLDER.iterdir())


def found(body: str, context: Context = UNKNOWN, audience: str = "customers") -> tuple[Finding, ...]:
    """The findings of phrase rules alone: structural rules have tests of their own."""
    findings = lint.check(LintText("", body, audience), context, RULES)
    return tuple(finding for finding in findings if not finding.rule.startswith("STR"))


def names(*arguments: Any, **more: Any) -> set[str]:
    return {finding.rule for finding in found(*arguments, **more)}


def test_at_least_89_rules_are_there_and_each_has_its_own_name() -> None:
    ids = [rule.id for rule in RULES.phrases]
    assert len(ids) == len(set(ids)) >= 89


BAD = [pytest.param(rule, text, id=rule.id) for rule in RULES.phrases for text in rule.bad]
GOOD = [pytest.param(rule, text, id=rule.id) for rule in RULES.phrases for text in rule.good]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_it_finds_what_it_is_for(rule: PhraseRule, text: str) -> None:
    """Through the front door: prefilter, conditions and audience included. Advice and words are given.

    Where a condition asks for the audience, customers are among those it names.
    """
    mine = [finding for finding in found(text) if finding.rule == rule.id]
    assert mine, text
    assert all(
        finding.reason.startswith(rule.why) and finding.advice == rule.fix and finding.words in text
        for finding in mine
    )


@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_it_leaves_alone_what_it_recommends(rule: PhraseRule, text: str) -> None:
    """And no other rule blocks it: nobody is sent from one refusal to the next."""
    findings = found(text)
    assert rule.id not in {finding.rule for finding in findings}
    assert [] == [finding for finding in findings if finding.severity == "block"]


@pytest.mark.parametrize(
    ("rule", "text"),
    [row for row in BAD if row.values[0].replace],  # type: ignore[attr-defined]
)
def test_a_replacement_ends_the_finding(rule: PhraseRule, text: str) -> None:
    """One click, and the rule is content; where no word fits exactly, there is only advice."""
    for finding in found(text):
        if finding.rule == rule.id and finding.replacement is not None:
            place = finding.place
            mended = text[: place.start] + finding.replacement + text[place.end :]
            assert rule.id not in names(mended)


@pytest.mark.parametrize("name", FAMILIES)
def test_reasons_and_advice_are_whole_sentences(name: str) -> None:
    family = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    for rule in family["rules"]:
        assert rule["why"][0].isupper() and rule["why"].endswith("."), rule["id"]
        assert rule["fix"][0].isupper() and rule["fix"].rstrip('"').endswith((".", "…")), rule["id"]


#: rule, a text it finds, the facts, whether it applies then, what is said to be unrecorded
CONDITIONS = [
    ("SPC-002", "It was caused by a disk.", {"cause_confirmed": False}, True, ()),
    ("SPC-002", "It was caused by a disk.", {"cause_confirmed": True}, True, ("phase", "state")),
    (
        "SPC-002",
        "It was caused by a disk.",
        {"cause_confirmed": True, "phase": "update", "state": "identified"},
        False,
        (),
    ),
    ("SPC-002", "It was caused by a disk.", {"phase": "holding", "cause_confirmed": True}, True, ()),
    ("SPC-002", "It was caused by a disk.", {"state": "investigating"}, True, ()),
    ("MIN-004", "Data may have been viewed.", {"access_confirmed": True}, True, ()),
    ("MIN-004", "Data may have been viewed.", {"access_confirmed": False}, False, ()),
    ("MIN-004", "Data may have been viewed.", {}, True, ("access_confirmed",)),
    ("ABS-004", "It is fully fixed.", {"recovery_confirmed": False}, True, ()),
    ("ABS-004", "It is fully fixed.", {"recovery_confirmed": True}, False, ()),
    ("SEN-006", "See CVE-2026-40404.", {"fix_deployed": False}, True, ()),
    ("SEN-006", "See CVE-2026-40404.", {"fix_deployed": True}, False, ()),
    ("SEN-006", "See CVE-2026-40404.", {}, True, ("fix_deployed",)),
    ("SEC-001", "There was a breach.", {"breach_determined": False}, True, ()),
    ("SEC-001", "There was a breach.", {"breach_determined": True}, False, ()),
    ("SEC-001", "There was a breach.", {}, True, ("breach_determined",)),
    ("SEC-002", "We were hacked.", {"security_confirmed": False}, True, ()),
    ("SEC-002", "We were hacked.", {"security_confirmed": True}, False, ()),
    ("SEC-008", "They exploit it.", {"fix_deployed": True}, False, ()),
    ("LEG-007", "It is not material.", {"listed_issuer": True}, True, ()),
    ("LEG-007", "It is not material.", {"listed_issuer": False}, False, ()),
    ("LEG-008", "It lowers revenue.", {}, True, ("listed_issuer",)),
    ("SPC-006", "It will be fixed by 3 PM UTC.", {}, True, ()),
    (
        "SPC-006",
        "It will be fixed by 3 PM UTC.",
        {"estimate": Estimate(NOON, "rate", "engineering", "low", as_of=NOON, expires_at=NOON)},
        False,
        (),
    ),
]


@pytest.mark.parametrize(("rule", "text", "facts", "applies", "assumed"), CONDITIONS)
def test_a_rule_applies_when_its_facts_say_so(
    rule: str, text: str, facts: dict[str, Any], applies: bool, assumed: tuple[str, ...]
) -> None:
    """What nobody has recorded counts as the cautious side, and the finding says that it does."""
    mine = [finding for finding in found(text, replace(UNKNOWN, **facts)) if finding.rule == rule]
    assert bool(mine) == applies
    for finding in mine:
        assert assumed == finding.assumed
        assert ("Nobody has recorded" in finding.reason) == bool(assumed)
        assert all(FACTS[name] in finding.reason for name in assumed)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "write a mapping of facts"),
        ([], "write a mapping of facts"),
        ({"weather": "fine"}, "there is no fact 'weather'"),
        ({"cause_confirmed": "no"}, "write true or false"),
        ({"phase": "panic"}, "there is no 'panic'"),
        ({"any": {"phase": "holding"}}, "any: write a list"),
        ({"not": {"state": "__import__('os')"}}, "there is no"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(data: Any, problem: str) -> None:
    with pytest.raises(BadCondition, match=problem):
        parse(data)


def test_unknown_under_not_and_any_stays_unknown_unless_another_part_decides() -> None:
    """Kleene's three values, as a table."""
    unknown: dict[str, Any] = dict.fromkeys(FACTS)
    known = {**unknown, "phase": "holding", "cause_confirmed": True}
    assert parse({"not": {"phase": "holding"}})(unknown).holds is None
    assert parse({"not": {"phase": "holding"}})(known).holds is False
    assert parse({"any": [{"phase": "update"}, {"cause_confirmed": True}]})(known).holds is True
    assert parse({"phase": ["update"], "state": "resolved"})(known).holds is False
    assert parse({"phase": "holding", "state": "resolved"})(known) == (None, ("state",))


def test_inside_the_organisation_style_is_free_and_records_and_secrets_are_not() -> None:
    text = "prod-db-07 is our fault. Please wipe these logs. password: sesame-oil"
    assert {"LEG-003", "SEN-010"} == names(text, audience="internal")
    assert {"LEG-003", "SEN-010", "SEN-004", "ADM-001"} <= names(text, audience="customers")
    assert {"SEN-004", "ADM-001"} <= names(text, audience="somebody-new")


def test_for_a_regulator_admission_speculation_and_details_are_advice() -> None:
    """What must be reported is reported; a credential is still none of their business, so it is said."""
    text = "Our mistake on 10.9.8.7, and there is no evidence of access. A breach occurred."
    severities = {f.rule: f.severity for f in found(text, audience="regulators")}
    assert severities.items() >= {"ADM-001": "info", "SEN-001": "info", "SPC-004": "info"}.items()
    assert "block" == severities["SEC-001"]


#: jurisdictions, and the severities of "we accept responsibility" and of "sorry that we lost"
APOLOGIES = [
    ((), "review", "review"),
    (("HK",), "review", "warn"),
    (("GB-EAW",), "review", "review"),
    (("GB-SCT",), "review", "block"),
    (("US",), "block", "block"),
    (("EU-civil-law",), "block", "block"),
    (("somewhere without a profile",), "block", "block"),
    (("HK", "US"), "block", "block"),
    (("CA-BC", "AU-NSW"), "review", "review"),
]


@pytest.mark.parametrize(("jurisdictions", "acceptance", "tied"), APOLOGIES)
def test_a_jurisdiction_decides_what_an_apology_may_say(
    jurisdictions: tuple[str, ...], acceptance: str, tied: str
) -> None:
    """Accepting responsibility is blocked only where a profile says so; the strictest of several counts."""
    text = "We accept full responsibility. We are sorry that we lost your orders."
    context = replace(UNKNOWN, jurisdictions=jurisdictions)
    severities = {finding.rule: finding for finding in found(text, context)}
    assert (acceptance, tied) == (severities["ADM-004"].severity, severities["ADM-013"].severity)
    if acceptance == "block":
        assert any(name in severities["ADM-004"].reason for name in jurisdictions)


def test_an_apology_for_the_effect_is_free_everywhere() -> None:
    text = "We are sorry for the disruption. We own putting this right."
    assert set() == names(text, replace(UNKNOWN, jurisdictions=("US", "GB-SCT", "JP")))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"pattern": "(unclosed"}, "cannot be used"),
        ({"severity": "fatal"}, "severity"),
        ({"id": "x1"}, "id"),
        ({"colour": "red"}, "colour"),
        ({"when": {"moon": "full"}}, "there is no fact 'moon'"),
        ({"bad": []}, "bad"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(change: dict[str, Any], problem: str) -> None:
    rule = {
        "id": "XYZ-001",
        "severity": "warn",
        "pattern": "abc",
        "why": "A sentence that says why this is here.",
        "fix": "Write it otherwise.",
        "bad": ["abc"],
        "good": ["cba"],
    }
    family = {"family": "x", "label": "X", "role": "clarity", "rules": [rule | change]}
    with pytest.raises(BadRule, match=problem):
        load_family("x.yaml", yaml.safe_dump(family))


def test_a_card_number_has_its_check_digit() -> None:
    assert is_card_number("4111 1111 1111 1111") and is_card_number("5500-0000-0000-0004")
    assert not is_card_number("4111 1111 1111 1112")


#: what is said thirty times, the rule that finds it, and how many findings come out
OFTEN = [("careless", "ADM-002", 21), ("breach", "SEC-001", 21), ("glitch", "MIN-003", 20)]


@pytest.mark.parametrize(("said", "rule", "count"), OFTEN)
def test_beyond_twenty_one_finding_stands_for_the_rest(said: str, rule: str, count: int) -> None:
    """Where somebody answers for it. Of warnings the first twenty are enough to look again."""
    text = " ".join(f"Change {number} was a {said} one." for number in range(30))
    mine = [finding for finding in found(text) if finding.rule == rule]
    assert (count, count) == (len(mine), len({finding.fingerprint for finding in mine}))
    rest = [finding for finding in mine if finding.unlisted]
    assert ([10] if count > 20 else []) == [finding.unlisted for finding in rest]
    changed = [finding for finding in found(text.replace("Change 29", "Step 29")) if finding.unlisted]
    assert all(one.fingerprint != other.fingerprint for one, other in zip(rest, changed, strict=True))


def test_a_text_with_very_many_says_how_many_at_least() -> None:
    """Counting thousands would take long and tell nobody more."""
    text = " ".join(f"Change {number} was a careless one." for number in range(500))
    rest = [finding for finding in found(text) if finding.rule == "ADM-002" and finding.unlisted]
    assert [30] == [finding.unlisted for finding in rest]
    assert "This text has 50 or more of these" in rest[0].reason
