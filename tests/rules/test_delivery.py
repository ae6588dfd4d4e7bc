"""What becomes of a delivery after each try: sent, tried again after a growing wait, or given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.delivery import (
    FINAL_STATES,
    LONGEST_LIFE,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    STATES,
    NextStep,
    Outcome,
    Refused,
    Retry,
    Sent,
    after_attempt,
    wait_before,
)

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
ID = "update-reader"


def step(outcome: Outcome, attempt: int = 1, age: timedelta = timedelta(0), name: str = ID) -> NextStep:
    return after_attempt(outcome, delivery_id=name, attempt=attempt, created_at=NOON - age, now=NOON)


#: attempt, the wait without its spread
BACKOFF = [
    (1, timedelta(seconds=30)),
    (2, timedelta(minutes=1)),
    (3, timedelta(minutes=2)),
    (4, timedelta(minutes=4)),
    (5, timedelta(minutes=8)),
    (6, timedelta(minutes=16)),
    (7, timedelta(minutes=32)),
    (8, timedelta(hours=1)),
    (9, timedelta(hours=1)),
    (29, timedelta(hours=1)),
]


@pytest.mark.parametrize(("attempt", "plain"), BACKOFF)
def test_each_wait_is_double_the_last_up_to_an_hour(attempt: int, plain: timedelta) -> None:
    """With a spread of a quarter either way, so that many deliveries do not come back at one moment."""
    waits = [wait_before(f"u-{number}", attempt) for number in range(200)]
    assert plain * 0.75 <= min(waits) <= plain * 0.8
    assert plain * 1.2 <= max(waits) <= plain * 1.25


def test_the_spread_can_be_replayed() -> None:
    """It is drawn from the delivery's own id, so the same try waits the same time again."""
    assert wait_before(ID, 3) == wait_before(ID, 3)
    assert wait_before(ID, 3) != wait_before("another", 3)


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STEPS = [
    ("accepted", Sent("250 queued"), 1, MINUTE, "sent", "250 queued"),
    ("accepted at last", Sent(), MOST_ATTEMPTS, 3 * DAY, "sent", ""),
    ("refused for good", Refused("550 no such user"), 1, MINUTE, "failed", "550 no such user"),
    ("not now", Retry("451 greylisted"), 1, MINUTE, "deferred", "451 greylisted"),
    ("not now, for the last time but one", Retry("busy"), MOST_ATTEMPTS - 1, DAY, "deferred", "busy"),
    ("not now, too often", Retry("busy"), MOST_ATTEMPTS, DAY, "failed", "given up after 30 tries: busy"),
    ("not now, too long", Retry("busy"), 5, LONGEST_LIFE, "failed", "given up after 5 tries: busy"),
]


@pytest.mark.parametrize(
    ("outcome", "attempt", "age", "state", "reason"),
    [row[1:] for row in STEPS],
    ids=[row[0] for row in STEPS],
)
def test_a_try_ends(outcome: Outcome, attempt: int, age: timedelta, state: str, reason: str) -> None:
    """Only a delivery that waits has a next time; the others are final and say why."""
    found = step(outcome, attempt, age)
    assert (state, reason) == (found.state, found.reason)
    assert (found.next_at is None) == (state in FINAL_STATES)


WISHES = [
    ("none", None, wait_before(ID, 1)),
    ("sooner than our own wait", 1.0, wait_before(ID, 1)),
    ("in ten minutes", 600.0, timedelta(minutes=10)),
    ("next week", 7 * 86400.0, LONGEST_WAIT),
]


@pytest.mark.parametrize(("after", "wait"), [row[1:] for row in WISHES], ids=[row[0] for row in WISHES])
def test_a_peers_wish_counts_up_to_an_hour(after: float | None, wait: timedelta) -> None:
    """A peer may ask for more patience than we have, but not send us away for good."""
    assert NOON + wait == step(Retry("busy", after)).next_at


@given(
    st.sampled_from([Sent(), Refused("no"), Retry("later"), Retry("later", 90.0)]),
    st.integers(1, 100),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.text(max_size=20),
)
def test_no_delivery_waits_for_ever(outcome: Outcome, attempt: int, age: timedelta, name: str) -> None:
    """Every step leads to a known state, and a wait is never longer than an hour and a quarter."""
    found = step(outcome, attempt, age, name)
    assert found.state in STATES
    if found.next_at is not None:
        assert NOON < found.next_at <= NOON + LONGEST_WAIT * 1.25
