"""Structural rules: what holds for every one of them, and the stories that their examples do not tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from clarion import plugins
from clarion.rules import lint
from clarion.rules.access import REVIEW_ROLES
from clarion.rules.facts import Estimate
from clarion.rules.lint import Context, Finding, LintText, Published, Statement
from clarion.rules.lint._prose import grade, syllables
from clarion.rules.lint._reading import read
from clarion.rules.lint.length import measure

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = lint.load_rules()
MODULES = plugins.modules("clarion.rules.lint")
BAD = [(name, number) for name, module in MODULES.items() for number in range(len(module.BAD))]
GOOD = [(name, number) for name, module in MODULES.items() for number in range(len(module.GOOD))]


def findings(rule: str, body: str, context: Context, audience: str = "customers") -> list[Finding]:
    found = lint.check(LintText("Problem with checkout", body, audience), context, RULES)
    return [finding for finding in found if finding.rule == rule]


@pytest.fixture(params=sorted(MODULES))
def module(request: pytest.FixtureRequest) -> ModuleType:
    return MODULES[request.param]


def test_it_says_what_it_is_and_why(module: ModuleType) -> None:
    assert module.ID.startswith("STR-") and module.SEVERITY in lint.SEVERITIES
    assert module.ROLE in REVIEW_ROLES
    assert module.WHY.endswith(".") and module.FIX.rstrip('"').endswith((".", "…"))
    assert (module.__doc__ or "").startswith(f"{module.ID}: ")
    assert module.BAD and module.GOOD


def test_no_two_have_the_same_name() -> None:
    ids = [module.ID for module in MODULES.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "number"), BAD)
def test_it_finds_what_it_must(name: str, number: int) -> None:
    module = MODULES[name]
    example = module.BAD[number]
    found = lint.check(example.text, example.context, RULES)
    assert module.ID in {finding.rule for finding in found}


@pytest.mark.parametrize(("name", "number"), GOOD)
def test_it_leaves_alone_what_is_right(name: str, number: int) -> None:
    module = MODULES[name]
    example = module.GOOD[number]
    found = lint.check(example.text, example.context, RULES)
    assert [] == [finding for finding in found if finding.rule == module.ID]


def in_minutes(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


#: what is told; the state, the promise, the text; what is wrong with it
PROMISES = [
    ("nothing said", "investigating", None, "Orders fail.", [""]),
    ("said in other words", "identified", None, "We will post again at 13:00 UTC.", []),
    ("the promise has passed", "monitoring", -1, "Next update by 11:59 UTC.", ["passed"]),
    ("it is due this very minute", "monitoring", 0, "Next update by 12:00 UTC.", ["passed"]),
    ("text and draft agree", "mitigated", 60, "Next update by 13:00 UTC (14:00 CET).", []),
    ("the text says another time", "mitigated", 60, "Next update by 14:00 UTC.", ["another time"]),
    ("a local time alone is not compared", "mitigated", 60, "Next update by 14:00 CET.", []),
    ("resolved, nothing follows", "resolved", None, "Orders work.", []),
    ("a false alarm, nothing follows", "false_alarm", None, "Orders always worked.", []),
]


@pytest.mark.parametrize(
    ("state", "minutes", "body", "wrong"), [p[1:] for p in PROMISES], ids=[p[0] for p in PROMISES]
)
def test_the_next_update_is_named_and_ahead(
    state: str, minutes: int | None, body: str, wrong: list[str]
) -> None:
    promise = None if minutes is None else in_minutes(minutes)
    found = findings("STR-001", body, Context(now=NOON, state=state, next_update_at=promise))
    assert len(wrong) == len(found)
    assert all(part in finding.reason for part, finding in zip(wrong, found, strict=True))


def test_a_state_that_nobody_recorded_counts_as_open() -> None:
    (found,) = findings("STR-001", "Orders fail.", Context(now=NOON))
    assert ("state",) == found.assumed and "the state of the incident" in found.reason


#: minutes of monitoring, what the text says, how many findings
RESOLUTIONS = [
    (None, "Orders work and none is missing.", 1),
    (0, "Orders work and none is missing.", 1),
    (29, "Orders work and none is missing.", 1),
    (30, "Orders work and none is missing.", 0),
    (30, "All is well.", 1),
    (5, "All is well.", 2),
]


@pytest.mark.parametrize(("minutes", "body", "count"), RESOLUTIONS)
def test_resolved_is_earned(minutes: int | None, body: str, count: int) -> None:
    since = None if minutes is None else in_minutes(-minutes)
    context = Context(now=NOON, state="resolved", monitoring_since=since)
    assert count == len(findings("STR-006", body, context))


#: the estimate in the draft, the text, what is asked for
ESTIMATES = [
    (None, "We expect checkout to be fixed by 14:00 UTC.", ["who assessed", "could change", "at which"]),
    ("engineering", "We expect checkout to be fixed within two hours.", ["could change", "at which"]),
    ("engineering", "As of 12:00 UTC we expect it to be fixed by 14:00 UTC. This may change.", []),
    ("  ", "As of 12:00 UTC we expect it to be fixed by 14:00 UTC. This may change.", ["who assessed"]),
    ("engineering", "Orders fail since 09:10 UTC.", []),
]


def an_estimate(assessor: str, as_of: datetime = NOON) -> Estimate:
    return Estimate(in_minutes(120), "rate", assessor, "medium", as_of=as_of, expires_at=in_minutes(60))


@pytest.mark.parametrize(("assessed_by", "body", "wants"), ESTIMATES)
def test_an_estimate_comes_with_its_basis(assessed_by: str | None, body: str, wants: list[str]) -> None:
    estimate = None if assessed_by is None else an_estimate(assessed_by)
    found = findings("STR-005", body, Context(now=NOON, estimate=estimate))
    assert bool(wants) == bool(found)
    assert all(want in finding.reason for finding in found for want in wants)


LISTS = {
    "customer": ("Borealis Bank", "Borealis"),
    "colleague": ("Kim Lee",),
    "supplier": ("Granite Cloud",),
    "internal_name": ("tern-db",),
    "habit of the house": ("the big switch",),
}
#: the text, and what is found in it with which severity
NAMES = [
    ("BOREALIS BANK cannot pay.", [("BOREALIS BANK", "block")]),
    ("Borealis\u200b  Bank cannot pay.", [("Borealis\u200b  Bank", "block")]),
    ("Ask kim lee.", [("kim lee", "block")]),
    ("Ask Kim Leeson.", []),
    ("Granite Cloud is down.", [("Granite Cloud", "review")]),
    ("The **tern**-db is slow.", [("tern**-db", "block")]),
    ("We turned the big switch.", [("the big switch", "block")]),
    ("Bоrealis, in part Cyrillic.", [("Bоrealis", "block")]),
    ("Orders fail.", []),
]


@pytest.mark.parametrize(("body", "marked"), NAMES)
def test_names_of_the_house_stay_in_it(body: str, marked: list[tuple[str, str]]) -> None:
    found = findings("STR-008", body, Context(now=NOON, dictionaries=LISTS))
    assert marked == [(finding.words, finding.severity) for finding in found]


def test_no_crowd_of_suppliers_hides_a_name_that_stops_the_text() -> None:
    """However much there is to look at, what is not counted is never what counsel must let stand."""
    lists = {"supplier": ("Granite",), "code_name": ("Tern",)}
    found = findings("STR-008", "Granite " * 900 + "Tern.", Context(now=NOON, dictionaries=lists))
    assert ["Tern"] == [finding.words for finding in found if finding.severity == "block"]


def test_inside_the_house_its_names_are_free() -> None:
    assert [] == findings(
        "STR-008", "Borealis cannot pay.", Context(now=NOON, dictionaries=LISTS), "internal"
    )


LAST = Published("", "Since 09:10 UTC 3% of orders fail.", state="identified", started_at=in_minutes(-170))
#: what is said now, in which state, how many contradictions
LATER = [
    ("Since 09:10 UTC 3% of orders fail.", "identified", 0),
    ("Since 9:10 AM UTC 3.0% of orders fail.", "monitoring", 0),
    ("Since 08:50 UTC 3% of orders fail.", "identified", 1),
    ("Since 08:50 UTC 30% of orders fail.", "investigating", 3),
    ("Correction: since 08:50 UTC 30% of orders fail.", "investigating", 0),
    ("Our earlier update gave another share: it is 30%.", "identified", 0),
    ("Orders work.", "resolved", 0),
]


@pytest.mark.parametrize(("body", "state", "count"), LATER)
def test_what_was_published_is_taken_back_openly_or_not_at_all(body: str, state: str, count: int) -> None:
    context = Context(now=NOON, state=state, last=LAST, started_at=LAST.started_at)
    assert count == len(findings("STR-010", body, context))


#: what the last update said, the evening before; what is said after midnight; whether it is the same start
MIDNIGHT = [
    ("Since 23:40 UTC orders fail.", "Since 23:40 UTC orders fail.", True),
    ("Since 23:40 UTC orders fail.", "Since 1 Mar 2026, 23:40 UTC orders fail.", True),
    ("Since 1 March, 23:40 UTC, orders fail.", "Since 2 March, 23:40 UTC, orders fail.", False),
    ("Since {2026-03-01T23:40Z} orders fail.", "Since yesterday, 23:40 UTC, orders fail.", True),
    ("Since today, 23:40 UTC, orders fail.", "Since yesterday, 23:40 UTC, orders fail.", True),
    ("Since today, 23:40 UTC, orders fail.", "Since today, 00:10 UTC, orders fail.", False),
    ("Since {2026-03-01T23:40Z} orders fail.", "Since {2026-03-02T00:40Z} orders fail.", False),
    ("Since {2026-03-01T23:40Z} orders fail.", "It began on 2 March at 00:40 CET.", True),
    ("Since {2026-03-01T23:40Z} orders fail.", "It began on 1 March at 00:40 CET.", False),
    ("Since {2026-03-01T23:40Z} orders fail.", "Since 00:40 CET orders fail.", True),
    ("Since 00:40 CET orders fail.", "Since 23:40 CET orders fail.", False),
    ("Between 23:40 and 23:55 UTC orders failed.", "Between 00:40 and 00:55 CET orders failed.", True),
    ("Orders fail.", "Since 00:10 UTC orders fail.", True),
]


@pytest.mark.parametrize(("said", "now", "same"), MIDNIGHT)
def test_a_start_is_a_moment_whatever_its_day_and_zone(said: str, now: str, same: bool) -> None:
    """The organisation is in Berlin; the last update went out at 23:50 UTC, this is read at 00:20 UTC."""
    at = datetime(2026, 3, 2, 0, 20, tzinfo=UTC)
    last = Published("", said, at=at - timedelta(minutes=30))
    found = findings("STR-010", now, Context(now=at, last=last, time_zone="Europe/Berlin"))
    assert same == (not found)


def test_a_start_that_moved_by_a_day_is_named_with_its_day() -> None:
    last = Published("", "Since {2026-03-01T23:40Z} orders fail.")
    [found] = findings("STR-010", "Since {2026-03-02T23:40Z} orders fail.", Context(now=NOON, last=last))
    assert "began at 1 Mar 2026, 23:40 UTC, and now at 2 Mar 2026, 23:40 UTC" in found.reason
    assert "{2026-03-02T23:40Z}" == found.words


def test_every_fact_that_is_left_out_is_named_and_has_its_own_fingerprint() -> None:
    facts = (Statement("names were viewed", ("names were viewed",)), Statement("since May", ("since May",)))
    found = findings("STR-012", "Orders fail.", Context(now=NOON, must_disclose=facts))
    assert ["names were viewed", "since May"] == sorted(
        part for finding in found for part in ("names were viewed", "since May") if part in finding.reason
    )
    assert 2 == len({finding.fingerprint for finding in found})
    assert all(finding.severity == "block" and finding.words == "" for finding in found)
    (left,) = findings("STR-012", "Names were  viewed.", Context(now=NOON, must_disclose=facts))
    assert "since May" in left.reason


#: the message, how many places it takes, how many there are
MESSAGES = [
    ("Hello", 5, 160),
    ("Grüße", 5, 160),
    ("50 €", 5, 160),
    ("[x]", 5, 160),
    ("Dobrý den", 9, 70),
    ("🙂", 2, 70),
    ("", 0, 160),
]


@pytest.mark.parametrize(("message", "size", "limit"), MESSAGES)
def test_a_text_message_is_measured_in_its_alphabet(message: str, size: int, limit: int) -> None:
    assert (size, limit) == measure(message)


def test_the_same_words_again_are_noticed_whatever_the_time_says() -> None:
    last = Published("", "Some orders **still** fail; our team works on it. Next update by 12:00 UTC.")
    again = "Some orders still fail; our team works on it. Next update by 13:30 UTC."
    news = "We ruled out the network and are undoing a change. Next update by 13:30 UTC."
    assert 1 == len(findings("STR-013", again, Context(now=NOON, last=last)))
    assert [] == findings("STR-013", news, Context(now=NOON, last=last))


#: account, agreement, text, found
ACCOUNTS = [
    (None, False, "Oslo is affected.", False),
    ("a", True, "Oslo is affected.", False),
    ("a", False, "Oslo is affected.", True),
    ("a", None, "Oslo is affected.", True),
    ("a", False, "Orders fail.", False),
]


@pytest.mark.parametrize(("account", "agreement", "body", "bad"), ACCOUNTS)
def test_an_account_learns_nothing_ahead_of_everybody(
    account: str | None, agreement: bool | None, body: str, bad: bool
) -> None:
    facts = (Statement("Oslo is affected", ("Oslo",)),)
    context = Context(now=NOON, account=account, nda_on_file=agreement, not_yet_public=facts)
    found = findings("STR-014", body, context)
    assert bad == bool(found)
    assert all((agreement is None) == ("nda_on_file" in finding.assumed) for finding in found)


#: word, syllables by ear
SYLLABLES = [("a", 1), ("the", 1), ("update", 2), ("people", 2), ("failed", 1), ("started", 2), ("orders", 2)]


@pytest.mark.parametrize(("word", "count"), SYLLABLES)
def test_syllables_are_about_right(word: str, count: int) -> None:
    assert count == syllables(word)


def test_the_reading_grade_is_kincaids_formula() -> None:
    """Two sentences of three words, each word of one syllable: 0.39 × 3 + 11.8 × 1 − 15.59."""
    assert grade(read(LintText("", "The cat sat. The dog ran.")).body) == pytest.approx(-2.62)
    assert 0.0 == grade(read(LintText("", "12 %")).body)


def test_a_context_takes_no_time_without_a_zone() -> None:
    naive = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        Context(now=NOON, next_update_at=naive)
    with pytest.raises(ValueError, match="no time zone"):
        Context(now=NOON, estimate=an_estimate("x", as_of=naive))


def test_of_a_structural_rule_too_one_finding_stands_for_what_is_not_listed() -> None:
    said = " ".join(f"We expect part {number} to be fixed by 14:00 UTC." for number in range(30))
    found = findings("STR-005", said, Context(now=NOON))
    assert [10] == [finding.unlisted for finding in found if finding.unlisted]
    assert 21 == len({finding.fingerprint for finding in found})
