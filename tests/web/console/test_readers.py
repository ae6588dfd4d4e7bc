"""Subscribers and what became of the messages to them."""

from __future__ import annotations

import pytest

from clarion.actions import deliver
from clarion.rules.delivery import Refused, Sent
from clarion.store.queries import delivery
from tests import factories as make
from tests.web.console.conftest import Desk, words

SUBSCRIBERS = "/console/subscribers"
DELIVERIES = "/console/deliveries"


def test_a_reader_is_added(lead: Desk) -> None:
    assert 302 == lead.send(SUBSCRIBERS, "add", channel="email", address="ann@example.org").status_code
    seen = lead.read(SUBSCRIBERS)
    assert "ann@example.org is subscribed." in seen


def test_the_secret_of_a_webhook_is_shown_once(lead: Desk) -> None:
    answer = lead.send(SUBSCRIBERS, "add", channel="webhook", address="https://hooks.example.org/in")
    secret = delivery.subscribers().get().secret
    assert 200 == answer.status_code
    assert f'value="{secret}"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in lead.get(SUBSCRIBERS).content.decode()


@pytest.mark.parametrize(
    ("channel", "address", "status"),
    [
        ("email", "no address", 422),
        ("email", "reader@example.org", 409),
        ("webhook", "ftp://example.org", 422),
        ("pigeon", "roof", 422),
    ],
)
def test_an_address_that_cannot_be_used_stays_typed(
    lead: Desk, channel: str, address: str, status: int
) -> None:
    make.subscriber()
    answer = lead.send(SUBSCRIBERS, "add", channel=channel, address=address)
    assert status == answer.status_code
    assert "This was not done." in words(answer)
    assert f'value="{address}"' in answer.content.decode()


def test_a_subscription_is_ended_by_a_colleague(lead: Desk) -> None:
    make.subscriber()
    lead.send(SUBSCRIBERS, "unsubscribe")
    assert "Nobody is subscribed yet." in lead.read(SUBSCRIBERS)
    assert "reader@example.org" in lead.read(f"{SUBSCRIBERS}?state=unsubscribed")


@pytest.fixture
def tried(house: make.House) -> None:
    """One update: accepted for the first reader, refused for the second."""
    make.subscriber("good@example.org")
    make.subscriber("gone@example.org")
    house.update()
    ids = deliver.claim(channel="email", worker="w", now=make.NOW)
    readers = {row.id: row.subscriber.address for row in delivery.deliveries()}
    came = {i: Sent("250 queued") if "good" in readers[i] else Refused("550 no such mailbox") for i in ids}
    make.run(deliver.record, worker="w", outcomes=came)


def test_the_log_says_what_came_of_each_and_never_received(tried: None, lead: Desk) -> None:
    seen = lead.read(DELIVERIES)
    assert "Accepted by the next hop" in seen
    assert "Failed 550 no such mailbox 1 try" in seen
    assert "received" not in seen.lower()


def test_the_log_is_filtered(tried: None, lead: Desk) -> None:
    failed = lead.read(f"{DELIVERIES}?state=failed&channel=email")
    assert ("gone@example.org" in failed, "good@example.org" in failed) == (True, False)
    assert "No delivery fits this filter." in lead.read(f"{DELIVERIES}?channel=webhook")
    assert "good@example.org" in lead.read(f"{DELIVERIES}?state=' OR 1=1&incident=%00")


def test_a_failed_one_is_tried_again_under_the_same_id(tried: None, lead: Desk) -> None:
    before = delivery.deliveries(state="failed").get().public_id
    answer = lead.send(f"{DELIVERIES}?state=failed", "retry")
    assert f"{DELIVERIES}?state=failed" == answer["Location"]
    assert [before] == [row.public_id for row in delivery.deliveries(state="pending")]


def test_trying_again_leads_nowhere_else(tried: None, lead: Desk) -> None:
    answer = lead.send(f"{DELIVERIES}?state=failed", "retry", back="//evil.example/")
    assert DELIVERIES == answer["Location"]


def test_what_was_accepted_is_not_sent_twice(tried: None, lead: Desk) -> None:
    row = delivery.deliveries(state="sent").get()
    token = lead.form(DELIVERIES, "retry")["csrfmiddlewaretoken"]
    answer = lead.client.post(f"{DELIVERIES}/{row.public_id}/retry", {"csrfmiddlewaretoken": token})
    assert 409 == answer.status_code
    assert "only a failed or deferred one can be tried again" in words(answer)
    assert "sent" == delivery.deliveries().get(id=row.id).state
