"""The communication policy: what it asks of an incident, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules import policy as policies
from clarion.rules.policy import UNKNOWN, IncidentFacts, category_of, decide, load, severity_of
from clarion.rules.policy.match import When
from clarion.rules.terms import CATEGORIES, SEVERITIES
from tests.rules.policy_documents import CADENCE, SHIPPED, UPDATE, document

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POLICY = load(SHIPPED)

EVERYONE, INSIDE = ("customers", "executives", "support", "internal"), ("internal",)
READERS = ("customers", "internal")
EVERYWHERE = ("status_page", "email", "webhook")
TWO, WITH_COUNSEL = ("accuracy", "clarity"), ("accuracy", "clarity", "legal")

#: in words; severity, category, visibility; formal?, audiences, channels, reviews, update every … minutes
SHIPPED_ANSWERS = [
    ("a total failure", "SEV-1", "application", "public", True, EVERYONE, EVERYWHERE, TWO, 30),
    ("a bad failure", "SEV-2", "network", "public", True, EVERYONE, EVERYWHERE, TWO, 60),
    ("a limited failure", "SEV-3", "data", "public", True, READERS, EVERYWHERE, TWO, 120),
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
    assert set(policies.CONSEQUENCES) == set(found.because)
    assert all(reason.text and reason.code for reason in found.reasons)
    assert all(found.because[name] for name in found.because)
    if visibility == "private":
        assert ((), ("internal",)) == (found.channels, found.audiences)


def test_a_severe_incident_is_explained_word_for_word() -> None:
    """What a screen, the ledger and a program see: the rule, the facts it matched, and its sentence."""
    found = decide(IncidentFacts("SEV-2", "security", "public"), POLICY, NOON).as_json()
    assert [
        {
            "code": "updates.severe",
            "text": "SEV-2: customers notice an incident of this severity, so they are told everywhere.",
        },
        {
            "code": "scope.not-about-outage",
            "text": "security: what matters here is not whether something is down.",
        },
    ] == found["because"]["formal_updates"][:2]
    assert [
        {"code": "cadence.sev-2", "text": "SEV-2 + open for 0 minutes: an update every 60 minutes."}
    ] == found["because"]["cadence"]
    assert {
        "role": "legal",
        "reason": {
            "code": "reviews.security-counsel",
            "text": "security: Counsel is asked before anything about a security incident goes out.",
        },
    } == found["reviews"][2]


def test_a_reason_names_severity_region_duty_and_who_noticed() -> None:
    """One sentence out of the facts that the rule asked for, and of those alone."""
    found = load(
        document(
            updates=[
                {
                    "name": "eu-payments",
                    "when": {
                        "severity": {"at_least": "SEV-2"},
                        "regions": ["EU"],
                        "duties": "payments",
                        "stakeholder_visibility": {"at_least": "customers"},
                    },
                    "formal_updates": True,
                    "audiences": ["customers", "internal"],
                    "channels": ["email"],
                    "why": "payment services in the EU are regulated.",
                },
                UPDATE,
            ]
        )
    )
    incident = IncidentFacts(
        "SEV-2",
        "application",
        "public",
        regions=frozenset({"EU", "US"}),
        duties=frozenset({"payments", "health"}),
        stakeholder_visibility="public",
    )
    assert (
        "SEV-2 + EU payments + noticed by the public: payment services in the EU are regulated."
        == decide(incident, found, NOON).because["audiences"][0].text
    )


def test_what_nobody_has_found_out_is_named_with_the_rules_that_would_ask_for_it() -> None:
    """An answer by default is seen as one; once somebody knows, it is gone."""
    asked = IncidentFacts("SEV-3", "application", "public")
    codes = [reason.code for reason in decide(asked, POLICY, NOON).because["formal_updates"]]
    assert {"unknown.outage_scope", "unknown.business_impact", "unknown.duties"} <= set(codes)
    known = IncidentFacts(
        "SEV-3",
        "application",
        "public",
        outage_scope="partial",
        business_impact="minor",
        stakeholder_visibility="customers",
        duties=frozenset(),
        regions=frozenset(),
        customers_affected=0,
    )
    assert not [r for r in decide(known, POLICY, NOON).reasons if r.code.startswith("unknown.")]


#: in words; more facts of a limited, confirmed incident; formal?, may it start?, the rules that say so
FACTS: list[tuple[str, dict[str, Any], bool, bool, str, str]] = [
    ("nothing else known", {}, True, True, "updates.limited", "scope.unknown"),
    ("a full outage", {"outage_scope": "full"}, True, True, "updates.limited", "scope.full"),
    ("a partial one", {"outage_scope": "partial"}, True, True, "updates.limited", "scope.partial"),
    (
        "only what customers see",
        {"outage_scope": "customer_facing"},
        True,
        True,
        "updates.limited",
        "scope.customer-facing",
    ),
    ("nothing is out", {"outage_scope": "none"}, False, True, "updates.limited", "scope.no-outage"),
    (
        "nothing is out, payments touched",
        {"outage_scope": "none", "duties": frozenset({"payments"})},
        True,
        True,
        "updates.regulated",
        "scope.regulated",
    ),
    (
        "nobody outside noticed",
        {"stakeholder_visibility": "internal"},
        False,
        True,
        "updates.unnoticed",
        "scope.unknown",
    ),
    (
        "the business is hurt",
        {"business_impact": "critical"},
        True,
        True,
        "updates.business",
        "scope.unknown",
    ),
    ("only suspected", {"confirmation": "suspected"}, True, False, "updates.limited", "scope.unknown"),
]


@pytest.mark.parametrize(
    ("facts", "formal", "may_start", "update", "scope"),
    [row[1:] for row in FACTS],
    ids=[row[0] for row in FACTS],
)
def test_impact_visibility_duty_scope_and_confirmation_decide(
    facts: dict[str, Any], formal: bool, may_start: bool, update: str, scope: str
) -> None:
    found = decide(IncidentFacts("SEV-3", "application", "public", **facts), POLICY, NOON)
    assert (formal, may_start) == (found.formal_updates, found.may_start)
    assert [update, scope] == [reason.code for reason in found.because["formal_updates"][:2]]


#: severity, category; may communication start while only suspected, and once confirmed?
STARTS = [
    ("SEV-1", "application", True, True),
    ("SEV-2", "network", True, True),
    ("SEV-3", "application", False, True),
    ("SEV-1", "data", False, True),
]


@pytest.mark.parametrize(("severity", "category", "suspected", "confirmed"), STARTS)
def test_suspected_and_confirmed_have_criteria_of_their_own(
    severity: str, category: str, suspected: bool, confirmed: bool
) -> None:
    for word, may_start in (("suspected", suspected), ("confirmed", confirmed)):
        found = decide(IncidentFacts(severity, category, "public", confirmation=word), POLICY, NOON)
        assert may_start is found.may_start
        [reason] = found.because["start"]
        assert reason.code.startswith(f"start.{word}.")
        assert reason.text.startswith(word)


#: severity, state, open for … minutes; an update every … minutes
RHYTHM = [
    ("SEV-1", "investigating", 0, 30),
    ("SEV-1", "identified", 120, 30),
    ("SEV-1", "identified", 121, 60),
    ("SEV-1", "identified", 481, 180),
    ("SEV-1", "monitoring", 20, 60),
    ("SEV-2", "investigating", 119, 60),
    ("SEV-2", "investigating", 300, 120),
    ("SEV-2", "mitigated", 10, 120),
    ("SEV-3", "investigating", 60, 120),
    ("SEV-3", "investigating", 500, 1440),
    ("SEV-5", "investigating", 0, 1440),
]


@pytest.mark.parametrize(("severity", "state", "open_minutes", "every"), RHYTHM)
def test_the_interval_follows_severity_progress_and_how_long_it_has_been_open(
    severity: str, state: str, open_minutes: int, every: int
) -> None:
    asked = IncidentFacts(severity, "application", "public", state=state, open_minutes=open_minutes)
    assert every == decide(asked, POLICY, NOON).update_every.total_seconds() / 60


def test_each_audience_has_its_interval_and_the_shortest_is_promised() -> None:
    """The reasons say which rule gave which."""
    rule = {"name": "inside", "when": {"audience": "internal"}, "every_minutes": 20, "warn_minutes": 2}
    found = decide(
        IncidentFacts("SEV-3", "data", "public"), load(document(cadence=[rule, CADENCE])), NOON
    ).as_json()
    assert {"customers": 30, "internal": 20} == found["intervals"]
    assert (20, 2) == (found["update_every_minutes"], found["warn_minutes"])
    assert ["cadence.inside", "cadence.all"] == [reason["code"] for reason in found["because"]["cadence"]]


def test_a_topic_that_needs_counsel_adds_their_review() -> None:
    """With the disclosure rule as the reason."""
    rule = {
        "name": "cause-counsel",
        "topic": "cause",
        "when": {"severity": "SEV-1"},
        "disclose": "with_legal",
        "why": "Causes bind us.",
    }
    found = decide(IncidentFacts("SEV-1", "network", "public"), load(document(disclosure=[rule])), NOON)
    assert [("cause", "with_legal")] == [(item.topic, item.disclose) for item in found.disclosure]
    assert "disclosure.cause-counsel" == found.reviews[-1].reason.code


#: condition, value, does it hold?
CONDITIONS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"severity": "SEV-1"}, {"severity": "SEV-1"}, True),
    ({"severity": {"equals": "SEV-1"}}, {"severity": "SEV-2"}, False),
    ({"severity": ["SEV-1", "SEV-2"]}, {"severity": "SEV-2"}, True),
    ({"severity": {"not": ["SEV-1"]}}, {"severity": "SEV-1"}, False),
    ({"severity": {"not": ["SEV-1"]}}, {"severity": "SEV-5"}, True),
    ({"severity": {"at_least": "SEV-2"}}, {"severity": "SEV-1"}, True),
    ({"severity": {"at_least": "SEV-2"}}, {"severity": "SEV-3"}, False),
    ({"business_impact": {"at_least": "major"}}, {"business_impact": "critical"}, True),
    ({"business_impact": {"at_least": "major"}}, {}, False),
    ({"business_impact": "unknown"}, {}, True),
    ({"business_impact": {"not": ["none"]}}, {}, True),
    ({"customers_affected": {"at_least": 100}}, {"customers_affected": 100}, True),
    ({"customers_affected": {"at_least": 100, "at_most": 200}}, {"customers_affected": 201}, False),
    ({"customers_affected": {"at_least": 0}}, {}, False),
    ({"customers_affected": "unknown"}, {}, True),
    ({"duties": ["payments", "health"]}, {"duties": frozenset({"health", "x"})}, True),
    ({"duties": {"not": ["payments"]}}, {"duties": frozenset({"payments", "x"})}, False),
    ({"duties": {"not": ["payments"]}}, {"duties": frozenset()}, True),
    ({"duties": "unknown"}, {}, True),
    ({"severity": "SEV-1", "category": "data"}, {"severity": "SEV-1"}, False),
    ({}, {}, True),
]


@pytest.mark.parametrize(("condition", "told", "holds"), CONDITIONS)
def test_a_condition_is_equals_any_of_not_or_a_range(
    condition: dict[str, Any], told: dict[str, Any], holds: bool
) -> None:
    """Unknown is a word like any other, and lies in no range."""
    usual = {"severity": "SEV-3", "category": "network", "visibility": "public"}
    assert holds is When.model_validate(condition).matches(IncidentFacts(**usual | told))
    assert UNKNOWN == IncidentFacts(**usual).business_impact


def test_the_first_rule_that_matches_gives_the_answer() -> None:
    """Order is meaning in ``updates`` and ``cadence``; every match counts in ``reviews``, each role once."""
    every = {"warn_minutes": 1}
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
            disclosure=[],
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


def test_the_shipped_policy_is_read_once_and_never_changed() -> None:
    """A policy is a value: two readings are equal, and no part can be set."""
    assert POLICY == policies.load(SHIPPED)
    with pytest.raises(ValueError, match="frozen"):
        POLICY.title = "mine"
