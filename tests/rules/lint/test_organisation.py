"""Rules that an organisation writes: under RE2 alone, refused in one sentence, tried on their examples."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.rules import lint
from clarion.rules.lint import BadRule, Context, LintText, _prefilter
from clarion.rules.lint._organisation import LONGEST_PATTERN, MOST_RULES, compile_pattern

CONTEXT = Context(now=datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


def document(*rules: dict[str, Any]) -> str:
    usual = {
        "severity": "warn",
        "why": "Our brand book asks for another word here.",
        "fix": "Write the word of the brand book.",
        "bad": ["a bad widget"],
        "good": ["a good thing"],
    }
    entries = [
        {"id": f"ORG-{number:03}", **deepcopy(usual), **rule} for number, rule in enumerate(rules, start=1)
    ]
    return yaml.safe_dump({"family": "house", "label": "House", "role": "clarity", "rules": entries})


def problem_of(*rules: dict[str, Any]) -> str:
    with pytest.raises(BadRule) as refused:
        lint.load_rules(document(*rules))
    return str(refused.value)


def test_a_rule_of_the_house_is_found_like_any_other() -> None:
    """With its place, its reason and its replacement; hidden letters hide nothing from it either."""
    rules = lint.load_rules(document({"pattern": "wid(get|gets)", "replace": {"widget": "thing"}}))
    found = lint.check(LintText("", "A Wid\u200bget and a widget."), CONTEXT, rules)
    mine = [finding for finding in found if finding.rule == "ORG-001"]
    assert [("Wid\u200bget", None), ("widget", "thing")] == [(f.words, f.replacement) for f in mine]
    assert {"Our brand book asks for another word here."} == {finding.reason for finding in mine}


def test_conditions_and_exceptions_work_as_in_shipped_rules() -> None:
    rule = {"pattern": "widget", "unless": "sorry", "when": {"cause_confirmed": True}}
    rules = lint.load_rules(document(rule))

    def count(body: str, confirmed: bool) -> int:
        context = Context(now=CONTEXT.now, cause_confirmed=confirmed)
        return sum(f.rule == "ORG-001" for f in lint.check(LintText("", body), context, rules))

    assert (1, 0, 0) == (count("A widget.", True), count("A widget.", False), count("Sorry, a widget.", True))


#: What makes a backtracking engine hang.
HANGING = ["(a+)+$", "(a|aa)+$", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$"]


@pytest.mark.parametrize("pattern", HANGING)
@pytest.mark.parametrize("text", ["a" * 50_000 + "!", "a" * 50_000, "ab" * 25_000, "aA" * 25_000])
def test_no_pattern_makes_the_program_hang(pattern: str, text: str) -> None:
    """Half an hour would not be enough for ``re``; that this ends at all is the test."""
    compile_pattern(pattern).search(text)


@pytest.mark.parametrize("pattern", HANGING)
def test_such_a_rule_can_be_saved_and_run(pattern: str) -> None:
    rule = {"pattern": pattern, "bad": ["xyZa"] if "A-Z" in pattern else ["a" * 20], "good": ["!"]}
    rules = lint.load_rules(document(rule))
    found = lint.check(LintText("", "a" * 50_000 + " " + "aA" * 5_000), CONTEXT, rules)
    assert len([finding for finding in found if finding.rule == "ORG-001"]) <= 20


#: What RE2 does not take, and a word of the one sentence that says so.
REFUSED = [
    ("(?=a)b", "looking around"),
    ("(?<!a)b", "looking around"),
    (r"(a)\1", "references back"),
    ("a{1001}", "smaller numbers"),
    ("((a{100}){100}){10}", "smaller numbers"),
    ("(open", "RE2 cannot read it"),
    ("a**", "RE2 cannot read it"),
    ("a*", "no text at all"),
    ("x|", "no text at all"),
    ("\ud800", "RE2 cannot read it"),
]


@pytest.mark.parametrize(("pattern", "said"), REFUSED)
def test_what_re2_cannot_read_is_refused_in_one_sentence(pattern: str, said: str) -> None:
    with pytest.raises(BadRule) as refused:
        compile_pattern(pattern)
    sentence = str(refused.value)
    assert said in sentence and sentence.endswith(".") and "\n" not in sentence


def test_the_refusal_names_the_rule() -> None:
    said = "rules.ORG-001.pattern: the pattern cannot be used: RE2 has no"
    assert said in problem_of({"pattern": "(?=a)b"})


def test_a_rule_that_misses_its_own_examples_is_refused() -> None:
    problem = problem_of({"pattern": "gadget", "bad": ["a widget"], "good": ["a gadget"]})
    assert problem.splitlines() == [
        "line 6: rules.ORG-001.bad.0: the pattern does not find 'a widget'",
        "line 9: rules.ORG-001.good.0: the pattern finds 'a gadget'",
    ]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Each with its rule: nobody wants to propose a document five times."""
    problem = problem_of({"pattern": "a**"}, {"pattern": "x", "when": {"moon": [["full"]]}}, {"pattern": "y"})
    for place in ("ORG-001.pattern", "ORG-002.when", "ORG-003.bad.0"):
        assert f"rules.{place}: " in problem


@pytest.mark.parametrize("value", [[["a"]], [{"a": 1}], {"a": 1}, None])
def test_a_condition_of_lists_in_lists_is_refused_like_any_other(value: object) -> None:
    assert "rules.ORG-001.when: " in problem_of({"pattern": "widget", "when": {"phase": value}})


def test_two_rules_of_one_name_are_refused_even_against_a_shipped_one() -> None:
    assert "rules.ADM-001.id: there is another" in problem_of({"id": "ADM-001", "pattern": "widget"})
    assert "rules.STR-001.id: there is another" in problem_of({"id": "STR-001", "pattern": "widget"})
    assert "rules.ORG-007.id: there is another" in problem_of(*[{"id": "ORG-007", "pattern": "widget"}] * 2)


def test_a_rule_in_force_is_not_silenced_by_a_shipped_one_of_its_name() -> None:
    """An upgrade may bring it; the texts of the organisation go on being read by its own."""
    rules = lint.load_stored(document({"id": "ADM-001", "pattern": "widget"}))
    found = lint.check(LintText("", "A widget."), CONTEXT, lint.only_own(rules))
    assert [("ADM-001", "widget")] == [(finding.rule, finding.words) for finding in found]


def test_there_is_a_bound_on_rules_and_on_their_length() -> None:
    assert "too many" in problem_of(*[{"pattern": "widget"}] * (MOST_RULES + 1))
    assert f"at most {LONGEST_PATTERN}" in problem_of({"pattern": "widget" + "x?" * 500})


@pytest.mark.parametrize("memory", [1, 3_000, 30_000, 300_000, 64 * 1024 * 1024])
def test_rules_too_large_to_be_asked_at_once_are_asked_one_by_one(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little room there is, no rule falls silent."""
    monkeypatch.setattr(_prefilter, "MEMORY", memory)
    rules = [
        {"pattern": f"part {number} (of [a-z]{{1,20}} ){{1,9}}ends", "bad": [f"part {number} of it ends"]}
        for number in range(20)
    ]
    loaded = lint.load_rules(document(*rules))
    text = " ".join(f"part {number} of one of two ends" for number in range(20))
    found = {finding.rule for finding in lint.check(LintText("", text), CONTEXT, loaded)}
    assert {f"ORG-{number:03}" for number in range(1, 21)} <= found


def test_a_question_to_all_that_misses_what_it_must_find_is_never_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RE2 says no both when nothing matches and when it runs out of memory."""
    monkeypatch.setattr(_prefilter.Prefilter, "possible", lambda self, text: [])
    loaded = lint.load_rules(document({"pattern": "widget"}))
    found = lint.check(LintText("", "A widget."), CONTEXT, loaded)
    assert "ORG-001" in {finding.rule for finding in found}


@pytest.mark.parametrize(
    "text", ["{", "- a", "family: x", "rules: []", "&a [*a]", "family: !!python/name:os.system"]
)
def test_a_document_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        lint.load_rules(text)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_any_pattern_is_taken_or_refused_and_never_breaks(pattern: str, text: str) -> None:
    try:
        matcher = compile_pattern(pattern)
    except BadRule as refused:
        assert str(refused).endswith(".")
    else:
        for match in matcher.finditer(text.encode("utf-8", "replace").decode()):
            assert match.end() > match.start()
            break
