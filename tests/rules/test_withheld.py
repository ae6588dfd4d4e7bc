"""Who may not be told what, and how grave it is to tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clarion.rules.disclosure import Disclosure
from clarion.rules.facts import Affected, Cause, FactSheet
from clarion.rules.withheld import Known, withheld

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
CAUSE = "An expired certificate"
SHEET = FactSheet(affected=Affected(4213, 12.5, ("Europe",)), cause=Cause(CAUSE))
SURE = replace(SHEET, confirmed=frozenset({"affected"}))


def known(sheet: FactSheet = SHEET, causes: tuple[str, ...] = (CAUSE,), **said: Any) -> Known:
    """An incident whose policy says this of topics: ``{topic: answer}``."""
    topics = [{"topic": topic, "disclose": answer} for topic, answer in said.pop("policy", {}).items()]
    return Known(sheet, causes, said.pop("decided", ()), {"disclosure": topics}, **said)


def told(of: Known, audience: str = "customers") -> list[tuple[str, str, str]]:
    return [(each.topic, each.value, each.severity) for each in withheld(audience, of, NOW)]


COUNTS = "customers_affected"
#: in words; the sheet; what policy says; what is withheld of those affected
AFFECTED: list[tuple[str, FactSheet, dict[str, str], list[tuple[str, str, str]]]] = [
    ("policy is silent", SHEET, {}, []),
    ("always", SHEET, {COUNTS: "always", "regions": "always"}, []),
    ("counsel reviews it", SHEET, {COUNTS: "with_legal", "regions": "with_legal"}, []),
    ("never", SURE, {COUNTS: "never"}, [("number", "4213", "block"), ("share", "12.5", "block")]),
    (
        "not confirmed yet",
        SHEET,
        {COUNTS: "when_confirmed"},
        [("number", "4213", "review"), ("share", "12.5", "review")],
    ),
    ("confirmed", SURE, {COUNTS: "when_confirmed", "regions": "when_confirmed"}, []),
    ("regions never", SURE, {"regions": "never"}, [("region", "Europe", "block"), ("region", "EU", "block")]),
    ("nobody is affected", replace(SHEET, affected=Affected(0)), {COUNTS: "never"}, []),
]


@pytest.mark.parametrize(
    ("sheet", "policy", "expected"), [row[1:] for row in AFFECTED], ids=[r[0] for r in AFFECTED]
)
def test_what_is_kept_of_those_affected(
    sheet: FactSheet, policy: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    of = known(sheet, causes=(), policy=policy)
    assert expected == told(of)
    assert [] == told(of, "executives") == told(of, "support")
    assert expected == told(of, "regulators") == told(of, "nobody knows this audience")


def test_what_the_assessment_counted_is_kept_too() -> None:
    of = known(
        SURE, causes=(), policy={COUNTS: "never", "regions": "never"}, counted=5000, regions=("US-CA",)
    )
    values = [value for _, value, _ in told(of)]
    assert ["4213", "5000", "12.5", "Europe", "US-CA", "EU"] == values


CONFIRMED = replace(SHEET, cause=Cause(CAUSE, "confirmed", "p", NOW))
DECIDED = Disclosure(CAUSE, frozenset({"customers"}), NOW, NOW + timedelta(hours=1))
#: in words; the sheet; every cause that was recorded; decisions; what policy says; which are withheld
CAUSES: list[tuple[str, FactSheet, tuple[str, ...], tuple[Disclosure, ...], str, list[str]]] = [
    ("a hypothesis", SHEET, (CAUSE,), (), "when_confirmed", [CAUSE]),
    ("a hypothesis that policy would let out", SHEET, (CAUSE,), (), "always", [CAUSE]),
    ("one that somebody decided to tell", SHEET, (CAUSE,), (DECIDED,), "when_confirmed", []),
    ("a confirmed one", CONFIRMED, (CAUSE,), (), "when_confirmed", []),
    ("a confirmed one that policy keeps", CONFIRMED, (CAUSE,), (), "never", [CAUSE]),
    ("one that was given up", CONFIRMED, (CAUSE, "a full disk"), (), "always", ["a full disk"]),
    (
        "one that was ruled out",
        replace(CONFIRMED, ruled_out=("A full disk",)),
        (CAUSE, "a full disk"),
        (),
        "always",
        [],
    ),
    (
        "one that the confirmed cause refines",
        replace(CONFIRMED, cause=Cause(f"{CAUSE} in the gateway", "confirmed", "p", NOW)),
        (CAUSE, f"{CAUSE} in the gateway"),
        (),
        "when_confirmed",
        [],
    ),
]


@pytest.mark.parametrize(
    ("sheet", "causes", "decided", "policy", "kept"),
    [row[1:] for row in CAUSES],
    ids=[row[0] for row in CAUSES],
)
def test_which_causes_are_kept(
    sheet: FactSheet, causes: tuple[str, ...], decided: tuple[Disclosure, ...], policy: str, kept: list[str]
) -> None:
    of = known(sheet, causes, decided=decided, policy={"cause": policy})
    assert [("cause", cause, "block") for cause in kept] == told(of)


def test_what_readers_may_be_told_is_no_sign_of_a_cause() -> None:
    """Nor is what was ruled out, of a cause that was given up; of the hypothesis itself it is."""
    sheet = replace(SHEET, impact="declined cards", ruled_out=("an attack",))
    (held,) = withheld("customers", known(sheet, components=("Checkout",)), NOW)
    assert ("declined cards", "Checkout") == held.free
    other = withheld("customers", known(sheet, (CAUSE, "a full disk")), NOW)[1]
    assert ("declined cards", "an attack") == other.free


def test_what_is_not_said_early_must_be_looked_at() -> None:
    assert [("phrase", "hacked", "review")] == told(known(SURE, causes=(), never_say=("hacked",)))
