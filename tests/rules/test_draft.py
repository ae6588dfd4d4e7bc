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
from clarion.rules.draft import (
    FIELDS,
    INTERNAL_FIELDS,
    LONGEST_BODY,
    LONGEST_TITLE,
    PHASES,
    BadTemplate,
    Facts,
    and_list,
    compose,
    escape,
    load_templates,
)
from clarion.rules.prose import to_html, to_plain
from clarion.rules.terms import CATEGORIES
from clarion.rules.times import spoken_time

SHIPPED = (resources.files("clarion.data") / "templates.yaml").read_text(encoding="utf-8")
TEMPLATES = load_templates(SHIPPED)
NINE = datetime(2026, 3, 1, 9, 10, tzinfo=UTC)
FACTS = Facts(
    incident_id="i1",
    severity="SEV-2",
    category="network",
    services=["API"],
    signals=["HighErrors (firing)"],
    detected_at=NINE,
    quiet_at=None,
    next_update_at=NINE.replace(hour=10),
)


def texts(phase: str = "holding", **facts: Any) -> dict[str, dict[str, str]]:
    return compose(TEMPLATES, phase, replace(FACTS, **facts))


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
def test_every_category_and_phase_has_words_for_both_audiences(category: str, phase: str) -> None:
    """No incident is left without a first draft, and no field is left unfilled."""
    found = texts(phase, category=category)
    assert set(AUDIENCES) == set(found)
    for text in found.values():
        assert text["title"].strip() and text["body"].strip()
        assert not re.search(r"\{[a-z_]+\}", text["title"] + text["body"])


SECRET = "db-07.internal out of memory"


@given(st.sampled_from(PHASES), st.sampled_from(CATEGORIES))
def test_words_of_alerts_never_enter_a_public_text(phase: str, category: str) -> None:
    """Host names and ids stay inside, whatever the alert said."""
    found = texts(phase, category=category, signals=[SECRET], incident_id="secretid1234")
    for audience, text in found.items():
        told = SECRET in to_plain(text["body"]) or "secretid1234" in text["title"]
        assert told != AUDIENCES[audience].public


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
        assert value in to_plain(text["body"])
        tags = set(re.findall("<([a-z]+)", to_html(text["body"])))
        assert tags <= {"p", "strong", "br", "time"}
        assert value in text["title"]


def test_long_facts_are_cut_at_64_kb() -> None:
    """A title at 300 characters, a body at 64 KB as they are stored, whole characters only."""
    for letter in ("a", "ü", "😀", "*"):
        found = texts(services=[letter * 100_000], signals=[letter * 100_000])
        for text in found.values():
            assert len(text["title"]) <= LONGEST_TITLE == 300
            assert len(text["body"].encode()) <= LONGEST_BODY == 65536
            assert letter in to_plain(text["body"])


def bad(**changes: Any) -> str:
    return yaml.safe_dump(yaml.safe_load(SHIPPED) | changes)


SHIPPED_PHASES = yaml.safe_load(SHIPPED)["phases"]


def holding(audience: str, **parts: str) -> dict[str, Any]:
    return SHIPPED_PHASES | {"holding": {audience: parts}}


KNOWN = ", ".join(FIELDS)
BAD = [
    (
        "a field that does not exist",
        {"phases": holding("customers", title="T", body="{password}")},
        f"phases.holding.customers.body: there is no field {{password}}; use {KNOWN}",
    ),
    (
        "a field that does not exist, in a title",
        {"phases": holding("internal", title="{os}", body="B")},
        f"phases.holding.internal.title: there is no field {{os}}; use {KNOWN}",
    ),
    (
        "words of alerts in a public text",
        {"phases": holding("customers", title="T", body="{signals}")},
        "phases.holding.customers.body: {signals} carries words of alerts; keep it out of public texts",
    ),
    (
        "an audience that does not exist",
        {"phases": holding("press", title="T", body="B")},
        "phases.holding.press: there is no such audience; use customers, internal",
    ),
    (
        "no body",
        {"phases": holding("customers", title="T")},
        "phases.holding.customers: write a title and a body",
    ),
    (
        "a phase left out",
        {"phases": {k: v for k, v in SHIPPED_PHASES.items() if k != "update"}},
        "phases.update: every phase has a skeleton, and nothing else does",
    ),
    (
        "a category nobody knows",
        {"phrases": yaml.safe_load(SHIPPED)["phrases"] | {"weather": {}}},
        "phrases.weather: every category has phrases, and nothing else does",
    ),
    ("another part", {"extras": {}}, "templates: write the two keys phrases and phases, and no others"),
]


@pytest.mark.parametrize(("changes", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_template_is_refused_when_it_is_loaded(changes: dict[str, Any], message: str) -> None:
    """Not in the middle of an incident: the message names the place and what to write."""
    with pytest.raises(BadTemplate) as refusal:
        load_templates(bad(**changes))
    assert message == str(refusal.value)


def test_the_fields_of_alerts_are_known_fields() -> None:
    """A misspelt name in the list of internal fields would protect nothing."""
    assert set(FIELDS) > INTERNAL_FIELDS


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


LISTS = [([], "our service"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]


@pytest.mark.parametrize(("words", "said"), LISTS)
def test_several_services_are_listed_as_people_do(words: list[str], said: str) -> None:
    """And none is ``our service``."""
    assert said == and_list(words)
