"""Readers: added once, told of what comes, and let go at their first word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import deliver, subscriber
from clarion.rules.access import Actor
from clarion.rules.delivery import Retry, Sent
from clarion.rules.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound
from clarion.store.models import Delivery, LedgerEntry, Subscriber
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, again, last

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


def leave(reader: Subscriber, actor: Any = None, now: Any = NOW) -> LedgerEntry:
    by = actor or Actor(name=f"subscriber:{reader.id}")
    return pipeline.run(subscriber.unsubscribe, subscriber_id=reader.id, actor=by, now=now)


def test_a_reader_leaves_by_their_own_link_alone(here: Story) -> None:
    """No role is needed for oneself; for another reader it is."""
    ann, bob = make.subscriber("ann@example.org"), make.subscriber("bob@example.org")
    with pytest.raises(Forbidden):
        leave(bob, Actor(name=f"subscriber:{ann.id}"))
    leave(ann)
    assert ("unsubscribed", "active") == (again(ann).state, again(bob).state)
    assert f"subscriber:{ann.id}" == last("subscriber.unsubscribed").actor
    with pytest.raises(AlreadyDone):
        leave(ann)
    with pytest.raises(NotFound):
        leave(Subscriber(id="nosuchthing1"))


def test_who_has_left_gets_nothing_of_what_comes(here: Story) -> None:
    """The next update is for those who stayed."""
    ann = make.subscriber("ann@example.org")
    make.subscriber("bob@example.org")
    leave(ann)
    here.publish(here.draft())
    assert ["bob@example.org"] == [row.subscriber.address for row in Delivery.objects.all()]


def test_what_still_waits_for_somebody_who_leaves_is_not_sent(here: Story) -> None:
    """Created before they left: suppressed, with the reason, and the ledger has the number."""
    ann = make.subscriber()
    here.publish(here.draft())
    leave(ann)
    row = Delivery.objects.get()
    assert ("suppressed", "the reader unsubscribed") == (row.state, row.reason)
    assert 1 == last("subscriber.unsubscribed").data["deliveries_stopped"]
    assert [] == deliver.claim(channel="email", worker="w", now=NOW + HOUR)


def test_a_delivery_under_way_while_its_reader_leaves_is_not_tried_again(here: Story) -> None:
    """One try may cross the wish; a second may not."""
    ann = make.subscriber()
    here.publish(here.draft())
    (row,) = deliver.claim(channel="email", worker="w", now=NOW)
    leave(ann)
    pipeline.run(deliver.record, worker="w", outcomes={row: Retry("busy")}, now=NOW)
    assert [] == deliver.claim(channel="email", worker="w", now=NOW + HOUR)
    assert "suppressed" == Delivery.objects.get().state


def test_who_comes_back_is_the_same_reader_with_a_fresh_start(here: Story) -> None:
    """Active again, under the old id; twice active is refused."""
    ann = make.subscriber("Ann@Example.ORG")
    with pytest.raises(Conflict, match="subscribed already"):
        make.subscriber("Ann@example.org")
    leave(ann)
    assert (ann.id, "active") == (make.subscriber("Ann@example.org").id, again(ann).state)
    assert None is again(ann).unsubscribed_at


BAD = [
    ("channel", {"channel": "pigeon"}, "there are: "),
    ("audience", {"audience": "internal"}, "'internal' is not an audience that can subscribe."),
    ("audience", {"audience": "press"}, "'press' is not an audience that can subscribe."),
    ("address", {"address": "not an address"}, ""),
    ("secret", {"channel": "webhook", "address": "https://example.org/", "secret": "short"}, "whsec_"),
]


@pytest.mark.parametrize(("field", "told", "part"), BAD, ids=[f"{row[0]} {row[1]}" for row in BAD])
def test_what_cannot_be_subscribed_is_refused_by_field(
    here: Story, field: str, told: dict[str, Any], part: str
) -> None:
    """With what would do; nobody is added."""
    usual = {"channel": "email", "address": "a@example.org", "actor": acting(here.lead), "now": NOW}
    with pytest.raises(Invalid) as refusal:
        pipeline.run(subscriber.add_subscriber, **usual | told)
    assert (field, True) == (refusal.value.field, part in refusal.value.message)
    assert 0 == Subscriber.objects.count()


def test_channels_that_sign_get_a_secret_and_others_none(here: Story) -> None:
    """Made for the reader when they bring none; never in the ledger."""
    hook = make.subscriber("https://example.org/hook", channel="webhook")
    assert hook.secret.startswith("whsec_")
    assert "" == make.subscriber().secret
    assert all(hook.secret.encode() not in bytes(entry.body) for entry in LedgerEntry.objects.all())
    secrets = [text.text for entry in LedgerEntry.objects.all() for text in entry.texts.all()]
    assert hook.secret not in secrets


# Deliveries of those who stay: leased, recorded once, never twice at a time


def delivery(here: Story) -> int:
    make.subscriber()
    here.publish(here.draft())
    return int(Delivery.objects.get().id)


def test_what_one_worker_has_claimed_no_other_gets_until_the_lease_ends(here: Story) -> None:
    """Two minutes; then its holder is taken for dead."""
    row = delivery(here)
    assert [row] == deliver.claim(channel="email", worker="one", now=NOW)
    assert [] == deliver.claim(channel="email", worker="two", now=NOW + 2 * MINUTE)
    late = NOW + 2 * MINUTE + timedelta(seconds=1)
    assert [row] == deliver.claim(channel="email", worker="two", now=late)


def test_a_worker_that_wakes_after_its_lease_was_taken_decides_nothing(here: Story) -> None:
    """F17: its result is refused, whatever it says; the word of the worker that holds the lease counts."""
    row = delivery(here)
    deliver.claim(channel="email", worker="one", now=NOW)
    late = NOW + 3 * MINUTE
    deliver.claim(channel="email", worker="two", now=late)
    with pytest.raises(AlreadyDone, match="taken over by another worker"):
        pipeline.run(deliver.record, worker="one", outcomes={row: Retry("stale")}, now=late)
    pipeline.run(deliver.record, worker="two", outcomes={row: Sent("250 ok")}, now=late)
    for outcome in (Retry("stale"), Sent("again")):
        with pytest.raises(AlreadyDone):
            pipeline.run(deliver.record, worker="one", outcomes={row: outcome}, now=late)
    found = Delivery.objects.get()
    assert ("sent", 1, late) == (found.state, found.attempts, found.sent_at)
    assert 1 == LedgerEntry.objects.filter(kind="deliveries.recorded").count()


def test_a_result_told_twice_is_written_once(here: Story) -> None:
    """By the same worker, after its answer was lost."""
    row = delivery(here)
    deliver.claim(channel="email", worker="one", now=NOW)
    told = {"worker": "one", "outcomes": {row: Sent()}, "now": NOW}
    pipeline.run(deliver.record, **told)
    with pytest.raises(AlreadyDone):
        pipeline.run(deliver.record, **told)
    assert 1 == Delivery.objects.get().attempts


def test_a_deferred_delivery_waits_and_keeps_its_id(here: Story) -> None:
    """Half a minute the first time, under the same public id."""
    row = delivery(here)
    name = Delivery.objects.get().public_id
    deliver.claim(channel="email", worker="one", now=NOW)
    pipeline.run(deliver.record, worker="one", outcomes={row: Retry("451 later")}, now=NOW)
    found = Delivery.objects.get()
    assert ("deferred", "451 later", name) == (found.state, found.reason, found.public_id)
    assert timedelta(seconds=20) < found.next_at - NOW < timedelta(seconds=40)
    assert [] == deliver.claim(channel="email", worker="one", now=NOW)
    assert [row] == deliver.claim(channel="email", worker="one", now=found.next_at)


def test_a_person_asks_for_another_try_of_what_failed(here: Story) -> None:
    """Not of what was sent; the ledger says who asked."""
    row = delivery(here)
    name = Delivery.objects.get().public_id
    told = {"public_id": name, "actor": acting(here.lead), "now": NOW}
    with pytest.raises(Conflict, match="only a failed or deferred one"):
        pipeline.run(deliver.retry_delivery, **told)
    Delivery.objects.update(state="failed", reason="550 no such user")
    pipeline.run(deliver.retry_delivery, **told)
    assert [row] == deliver.claim(channel="email", worker="one", now=NOW)
    assert ("failed", f"user:{here.lead.id}") == (
        last("delivery.retried").data["was"],
        last("delivery.retried").actor,
    )


def test_a_reader_has_a_zone_of_their_own_or_the_page_s() -> None:
    """Kept with the reader and said in the ledger; a name that no clock goes by is refused."""
    Story()
    assert "Asia/Kathmandu" == again(make.subscriber(time_zone="Asia/Kathmandu")).time_zone
    assert "Asia/Kathmandu" == last("subscriber.added").data["time_zone"]
    with pytest.raises(Invalid, match="such as Europe/Berlin"):
        make.subscriber("b@example.org", time_zone="Mars/Olympus")
