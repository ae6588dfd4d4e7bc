"""First words: facts go into templates as the literal text they are, and only where they may be read."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.audience import AUDIENCES
from clarion.rules.compose import Situation, compose, escape
from clarion.rules.draft import LONGEST_BODY, LONGEST_TITLE, PHASES, proposed_state
from clarion.rules.fact_words import and_list
from clarion.rules.facts import FactSheet
from clarion.rules.prose import to_html, to_plain
from clarion.rules.templates import FIELDS, BadTemplate, load_stored, load_templates
from clarion.rules.terms import CATEGORIES
from clarion.rules.times import spoken_time

SHIPPED = (resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8")
TEMPLATES = load_templates(SHIPPED)
NINE = datetime(2026, 3, 1, 9, 10, tzinfo=UTC)
SITUATION = Situation(
    incident_id="i1",
    severity="SEV-2",
    category="network",
    template="network",
    state="investigating",
    services=["API"],
    signals=["HighErrors (firing)"],
    sheet=FactSheet(detected_at=NINE),
    quiet_at=None,
    next_update_at=NINE.replace(hour=10),
    now=NINE,
)


def texts(phase: str = "holding", **changes: Any) -> dict[str, dict[str, str]]:
    situation = replace(SITUATION, **changes)
    return compose(TEMPLATES, phase, situation, audiences=AUDIENCES).texts


def test_a_first_text_reads_like_this() -> None:
    """What customers get of a network failure, word for word."""
    assert {
        "title": "Problem with API",
        "body": "We know that API is not working normally: pages may not load, or may drop out. "
        "Our team is moving traffic to a healthy route.\n\n"
        "You do not need to do anything. Next update by {2026-03-01T10:10Z}.",
    } == texts()["customers"]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_and_phase_has_words_for_every_audience(category: str, phase: str) -> None:
    """No incident is left without a first draft, and no field is left unfilled."""
    found = texts(phase, category=category)
    assert set(AUDIENCES) == set(found)
    for text in found.values():
        assert text["title"].strip() and text["body"].strip()
        assert not re.search(r"\{[a-z_]+\}", text["title"] + text["body"])


SECRET = "db-07.internal out of memory"


@given(st.sampled_from(PHASES), st.sampled_from(CATEGORIES))
def test_words_of_alerts_never_leave_the_organisation(phase: str, category: str) -> None:
    """Host names stay inside, whatever the alert said; the number of the incident stays off public pages."""
    found = texts(phase, category=category, signals=[SECRET], incident_id="secretid1234")
    for audience, text in found.items():
        everything = text["title"] + to_plain(text["body"])
        assert SECRET not in everything or AUDIENCES[audience].inside
        assert "secretid1234" not in everything or not AUDIENCES[audience].public
    assert SECRET in to_plain(found["internal"]["body"])


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=60))
def test_a_value_is_read_as_exactly_itself(value: str) -> None:
    """At the beginning of a line or within one, as Markdown or as HTML: no value becomes markup."""
    for start in ("", "So: "):
        shown = to_html(f"{start}{escape(value)} works.")
        assert {"<p>", "</p>"} == set(re.findall("<[^>]*>", shown))
        assert f"{start}{value} works.".split() == html.unescape(re.sub("<[^>]*>", "", shown)).split()


MARKUP = [
    "# loud",
    "- list",
    "+ list",
    "1. first",
    "7) seventh",
    "> said",
    "~~~",
    "```",
    "===",
    "---",
    "*strong* and _soft_",
    "[here](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "&lt;b&gt; &amp; &#0;",
    "\\*",
    "{severity} and {signals}",
    "`code`",
]


@pytest.mark.parametrize("value", MARKUP)
@pytest.mark.parametrize("phase", PHASES)
def test_markup_in_a_name_is_shown_and_not_obeyed(value: str, phase: str) -> None:
    """A component called like a heading, a link or a field appears under just that name."""
    for text in texts(phase, services=[value], signals=[value]).values():
        assert value in to_plain(text["body"]) + text["title"]
        tags = set(re.findall("<([a-z]+)", to_html(text["body"])))
        assert tags <= {"p", "strong", "br", "ul", "li", "time"}
        assert value in text["title"]


def test_long_facts_are_cut_at_64_kb() -> None:
    """A title at 300 characters, a body at 64 KB as they are stored, whole characters only."""
    for letter in ("a", "ü", "😀", "*"):
        found = texts(services=[letter * 100_000], signals=[letter * 100_000])
        for text in found.values():
            assert len(text["title"]) <= LONGEST_TITLE == 300
            assert len(text["body"].encode()) <= LONGEST_BODY == 65536
            assert letter in to_plain(text["body"]) + text["title"]


def bad(**changes: Any) -> str:
    return yaml.safe_dump(yaml.safe_load(SHIPPED) | changes)


SHIPPED_PARTS = yaml.safe_load(SHIPPED)


def phases(**parts: str) -> dict[str, Any]:
    return {"phases": SHIPPED_PARTS["phases"] | {"holding": parts}}


def audience(name: str, **parts: Any) -> dict[str, Any]:
    return {"audiences": SHIPPED_PARTS["audiences"] | {name: parts}}


KNOWN = ", ".join(FIELDS)
BAD = [
    (
        "a field that does not exist",
        phases(title="T", body="{password}"),
        f"phases.holding.body: there is no field {{password}}; use {KNOWN}",
    ),
    (
        "a field that does not exist, in a title",
        audience("internal", title="{os}", body="B"),
        f"audiences.internal.title: there is no field {{os}}; use {KNOWN}",
    ),
    (
        "words of alerts in a public text",
        phases(title="T", body="{signals!}"),
        "phases.holding.body: {signals} is not for Customers; keep it out",
    ),
    (
        "words of alerts for somebody outside",
        audience("regulators", title="T", body="{incident} {signals}"),
        "audiences.regulators.body: {signals} is not for Regulators; keep it out",
    ),
    (
        "what is for colleagues, told to partners",
        audience("partners", like="customers", after="{business_effect}"),
        "audiences.partners.after: {business_effect} is not for Partners; keep it out",
    ),
    (
        "an estimate without its caveat",
        phases(title="T", body="Normal by {etr}.\n{etr_caveat}"),
        "phases.holding.body: an estimate is told with its caveat; write {etr_caveat} in the same line",
    ),
    (
        "something that only looks like a field",
        phases(title="T", body="{{7*7}}"),
        "phases.holding.body: a brace belongs to a field, such as {service}; take the others out",
    ),
    (
        "a fact that does not exist",
        {"changes": {"weather": "it rains"}},
        "changes.weather: there is no fact 'weather'; use ",
    ),
    (
        "an audience that does not exist",
        audience("press", title="T", body="B"),
        "audiences.press: there is no 'press' here; use ",
    ),
    ("no body", phases(title="T"), "phases.holding.body: this key is missing; write it"),
    ("an empty body", phases(title="T", body=" "), "phases.holding.body: write a title and a body"),
    (
        "a text like another, and of its own",
        audience("partners", like="customers", title="T", body="B"),
        "audiences.partners: write like: customers, with before and after, or a title and a body of its own",
    ),
    (
        "a phase that does not exist",
        audience("internal", title="T", body="B", phases={"party": {"title": "T", "body": "B"}}),
        "audiences.internal.phases.party: there is no such phase; use ",
    ),
    (
        "a phase left out",
        {"phases": {k: v for k, v in SHIPPED_PARTS["phases"].items() if k != "update"}},
        "phases.update: this is missing; write it",
    ),
    (
        "a category nobody knows",
        {
            "phrases": SHIPPED_PARTS["phrases"]
            | {"weather": dict(SHIPPED_PARTS["phrases"]["data"], never_say=[])}
        },
        "phrases.weather: there is no 'weather' here; use ",
    ),
    ("a title of two lines", phases(title="T\nU", body="B"), "phases.holding.title: a title is one line"),
    (
        "a text of which nothing may be left",
        phases(title="T", body="{cause}\n\nIt is {who}."),
        "phases.holding.body: every line of this can disappear; write one that stays, as {service!} does",
    ),
    ("another part", {"extras": {}}, "extras: there is no such key here; mend its spelling or take it out"),
]


@pytest.mark.parametrize(("changes", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_template_is_refused_when_it_is_loaded(changes: dict[str, Any], message: str) -> None:
    """Not in the middle of an incident: the message names the place and what to write."""
    with pytest.raises(BadTemplate) as refusal:
        load_templates(bad(**changes))
    [first, *_] = refusal.value.problems
    assert message in str(first)
    assert first.line > 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phases: [", "this is not YAML"),
        ("", "document: "),
        ("phrases: {}\nphrases: {}", "line 2: phrases: this key is written twice"),
        ("phrases: &a {b: *a}", "anchors"),
        (SHIPPED + "# " + "x" * 200_000, "at most 200000 characters"),
    ],
)
def test_what_is_no_plain_document_is_no_template(text: str, said: str) -> None:
    """Some lines of anchors can stand for millions, and of a key written twice one would be lost."""
    with pytest.raises(BadTemplate, match=said):
        load_templates(text)


def test_templates_that_were_accepted_stay_in_force_when_clarion_needs_more() -> None:
    """A phase or an audience that is new since then has the shipped words; theirs stay theirs."""
    parts = yaml.safe_load(SHIPPED)
    del parts["phases"]["scope_change"], parts["audiences"]["executives"]
    parts["phrases"]["network"]["symptom"] = "pages are slow"
    older = yaml.safe_dump(parts)
    with pytest.raises(BadTemplate):
        load_templates(older)
    found = load_stored(older, TEMPLATES)
    assert "pages are slow" == found.phrases["network"].symptom
    assert TEMPLATES.skeleton("scope_change", "executives") == found.skeleton("scope_change", "executives")


STATES = [
    ("holding", "detected", "investigating"),
    ("update", "detected", "investigating"),
    ("update", "identified", "identified"),
    ("mitigation", "identified", "mitigated"),
    ("resolution", "monitoring", "resolved"),
    ("follow_up", "resolved", "postmortem"),
    ("correction", "resolved", "resolved"),
    ("maintenance_completed", "investigating", "resolved"),
]


@pytest.mark.parametrize(("phase", "before", "after"), STATES)
def test_a_phase_announces_a_state(phase: str, before: str, after: str) -> None:
    """Its own where it has one; an update goes on from where the incident is."""
    assert after == proposed_state(phase, before)


LATE = NINE.replace(hour=23, minute=50)
TIMES = [
    ("not known yet", None, "Etc/UTC", "a time still to be said"),
    ("read in UTC", NINE, "Etc/UTC", "1 Mar 2026, 09:10 UTC"),
    ("in London in winter", NINE, "Europe/London", "1 Mar 2026, 09:10 UTC (09:10 GMT)"),
    ("in Berlin", NINE, "Europe/Berlin", "1 Mar 2026, 09:10 UTC (10:10 CET)"),
    ("in Kathmandu", NINE, "Asia/Kathmandu", "1 Mar 2026, 09:10 UTC (14:55 UTC+05:45)"),
    ("tomorrow in Berlin", LATE, "Europe/Berlin", "1 Mar 2026, 23:50 UTC (2 Mar, 00:50 CET)"),
    (
        "before clocks go forward",
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        "Europe/Berlin",
        "29 Mar 2026, 00:59 UTC (01:59 CET)",
    ),
    (
        "a minute later",
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        "Europe/Berlin",
        "29 Mar 2026, 01:00 UTC (03:00 CEST)",
    ),
]


@pytest.mark.parametrize(
    ("moment", "zone", "said"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES]
)
def test_a_time_is_said_in_utc_and_in_the_local_zone(moment: datetime | None, zone: str, said: str) -> None:
    """Never without a zone, and with the day where it differs."""
    assert said == spoken_time(moment, zone)


def test_a_plain_name_is_left_as_it_is() -> None:
    """No stray signs in the words that a person is about to edit."""
    for name in ("API", "2.0 gateway", "Mail (EU)", "C# builds", "e-mail", "3 regions"):
        assert name == escape(name)


LISTS = [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]


@pytest.mark.parametrize(("words", "said"), LISTS)
def test_several_services_are_listed_as_people_do(words: list[str], said: str) -> None:
    """And none is nothing; a template says what stands there then."""
    assert said == and_list(words)
