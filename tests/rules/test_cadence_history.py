"""How often readers were told something, from the times of published updates alone."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.cadence_history import STEPS, Cadence, cadence

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
GITHUB = Path(__file__).parents[1] / "data" / "github_status" / "update_times.csv"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def told(*after: float) -> list[datetime]:
    """An incident with updates so many minutes after nine."""
    return [NINE + minutes(count) for count in after]


def github(kind: str) -> list[list[datetime]]:
    """Every incident, or maintenance, of GitHub's status page in four years."""
    with GITHUB.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] == kind]
    return [
        [
            datetime.fromisoformat(row["first_update"]) + minutes(int(count))
            for count in row["minutes_after"].split()
        ]
        for row in rows
    ]


def test_four_years_of_a_large_status_page_come_out_as_counted_by_others() -> None:
    """801 incidents with 4,514 updates: half of all silences took 14 minutes or less, nine in ten 51."""
    found = cadence(github("incident"))
    assert (801, 4514, 3713) == (found.incidents, found.updates, found.gaps)
    assert (minutes(14), minutes(51)) == (found.median, found.p90)
    assert minutes(2782) == found.longest
    assert [1310, 628, 610, 893, 192, 51, 29] == [step.count for step in found.steps]
    assert 18 == len(github("maintenance"))


SMALL = [
    ("nothing was published", [], (0, 0, 0, None, None, None)),
    ("said once and never again", [told(0)], (1, 1, 0, None, None, None)),
    ("two updates", [told(0, 20)], (1, 2, 1, 20, 20, 20)),
    ("out of order", [told(20, 0, 5)], (1, 3, 2, 10, 15, 15)),
    (
        "silences are within an incident, never between two",
        [told(0, 10), told(500, 530)],
        (2, 4, 2, 20, 30, 30),
    ),
    ("of ten silences the ninth", [told(0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55)], (1, 11, 10, 5.5, 9, 10)),
    ("an incident without updates is none", [told(), told(0)], (1, 1, 0, None, None, None)),
]


@pytest.mark.parametrize(("incidents", "expected"), [row[1:] for row in SMALL], ids=[row[0] for row in SMALL])
def test_small_histories(incidents: list[list[datetime]], expected: tuple[float | None, ...]) -> None:
    found = cadence(incidents)
    counts, lengths = expected[:3], expected[3:]
    assert counts == (found.incidents, found.updates, found.gaps)
    wanted = [None if length is None else minutes(length) for length in lengths]
    assert wanted == [found.median, found.p90, found.longest]


@pytest.mark.parametrize(
    ("gap", "place"), [(0, 0), (5, 0), (5.1, 1), (15, 1), (240, 5), (240.1, 6), (9999, 6)]
)
def test_a_silence_is_counted_in_one_step(gap: float, place: int) -> None:
    """A step ends with its last minute; the last one never ends."""
    counts = [step.count for step in cadence([told(0, gap)]).steps]
    assert [place] == [at for at, count in enumerate(counts) if count]
    assert len(STEPS) == len(counts)


@given(st.lists(st.lists(st.integers(0, 5000), max_size=6), max_size=6))
def test_nothing_is_lost_or_counted_twice(histories: list[list[int]]) -> None:
    found: Cadence = cadence([told(*after) for after in histories])
    assert sum(map(len, histories)) == found.updates
    assert found.gaps == found.updates - found.incidents == sum(step.count for step in found.steps)
    if found.median is not None and found.p90 is not None and found.longest is not None:
        assert timedelta(0) <= found.median <= max(found.p90, found.median) <= found.longest
