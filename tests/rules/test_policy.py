"""The communication policy: what it asks of an incident, why, and what is wrong with a document."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules import policy as policies
from clarion.rules.policy import BadPolicy, IncidentFacts, category_of, decide, load, severity_of
from clarion.rules.terms import CATEGORIES, SEVERITIES

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHIPPED = (resources.files("clarion.data") / "policy.yaml").read_text(encoding="utf-8")
POLICY = load(SHIPPED)

EVERYONE, INSIDE = ("customers", "internal"), ("internal",)
EVERYWHERE = ("status_page", "email", "webhook")
TWO, WITH_COUNSEL = ("accuracy", "clarity"), ("accuracy", "clarity", "legal")

#: in words; severity, category, visibility; formal?, audiences, channels, reviews, update every … minutes
SHIPPED_ANSWERS = [
    ("a total failure", "SEV-1", "application", "public", True, EVERYONE, EVERYWHERE, TWO, 30),
    ("a bad failure", "SEV-2", "network", "public", True, EVERYONE, EVERYWHERE, TWO, 60),
    ("a limited failure", "SEV-3", "data", "public", True, EVERYONE, EVERYWHERE, TWO, 120),
    ("too small to tell", "SEV-4", "application", "public", False, INSIDE, (), TWO, 1440),
    ("hardly anything", "SEV-5", "maintenance", "public", False, INSIDE, (), TWO, 1440),
    ("a break-in", "SEV-1", "security", "public", True, EVERYONE, EVERYWHERE, WITH_COUNSEL, 30),
    ("a break-in kept inside", "SEV-2", "security", "private", True, INSIDE, (), WITH_COUNSEL, 60),
    ("small and kept inside", "SEV-5", "application", "private", True, INSIDE, (), TWO, 1440),
]


@pytest.mark.parametrize(
    ("severity", "category", "visibility", "formal", "audiences", "channels", "reviews", "minutes"),
    [row[1:] for row in SHIPPED_ANSWERS],
    ids=[row[0] for row in SHIPPED_ANSWERS],
)
def test_the_shipped_policy_asks_for(
    severity: str,
    category: str,
    visibility: str,
    formal: bool,
    audiences: tuple[str, ...],
    channels: tuple[str, ...],
    reviews: tuple[str, ...],
    minutes: int,
) -> None:
    """Formal updates or none, for whom, where, who must approve and how often."""
    found = decide(IncidentFacts(severity, category, visibility), POLICY, NOON)
    assert (formal, audiences, channels) == (found.formal_updates, found.audiences, found.channels)
    assert reviews == tuple(item.role for item in found.reviews)
    assert minutes == found.update_every.total_seconds() / 60


@given(st.sampled_from(SEVERITIES), st.sampled_from(CATEGORIES), st.sampled_from(["public", "private"]))
def test_every_answer_names_its_reasons(severity: str, category: str, visibility: str) -> None:
    """No incident gets a bare yes or no, and none that is private gets a channel to the outside."""
    found = decide(IncidentFacts(severity, category, visibility), POLICY, NOON)
    facts = f"{severity}, {category}, {visibility}: "
    assert len(found.reasons) == 2
    assert all(reason.text.startswith(facts) and reason.code for reason in found.reasons)
    assert all(item.reason.text for item in found.reviews)
    if visibility == "private":
        assert ((), ("internal",)) == (found.channels, found.audiences)


def test_a_severe_incident_is_explained_word_for_word() -> None:
    """What a screen, the ledger and a program see."""
    found = decide(IncidentFacts("SEV-2", "security", "public"), POLICY, NOON).as_json()
    assert [
        {
            "code": "updates.severe",
            "text": "SEV-2, security, public: customers notice an incident of this severity, "
            "so they are told everywhere.",
        },
        {"code": "cadence.sev-2", "text": "SEV-2, security, public: an update every 60 minutes."},
    ] == found["reasons"]
    assert {
        "role": "legal",
        "reason": {
            "code": "reviews.security-counsel",
            "text": "Counsel is asked before anything about a security incident goes out.",
        },
    } == found["reviews"][2]


def document(**changes: Any) -> str:
    """The shipped policy with some parts replaced."""
    return yaml.safe_dump(yaml.safe_load(SHIPPED) | changes)


def test_the_first_rule_that_matches_gives_the_answer() -> None:
    """Order is meaning in ``updates`` and ``cadence``; every match counts in ``reviews``, each role once."""
    every = {"warn_minutes": 1, "approval_window_minutes": 1}
    found = load(
        document(
            cadence=[
                {"name": "a", "when": {"severity": ["SEV-1"]}, "every_minutes": 7, **every},
                {"name": "b", "when": {"severity": ["SEV-1", "SEV-2"]}, "every_minutes": 8, **every},
                {"name": "c", "every_minutes": 9, **every},
            ],
            reviews=[
                {"name": "a", "role": "accuracy", "why": "first"},
                {"name": "b", "when": {"severity": ["SEV-1"]}, "role": "accuracy", "why": "second"},
                {"name": "c", "role": "clarity", "why": "third"},
                {"name": "d", "when": {"category": ["network"]}, "role": "legal", "why": "fourth"},
            ],
        )
    )
    asked = {s: decide(IncidentFacts(s, "data", "public"), found, NOON) for s in SEVERITIES[:3]}
    assert [7, 8, 9] == [item.update_every.total_seconds() / 60 for item in asked.values()]
    assert [("accuracy", "first"), ("clarity", "third")] == [
        (item.role, item.reason.text) for item in asked["SEV-1"].reviews
    ]


WORDS = [
    ("critical", "SEV-1", "severity.mapped", "The source says 'critical', which policy reads as SEV-1."),
    ("CRITICAL", "SEV-1", "severity.mapped", "The source says 'CRITICAL', which policy reads as SEV-1."),
    ("p2", "SEV-2", "severity.mapped", "The source says 'p2', which policy reads as SEV-2."),
    ("warning", "SEV-3", "severity.mapped", "The source says 'warning', which policy reads as SEV-3."),
    ("none", "SEV-5", "severity.mapped", "The source says 'none', which policy reads as SEV-5."),
    ("", "SEV-3", "severity.default", "Policy has no reading of '', so it is SEV-3."),
    ("ticket", "SEV-3", "severity.default", "Policy has no reading of 'ticket', so it is SEV-3."),
]


@pytest.mark.parametrize(("word", "severity", "code", "sentence"), WORDS)
def test_a_tools_own_word_is_read(word: str, severity: str, code: str, sentence: str) -> None:
    """Known words in any case; anything else is assumed, and both say so."""
    found, reason = severity_of(word, POLICY)
    assert (severity, code, sentence) == (found, reason.code, reason.text)


LABELS = [
    ("named outright", {"category": "network"}, "network", "category=network means category network."),
    ("in capitals", {"category": "Security"}, "security", "category=Security means category security."),
    ("by its type", {"type": "abuse"}, "security", "type=abuse means category security."),
    ("by a part of the network", {"component": "dns"}, "network", "component=dns means category network."),
    ("a vendor's", {"category": "vendor"}, "third_party", "category=vendor means category third_party."),
    (
        "the first rule that matches",
        {"component": "cdn", "category": "data"},
        "data",
        "category=data means category data.",
    ),
    ("nothing known", {"category": "weather"}, "application", "No label says otherwise: application."),
    ("no labels", {}, "application", "No label says otherwise: application."),
]


@pytest.mark.parametrize(
    ("labels", "category", "sentence"), [row[1:] for row in LABELS], ids=[row[0] for row in LABELS]
)
def test_labels_suggest_a_category(labels: dict[str, str], category: str, sentence: str) -> None:
    """And the reason quotes the label that decided."""
    found, reason = category_of(labels, POLICY)
    assert (category, sentence) == (found, reason.text)


UPDATE = {"name": "all", "formal_updates": True, "audiences": ["customers"], "why": "so"}
REVIEW = {"name": "facts", "role": "accuracy", "why": "so"}
CADENCE = {"name": "all", "every_minutes": 30, "warn_minutes": 5, "approval_window_minutes": 5}
TOO_FEW = "SEV-1, network, public needs two different roles to approve; the rules name"
LAST = "the last rule must match every incident (no `when`), or some get no answer"
SEVERITY_LIST, CATEGORY_LIST = ", ".join(SEVERITIES), ", ".join(CATEGORIES)

#: in words, what is changed in a good document, a line that the message must have
BAD = [
    (
        "a severity that does not exist",
        {"updates": [{**UPDATE, "when": {"severity": ["SEV-9"]}}, UPDATE]},
        f"updates.all.when.severity: there is no 'SEV-9'; use {SEVERITY_LIST}",
    ),
    (
        "a category that does not exist",
        {"reviews": [{**REVIEW, "when": {"category": ["weather"]}}]},
        f"reviews.facts.when.category: there is no 'weather'; use {CATEGORY_LIST}",
    ),
    (
        "a visibility that does not exist",
        {"cadence": [{**CADENCE, "when": {"visibility": ["secret"]}}, CADENCE]},
        "cadence.all.when.visibility: there is no 'secret'; use public, private",
    ),
    (
        "an audience that does not exist",
        {"updates": [{**UPDATE, "audiences": ["press"]}]},
        "updates.all.audiences: there is no audience 'press'; use customers, internal",
    ),
    (
        "formal updates for nobody",
        {"updates": [{**UPDATE, "audiences": []}]},
        "updates.all: formal updates need at least one audience",
    ),
    (
        "a reviewer who does not exist",
        {"reviews": [{**REVIEW, "role": "astrologer"}]},
        "reviews.facts.role: there is no 'astrologer'; use accuracy, clarity, legal",
    ),
    (
        "a word read as no severity",
        {"severity_words": {"critical": "SEV-0"}},
        f"severity_words: there is no 'SEV-0'; use {SEVERITY_LIST}",
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
        "no rule for some incidents",
        {"updates": [{**UPDATE, "when": {"severity": ["SEV-1"]}}]},
        f"updates: {LAST}",
    ),
    (
        "no review",
        {"reviews": []},
        f"reviews: {TOO_FEW} none",
    ),
    (
        "one reviewer",
        {"reviews": [REVIEW, {**REVIEW, "name": "again"}]},
        f"reviews: {TOO_FEW} accuracy",
    ),
    ("no cadence at all", {"cadence": []}, f"cadence: {LAST}"),
    (
        "a misspelt key",
        {"updates": [{**UPDATE, "chanels": ["email"]}]},
        "updates.0.chanels: Extra inputs are not permitted",
    ),
    ("a misspelt part", {"reviewers": []}, "reviewers: Extra inputs are not permitted"),
    ("a part left out", {"title": None}, "title: Input should be a valid string"),
    (
        "one word where a list is meant",
        {"updates": [{**UPDATE, "when": {"severity": "SEV-1"}}, UPDATE]},
        "updates.0.when.severity: Input should be a valid tuple",
    ),
    (
        "an update every nought minutes",
        {"cadence": [{**CADENCE, "every_minutes": 0}]},
        "cadence.0.every_minutes: Input should be greater than 0",
    ),
    (
        "no time to approve",
        {"cadence": [{**CADENCE, "approval_window_minutes": 0}]},
        "cadence.0.approval_window_minutes: Input should be greater than 0",
    ),
    (
        "approvals that hold no time",
        {"approval_valid_minutes": 0},
        "approval_valid_minutes: Input should be greater than 0",
    ),
]


@pytest.mark.parametrize(("changes", "line"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_policy_is_refused_with_the_place_that_is_wrong(changes: dict[str, Any], line: str) -> None:
    """One line for each place, and what to write instead."""
    with pytest.raises(BadPolicy) as refusal:
        load(document(**changes))
    assert [line] == str(refusal.value).splitlines()


def test_every_wrong_place_is_named_at_once() -> None:
    """Nobody should have to mend a document one error at a time."""
    with pytest.raises(BadPolicy) as refusal:
        load(document(reviews=[{**REVIEW, "role": "x"}], cadence=[], default_severity="high"))
    assert ["reviews.facts.role", "default_severity", "cadence"] == [
        line.partition(":")[0] for line in str(refusal.value).splitlines()
    ]


@pytest.mark.parametrize(
    "text", ["", "- a list", "just words", "{", "a: [", "!!python/object:os.system {}", "\x00"]
)
def test_what_is_no_policy_document_at_all_is_refused(text: str) -> None:
    """Never a stack trace, and nothing in a document can run."""
    with pytest.raises(BadPolicy):
        load(text)


def test_the_shipped_policy_is_read_once_and_never_changed() -> None:
    """A policy is a value: two readings are equal, and no part can be set."""
    assert POLICY == policies.load(SHIPPED)
    with pytest.raises(ValueError, match="frozen"):
        POLICY.title = "mine"  # type: ignore[misc]
