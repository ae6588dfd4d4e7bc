"""What is wrong with a policy document: where it stands, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from clarion.rules.policy import BadPolicy, IncidentFacts, decide, load, load_stored
from clarion.rules.terms import CATEGORIES, SEVERITIES
from tests.rules.policy_documents import CADENCE, REVIEW, SHIPPED, UPDATE, document
from tests.rules.test_policy import NOON

LAST = "the last rule must match every incident (no `when`), or some get no answer"
SEVERITY_LIST, CATEGORY_LIST = ", ".join(SEVERITIES), ", ".join(CATEGORIES)
RISING = ", ".join(reversed(SEVERITIES))
NO_KEY = "there is no such key here; mend its spelling or take it out"
OWNED = {
    "customers": {"owner": "Support", "channels": ["status_page", "email", "webhook"]},
    "internal": {"owner": "IT", "channels": ["console"]},
}
STARTED = [{"name": "any", "may_start": True, "why": "so"}]
QUIET = {"zone": "Europe/Berlin", "from": "22:00", "until": "07:00", "severities": ["SEV-4"]}

MANY = [{**CADENCE, "name": f"r{n}", "when": {"open_minutes": n}} for n in range(300)]
#: in words, what is changed in a good document, the place and what the message says
BAD: list[tuple[str, dict[str, Any], str]] = [
    (
        "a severity that does not exist",
        {"updates": [{**UPDATE, "name": "a", "when": {"severity": ["SEV-9"]}}, UPDATE]},
        f"updates.a.when.severity: there is no 'SEV-9'; use {RISING}",
    ),
    (
        "a category that does not exist",
        {"reviews": [{**REVIEW, "when": {"category": ["weather"]}}]},
        f"reviews.facts.when.category: there is no 'weather'; use {CATEGORY_LIST}",
    ),
    (
        "a visibility that does not exist",
        {"cadence": [{**CADENCE, "name": "a", "when": {"visibility": ["secret"]}}, CADENCE]},
        "cadence.a.when.visibility: there is no 'secret'; use public, private",
    ),
    (
        "an audience that does not exist",
        {"updates": [{**UPDATE, "audiences": ["customers", "internal", "martians"]}]},
        "updates.all.audiences: there is no audience 'martians'; use",
    ),
    (
        "formal updates for nobody",
        {"updates": [{**UPDATE, "name": "a", "when": {"severity": "SEV-1"}, "audiences": []}, UPDATE]},
        "updates.a: formal updates need at least one audience",
    ),
    (
        "an audience that nobody owns",
        {"audiences": {**OWNED, "customers": {"owner": " ", "channels": ["email"]}}},
        "audiences.customers.owner: name who owns this audience",
    ),
    (
        "an audience without an entry",
        {"audiences": {"customers": {"owner": "Support", "channels": ["email"]}}, "updates": [UPDATE]},
        "updates.all.audiences: internal has no entry in audiences, so nobody owns it; write one",
    ),
    (
        "an audience without a channel",
        {"audiences": {**OWNED, "internal": {"owner": "IT"}}},
        "audiences.internal: no channel reaches this audience",
    ),
    (
        "customers on the screen of colleagues",
        {"audiences": {**OWNED, "customers": {"owner": "IT", "channels": ["email", "console"]}}},
        "audiences.customers.channels: customers are outside and see no console",
    ),
    (
        "an audience that no rule names",
        {"updates": [{**UPDATE, "audiences": ["customers"]}]},
        "audiences.internal: no rule in updates names this audience",
    ),
    (
        "an audience that the channels of a rule do not reach",
        {"updates": [{**UPDATE, "channels": []}]},
        "updates.all.channels: none of these reaches customers; name one of status_page",
    ),
    (
        "a channel that reaches nobody",
        {"updates": [{**UPDATE, "channels": ["email", "emial"]}]},
        "updates.all.channels: 'emial' reaches no audience of this rule; use console, email",
    ),
    (
        "a reviewer who does not exist",
        {"reviews": [{**REVIEW, "role": "astrologer"}]},
        "reviews.facts.role: there is no 'astrologer'; use accuracy, clarity, legal",
    ),
    (
        "a word read as no severity",
        {"severity_words": {"critical": "SEV-0"}},
        f"severity_words.critical: there is no 'SEV-0'; use {SEVERITY_LIST}",
    ),
    (
        "a default that is no severity",
        {"default_severity": "high"},
        f"default_severity: there is no 'high'; use {SEVERITY_LIST}",
    ),
    (
        "labels that suggest no category",
        {"categories": [{"name": "odd", "labels": {"team": ["sky"]}, "category": "weather"}]},
        f"categories.odd.category: there is no 'weather'; use {CATEGORY_LIST}",
    ),
    (
        "a default that is no category",
        {"default_category": "weather"},
        f"default_category: there is no 'weather'; use {CATEGORY_LIST}",
    ),
    (
        "a category without a template",
        {"templates": {name: name for name in CATEGORIES[1:]}},
        "templates: the category network has no template; name one",
    ),
    (
        "a template that does not exist",
        {"templates": {**{name: name for name in CATEGORIES}, "data": "poem"}},
        f"templates.data: there is no 'poem'; use {CATEGORY_LIST}",
    ),
    (
        "no rule for some incidents",
        {"updates": [{**UPDATE, "when": {"severity": "SEV-1"}}]},
        f"updates: {LAST}",
    ),
    (
        "no start while suspected",
        {"start": {"suspected": [], "confirmed": STARTED}},
        f"start.suspected: {LAST}",
    ),
    ("no review", {"reviews": [], "updates": [UPDATE]}, "reviews: every incident needs two different roles"),
    (
        "one reviewer where there are no formal updates, though anybody may start a draft by hand",
        {
            "reviews": [REVIEW, {**REVIEW, "name": "t", "role": "clarity", "when": {"severity": "SEV-1"}}],
            "updates": [{**UPDATE, "formal_updates": False}],
        },
        "reviews: SEV-5 needs two different roles to approve; the rules name accuracy",
    ),
    (
        "one reviewer",
        {
            "reviews": [REVIEW, {**REVIEW, "name": "again", "when": {"category": "network"}}],
            "updates": [UPDATE],
        },
        "reviews: network needs two different roles to approve; the rules name accuracy",
    ),
    (
        "two reviewers, but not where health is touched",
        {
            "reviews": [
                REVIEW,
                {"name": "t", "when": {"duties": {"not": ["health"]}}, "role": "clarity", "why": "so"},
            ],
            "updates": [UPDATE],
        },
        "reviews: health needs two different roles to approve; the rules name accuracy",
    ),
    ("more rules than anybody keeps in mind", {"cadence": [*MANY, CADENCE]}, "cadence: "),
    (
        "one reviewer for what only a rare kind of incident shows",
        {
            "reviews": [
                {
                    "name": name,
                    "when": {fact: {"not": ["x1", "x2", "x3", "x4", "x5"]}},
                    "role": role,
                    "why": "so",
                }
                for name, fact, role in (("a", "duties", "accuracy"), ("b", "duties", "clarity"))
            ]
        },
        "reviews: ",
    ),
    ("no cadence at all", {"cadence": []}, f"cadence: {LAST}"),
    ("a misspelt key", {"updates": [{**UPDATE, "chanels": ["email"]}]}, f"updates.all.chanels: {NO_KEY}"),
    ("a misspelt part", {"reviewers": []}, f"reviewers: {NO_KEY}"),
    ("a part left empty", {"title": None}, "title: Input should be a valid string"),
    (
        "two kinds of one condition",
        {"updates": [{**UPDATE, "when": {"severity": {"equals": "SEV-1", "not": ["SEV-2"]}}}, UPDATE]},
        "updates.all.when.severity: write exactly one of equals, any_of, not, or a range",
    ),
    (
        "a condition left empty",
        {"updates": [{**UPDATE, "when": {"severity": None}}, UPDATE]},
        "updates.all.when.severity: write a condition, or leave the key out",
    ),
    (
        "a range of what has no order",
        {"updates": [{**UPDATE, "name": "a", "when": {"category": {"at_least": "data"}}}, UPDATE]},
        "updates.a.when.category: category has no order, so no range fits it",
    ),
    (
        "a range with nothing in it",
        {
            "updates": [
                {**UPDATE, "name": "a", "when": {"customers_affected": {"at_least": 9, "at_most": 1}}},
                UPDATE,
            ]
        },
        "updates.a.when.customers_affected: nothing lies in this range",
    ),
    (
        "a number in words",
        {"updates": [{**UPDATE, "name": "a", "when": {"customers_affected": "many"}}, UPDATE]},
        "updates.a.when.customers_affected: 'many' is no number",
    ),
    (
        "a tag in another form",
        {"updates": [{**UPDATE, "name": "a", "when": {"duties": ["Personal Data"]}}, UPDATE]},
        "updates.a.when.duties: 'Personal Data' is no duties tag",
    ),
    (
        "a fact that passes, where nobody would look again",
        {"updates": [{**UPDATE, "name": "a", "when": {"open_minutes": {"at_least": 9}}}, UPDATE]},
        "updates.a.when.open_minutes: only cadence rules may ask for open_minutes",
    ),
    (
        "an update every nought minutes",
        {"cadence": [{**CADENCE, "every_minutes": 0}]},
        "cadence.all.every_minutes: ",
    ),
    (
        "a jurisdiction that does not exist",
        {"organisation": {"jurisdictions": ["US", "Mars"]}},
        "organisation.jurisdictions.1: there is no jurisdiction 'Mars'; use GB-EAW, GB-SCT",
    ),
    (
        "a listing in words",
        {"organisation": {"listed_issuer": "yes, in London"}},
        "organisation.listed_issuer: ",
    ),
    ("no time to approve", {"windows": [{"name": "a", "minutes": 0}]}, "windows.a.minutes: "),
    ("approvals that hold no time", {"approval_valid_minutes": 0}, "approval_valid_minutes: "),
    (
        "silence for longer than the longest",
        {"maximum_silence_minutes": 20, "cadence": [CADENCE]},
        "cadence.all.every_minutes: readers would hear nothing for longer than maximum_silence_minutes (20)",
    ),
    (
        "a zone that does not exist",
        {"quiet_hours": {**QUIET, "zone": "Mars/Base"}},
        "quiet_hours.zone: there is no",
    ),
    ("hours without quotes", {"quiet_hours": {**QUIET, "from": 1320}}, "quiet_hours.from: "),
    (
        "a name used twice",
        {
            "windows": [
                {"name": "a", "when": {"severity": "SEV-1"}, "minutes": 1},
                {"name": "a", "minutes": 2},
            ]
        },
        "windows.a.name: another rule here is called 'a'; reasons name rules, so rename one",
    ),
]

#: in words; two rules of one part; what is said of the second (empty: nothing)
PAIRS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("the same in another form", {"severity": "SEV-1"}, {"severity": ["SEV-1"]}, "it contradicts a"),
    (
        "some of them after all of them",
        {"severity": ["SEV-1", "SEV-2"]},
        {"severity": "SEV-2"},
        "it can never apply",
    ),
    ("all of them after some", {"severity": "SEV-2"}, {"severity": ["SEV-1", "SEV-2"]}, ""),
    (
        "one more condition",
        {"severity": "SEV-1"},
        {"severity": "SEV-1", "category": "data"},
        "it can never apply",
    ),
    ("one condition less", {"severity": "SEV-1", "category": "data"}, {"severity": "SEV-1"}, ""),
    ("what is not excluded", {"severity": {"not": ["SEV-1"]}}, {"severity": "SEV-2"}, "it can never apply"),
    (
        "a word within a range",
        {"severity": {"at_least": "SEV-3"}},
        {"severity": "SEV-1"},
        "it can never apply",
    ),
    (
        "a range within a range",
        {"customers_affected": {"at_least": 10}},
        {"customers_affected": {"at_least": 20, "at_most": 30}},
        "it can never apply",
    ),
    ("a wider range", {"customers_affected": {"at_least": 10}}, {"customers_affected": {"at_least": 5}}, ""),
    ("some duties of many", {"duties": ["a", "b"]}, {"duties": "a"}, "it can never apply"),
    ("other duties", {"duties": "a"}, {"duties": ["a", "b"]}, ""),
    ("the same condition, another answer", {"duties": "a"}, {"duties": "a"}, "it contradicts a"),
]


@pytest.mark.parametrize(("changes", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_policy_is_refused_with_the_line_the_place_and_the_reason(
    changes: dict[str, Any], said: str
) -> None:
    """The line is the one where that part stands in the text."""
    text = document(**changes)
    with pytest.raises(BadPolicy) as refusal:
        load(text)
    [problem] = [found for found in refusal.value.problems if f"{found.place}: {found.text}".startswith(said)]
    key = problem.place.split(".")[-1]
    line = text.splitlines()[problem.line - 1]
    assert key in line or problem.place.endswith(line.partition(":")[2].strip()) or "- " in line


@pytest.mark.parametrize(
    ("first", "second", "said"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS]
)
def test_a_rule_that_an_earlier_one_leaves_nothing_to_is_refused(
    first: dict[str, Any], second: dict[str, Any], said: str
) -> None:
    """Shadowed or contradicting, with the name of the rule that is in the way."""
    rules = [
        {"name": "a", "when": first, "minutes": 1},
        {"name": "b", "when": second, "minutes": 2},
        {"name": "c", "minutes": 3},
    ]
    text = document(windows=rules)
    if not said:
        load(text)
        return
    with pytest.raises(BadPolicy) as refusal:
        load(text)
    [problem] = refusal.value.problems
    assert ("windows.b", True) == (problem.place, said in problem.text)
    assert "a" in re.findall(r"\w+", problem.text)


def test_lines_are_those_of_the_text_as_it_was_written() -> None:
    """Comments and empty lines count, as in an editor."""
    mistaken = SHIPPED.replace("role: clarity", "role: poet")
    line = next(n for n, text in enumerate(mistaken.splitlines(), 1) if "role: poet" in text)
    with pytest.raises(BadPolicy) as refusal:
        load(mistaken)
    assert [f"line {line}: reviews.tone.role: there is no 'poet'; use accuracy, clarity, legal"] == str(
        refusal.value
    ).splitlines()


def test_every_wrong_place_is_named_at_once() -> None:
    """Nobody should have to mend a document one error at a time."""
    with pytest.raises(BadPolicy) as refusal:
        load(document(reviews=[{**REVIEW, "role": "x"}], cadence=[], default_severity="high"))
    assert {"reviews.facts.role", "default_severity", "cadence"} == {
        problem.place for problem in refusal.value.problems
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Input should be"),
        ("- a list", "Input should be"),
        ("just words", "Input should be"),
        ("{", "this is not YAML"),
        ("a: [", "this is not YAML"),
        ("!!python/object:os.system {}", "this is not YAML"),
        ("\x00", "this is not YAML"),
        ("title: &a x\nformat: *a", "anchors (& and *) are not used"),
        ("title: x\ntitle: y", "this key is written twice; keep one"),
        ("format: 2\ntitle: 2026-13-45", "a value cannot be read"),
        ("title: old", "write format: 2"),
        ("x" * 200_001, "at most 200000 characters"),
        ("[" * 5000 + "]" * 5000, "a value cannot be read"),
    ],
)
def test_what_is_no_policy_document_at_all_is_refused(text: str, said: str) -> None:
    """Never a stack trace, and nothing in a document can run or grow."""
    with pytest.raises(BadPolicy, match=re.escape(said)):
        load(text)


def test_a_policy_of_the_first_format_decides_as_it_did() -> None:
    """It is kept as it was written; whoever began under it keeps it, and nobody installs one anew."""
    text = (Path(__file__).parent / "policy_of_the_first_format.yaml").read_text(encoding="utf-8")
    with pytest.raises(BadPolicy, match="write format: 2"):
        load(text)
    found = decide(IncidentFacts("SEV-2", "security", "public"), load_stored(text), NOON).as_json()
    assert (True, True, 60, 10, 10) == (
        found["formal_updates"],
        found["may_start"],
        found["update_every_minutes"],
        found["warn_minutes"],
        found["approval_window_minutes"],
    )
    assert ["accuracy", "clarity", "legal"] == [item["role"] for item in found["reviews"]]
    assert (["customers", "internal"], ["status_page", "email", "webhook"]) == (
        found["audiences"],
        found["channels"],
    )
