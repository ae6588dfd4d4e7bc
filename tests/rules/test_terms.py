"""The words of the house: how bad a page looks from its parts, and what other tools call the same thing."""

from __future__ import annotations

import pytest

from clarion.rules import terms

OK, MAINT, DARK, SLOW, PART, DOWN = terms.COMPONENT_STATUSES

ROLL_UP = [
    ("no components at all", [], "none", "All Systems Operational"),
    ("everything works", [OK, OK], "none", "All Systems Operational"),
    ("one under maintenance", [OK, MAINT], "maintenance", "Service Under Maintenance"),
    ("all under maintenance", [MAINT, MAINT], "maintenance", "Service Under Maintenance"),
    ("one is slow", [OK, SLOW], "minor", "Partially Degraded Service"),
    ("one slow, one under maintenance", [SLOW, MAINT], "minor", "Partially Degraded Service"),
    ("all are slow", [SLOW, SLOW], "minor", "Partially Degraded Service"),
    ("of one nobody can tell", [OK, DARK], "minor", "Partially Degraded Service"),
    ("one fails in part", [OK, PART], "minor", "Minor Service Outage"),
    ("one fails in part, one is slow", [PART, SLOW], "minor", "Minor Service Outage"),
    ("all fail in part", [PART, PART], "major", "Partial System Outage"),
    ("one is down", [OK, DOWN], "major", "Partial System Outage"),
    ("one is down, the rest fails in part", [DOWN, PART], "major", "Partial System Outage"),
    ("the only one is down", [DOWN], "critical", "Major System Outage"),
    ("all are down", [DOWN, DOWN, DOWN], "critical", "Major System Outage"),
]


@pytest.mark.parametrize(
    ("statuses", "indicator", "sentence"), [row[1:] for row in ROLL_UP], ids=[row[0] for row in ROLL_UP]
)
def test_a_page_says_of_its_parts(statuses: list[str], indicator: str, sentence: str) -> None:
    """First match wins, whatever the order of the components."""
    assert (indicator, sentence) == terms.page_indicator(statuses)
    assert (indicator, sentence) == terms.page_indicator(reversed(statuses))


IMPACTS = [
    ("nothing is affected", [], "none"),
    ("all work again", [OK, OK], "none"),
    ("maintenance harms nobody", [MAINT], "none"),
    ("what nobody can tell is minor", [OK, DARK, MAINT], "minor"),
    ("slow is minor", [OK, SLOW], "minor"),
    ("part is major", [SLOW, PART], "major"),
    ("down is critical, wherever it stands", [DOWN, OK, PART], "critical"),
]


@pytest.mark.parametrize(
    ("statuses", "impact"), [row[1:] for row in IMPACTS], ids=[row[0] for row in IMPACTS]
)
def test_the_worst_part_gives_the_impact(statuses: list[str], impact: str) -> None:
    """One component that is down outweighs any number that work."""
    assert impact == terms.worst_impact(statuses)


def test_every_word_has_a_label_and_a_word_on_a_statuspage() -> None:
    """A state or status that one table forgets would break a page on the day it is first used."""
    states = {*terms.INCIDENT_STATES, *terms.CLOSED_STATES}
    assert states == set(terms.STATE_LABELS) == set(terms.STATUSPAGE_STATES)
    assert states == terms.OPEN_STATES | terms.CLOSED_STATES
    assert not terms.OPEN_STATES & terms.CLOSED_STATES
    parts = set(terms.COMPONENT_STATUSES)
    assert parts == set(terms.COMPONENT_LABELS) == set(terms.STATUSPAGE_COMPONENTS)
    assert parts == set(terms.IMPACT_OF_COMPONENT)
    assert set(terms.IMPACT_OF_COMPONENT.values()) == set(terms.IMPACTS)


def test_a_statuspage_reader_meets_only_words_it_knows() -> None:
    """The words of the Statuspage public API v2 (status, component and impact)."""
    assert set(terms.STATUSPAGE_STATES.values()) == {
        "investigating",
        "identified",
        "monitoring",
        "resolved",
        "postmortem",
    }
    assert set(terms.STATUSPAGE_COMPONENTS.values()) == {
        "operational",
        "under_maintenance",
        "degraded_performance",
        "partial_outage",
        "major_outage",
    }
