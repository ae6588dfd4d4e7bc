"""A lane sends each delivery and says what came of it, even when the database stumbles in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError

from clarion.actions import deliver
from clarion.rules.delivery import Message, Outcome, Parcel, Sent
from clarion.rules.ledger import read_entry
from clarion.store.models import Delivery, LedgerEntry, Subscriber
from clarion.worker import lanes
from tests import factories as make
from tests.actions.story import NOW, Story

pytestmark = pytest.mark.django_db
READERS = ["ann@example.org", "bea@example.org", "cem@example.org"]


class Sink:
    """A session that takes everything, ``seconds`` long each, and remembers to whom it went."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.sent: list[str] = []
        self.zones: dict[str, str] = {}
        self.seconds = seconds
        self.passed = 0.0

    def send(self, message: Message, parcel: Parcel, *, now: datetime) -> Outcome:
        self.sent.append(parcel.address)
        self.zones[parcel.address] = message.time_zone
        self.passed += self.seconds
        return Sent("250 ok")


@pytest.fixture(autouse=True)
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(lanes, "PAUSES", (0.0, 0.0, 0.0))
    # It would close the connection that holds the test's own transaction.
    monkeypatch.setattr(lanes, "close_old_connections", lambda: None)


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """Three readers wait for an update; what is sent to them goes here."""
    here = Story()
    for address in READERS:
        make.subscriber(address)
    here.publish(here.draft())
    found = Sink()
    monkeypatch.setattr(lanes.Lane, "_open", lambda lane, stack: found)
    monkeypatch.setattr(lanes, "monotonic", lambda: found.passed)
    yield found


def lane() -> lanes.Lane:
    return lanes.Lane("email", "host:1", Event(), lambda: NOW)


def stumbling(times: int) -> Callable[..., LedgerEntry]:
    """``record``, which fails so often before it works."""
    left = [times]
    record = deliver.record

    def stumble(**arguments: Any) -> LedgerEntry:
        if left[0]:
            left[0] -= 1
            raise OperationalError("database is locked")
        return record(**arguments)

    return stumble


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("subscriber__address", "state"))


def test_a_result_that_cannot_be_written_at_once_is_written_a_moment_later(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "record", stumbling(3))
    assert lane().send_due()
    assert READERS == sink.sent
    assert dict.fromkeys(READERS, "sent") == states()


def test_what_cannot_be_recorded_holds_up_nobody_else_and_is_not_repeated_at_once(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is sent and keeps its lease; the other two are given back and go out right away."""
    monkeypatch.setattr(lanes, "FLUSH", 1)
    monkeypatch.setattr(deliver, "record", stumbling(4))
    ours = lane()
    with pytest.raises(OperationalError):
        ours.send_due()
    assert {
        "ann@example.org": "claimed",
        "bea@example.org": "deferred",
        "cem@example.org": "deferred",
    } == states()
    assert ours.send_due()
    assert not ours.send_due()
    assert READERS == sink.sent
    assert {"ann@example.org": "claimed", "bea@example.org": "sent", "cem@example.org": "sent"} == states()


def test_a_lane_whose_session_cannot_be_had_gives_everything_back(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(lane: Any, stack: Any) -> Any:
        raise RuntimeError("as if a channel had a bug")

    monkeypatch.setattr(lanes.Lane, "_open", broken)
    with pytest.raises(RuntimeError):
        lane().send_due()
    assert dict.fromkeys(READERS, "deferred") == states()


def test_slow_sending_is_recorded_on_the_way(sink: Sink) -> None:
    """At most what was sent in the last seconds is repeated after a crash, however slow the relay is."""
    sink.seconds = 1.5
    lane().send_due()
    rows = LedgerEntry.objects.filter(kind="deliveries.recorded").order_by("id")
    assert [2, 1] == [len(read_entry(bytes(row.body)).data["deliveries"]) for row in rows]


def test_a_channel_that_fails_at_one_reader_serves_the_others(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel of somebody else's making raises for one address; that one is tried again later."""
    send = sink.send

    def fails_for_bea(message: Message, parcel: Parcel, *, now: datetime) -> Outcome:
        if parcel.address == READERS[1]:
            raise RuntimeError("a fault in the channel")
        return send(message, parcel, now=now)

    monkeypatch.setattr(sink, "send", fails_for_bea)
    assert lane().send_due()
    states = dict(Delivery.objects.values_list("subscriber__address", "state"))
    assert {READERS[0]: "sent", READERS[1]: "deferred", READERS[2]: "sent"} == states


def test_each_reader_is_told_times_in_their_own_zone(sink: Sink) -> None:
    """One composed message for each zone; who has none is told in the page's."""
    Subscriber.objects.filter(address=READERS[1]).update(time_zone="Asia/Kathmandu")
    assert lane().send_due()
    assert {READERS[0]: "Etc/UTC", READERS[1]: "Asia/Kathmandu", READERS[2]: "Etc/UTC"} == sink.zones
