"""How long readers waited from one update to the next, as figures and as bars."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clarion.actions.draft import create_draft
from clarion.rules.cadence_history import STEPS, Step, cadence
from clarion.web.console.cadence import chart, label
from clarion.web.templatetags.clarion_tags import length_of_time
from tests import factories as make
from tests.web.api.conftest import Program
from tests.web.console.conftest import Desk, words


def tell(house: make.House, *after: float) -> None:
    """One incident, published so many minutes after the hour of the tests."""
    incident = house.incident()
    for count in after:
        now = make.NOW + make.minutes(count)
        if count:
            make.run(
                create_draft, incident_id=incident.id, phase="update", actor=make.actor(house.lead), now=now
            )
        make.published(make.draft(incident, now=now), author=house.lead, reviewers=house.reviewers, now=now)


def test_before_anything_is_published_nothing_is_drawn(lead: Desk) -> None:
    answer = lead.get("/console/cadence")
    assert "Nothing has been published yet." in words(answer)
    assert "<svg viewBox" not in answer.content.decode().split("<h1>")[1]


@pytest.mark.capability("7.2", face="console")
@pytest.mark.capability("7.2", face="api")
def test_the_silences_of_this_house_are_counted(house: make.House, lead: Desk) -> None:
    """Ten and twenty-two minutes: on the page and at the API, over all and by severity."""
    tell(house, 0, 10, 32)
    seen = lead.read("/console/cadence")
    assert "All incidents 1 3 2 16 min 22 min 22 min SEV-1 1 3 2 16 min 22 min 22 min" in seen
    drawn = "to 5 min: 0, to 15 min: 1, to 30 min: 1, to 1 h: 0, to 2 h: 0, to 4 h: 0, over 4 h: 0."
    assert drawn in seen
    found = Program(make.api_key(house.auditor)).get("/cadence")
    assert (1, 3, 2, 16, 22, 22) == tuple(
        found[name]
        for name in ("incidents", "updates", "gaps", "median_minutes", "p90_minutes", "longest_minutes")
    )
    assert {"longer_than_minutes": 5, "up_to_minutes": 15, "count": 1} == found["steps"][1]
    assert 3 == found["by_severity"]["SEV-1"]["updates"]


def test_the_tallest_bar_fills_the_chart_and_the_others_keep_the_proportion() -> None:
    start = make.NOW
    found = cadence([[start, start + make.minutes(1), start + make.minutes(2), start + make.minutes(60)]])
    bars = chart(found)["bars"]
    assert [(2, 0, 120), (0, 120, 0), (0, 120, 0), (1, 60, 60)] == [
        (bar["count"], bar["y"], bar["height"]) for bar in bars[:4]
    ]
    assert "over 4 h" == label(Step(STEPS[-1], None, 0)) == bars[-1]["label"]


@pytest.mark.parametrize(
    ("minutes", "said"), [(None, "–"), (0, "0 min"), (5.5, "5.5 min"), (14, "14 min"), (2782, "1 d 22 h")]
)
def test_a_length_of_time_is_said_in_words(minutes: float | None, said: str) -> None:
    assert said == length_of_time(None if minutes is None else timedelta(minutes=minutes))
