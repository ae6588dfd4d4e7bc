"""A reader hears of an incident in order: what is newer is never followed by what is older."""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import deliver
from clarion.actions import draft as drafts
from clarion.rules.delivery import Retry, Sent
from clarion.rules.errors import Conflict
from clarion.store.models import Delivery, Draft, Incident, Update
from tests import factories as make
from tests.actions.story import HOUR, MINUTE, NOW, Story, acting, edit, last

pytestmark = pytest.mark.django_db
OVERTAKEN = ("suppressed", "overtaken by a newer update")


@pytest.fixture
def here() -> Story:
    house = Story()
    make.subscriber("ann@example.org")
    return house


def second(here: Story, incident: Incident) -> Draft:
    """The next draft of the incident, written and ready to be approved."""
    entry = pipeline.run(
        drafts.create_draft, incident_id=incident.id, phase="update", actor=acting(here.lead), now=NOW
    )
    draft = Draft.objects.get(id=make.id_in(entry))
    edit(draft, here.lead)
    return draft


def states() -> list[tuple[str, str]]:
    """State and reason of each delivery, in the order of the updates."""
    return list(Delivery.objects.order_by("update__number").values_list("state", "reason"))


def claim(now: Any = NOW, worker: str = "w") -> list[int]:
    return list(pipeline.in_transaction(deliver.claim, channel="email", worker=worker, now=now))


def record(ids: list[int], outcome: Any, now: Any = NOW, worker: str = "w") -> None:
    pipeline.run(deliver.record, worker=worker, outcomes=dict.fromkeys(ids, outcome), now=now)


def suppressed_in_ledger() -> list[tuple[str, str]]:
    return [(item["id"], item["detail"]) for item in last("deliveries.recorded").data["deliveries"]]


def test_a_newer_update_overtakes_an_older_one_that_is_not_sent(here: Story) -> None:
    """Nobody wants old news after new: the older delivery ends, and the entry of the newer one names it."""
    first = here.publish(here.draft())
    here.publish(second(here, first.incident))
    assert [OVERTAKEN, ("pending", "")] == states()
    assert [first.deliveries.get().public_id] == last("deliveries.created").data["overtaken"]


def test_what_waits_for_its_next_try_is_overtaken_too(here: Story) -> None:
    first = here.publish(here.draft())
    record(claim(), Retry("greylisted"))
    here.publish(second(here, first.incident))
    assert [OVERTAKEN, ("pending", "")] == states()


def test_what_is_sent_stays_sent(here: Story) -> None:
    first = here.publish(here.draft())
    record(claim(), Sent("250 ok"))
    here.publish(second(here, first.incident))
    assert [("sent", "250 ok"), ("pending", "")] == states()
    assert [] == last("deliveries.created").data["overtaken"]


def test_another_incident_overtakes_nothing(here: Story) -> None:
    here.publish(here.draft())
    here.publish(here.draft(title="Search is slow"))
    assert [("pending", "")] * 2 == states()


def test_the_newer_update_waits_while_the_older_one_is_being_sent(here: Story) -> None:
    """Another worker has the older one in hand: only its word ends the wait."""
    first = here.publish(here.draft())
    older = claim(worker="slow")
    here.publish(second(here, first.incident))
    assert [] == claim()
    record(older, Sent("250 ok"), worker="slow")
    [newer] = claim()
    assert 2 == Delivery.objects.get(id=newer).update.number


@pytest.mark.parametrize("end", ["retry", "released", "lease ran out"])
def test_an_older_one_that_was_in_hand_and_did_not_go_out_is_let_go(here: Story, end: str) -> None:
    """It is due again, but the newer one is there: it is recorded as overtaken, and the newer one goes."""
    first = here.publish(here.draft())
    older = claim(worker="slow")
    here.publish(second(here, first.incident))
    if end == "retry":
        record(older, Retry("greylisted"), worker="slow")
    elif end == "released":
        deliver.release(worker="slow", now=NOW)
    [newer] = claim(NOW + 5 * MINUTE)
    assert 2 == Delivery.objects.get(id=newer).update.number
    assert OVERTAKEN == states()[0]
    assert [(first.deliveries.get().public_id, OVERTAKEN[1])] == suppressed_in_ledger()


def test_an_older_update_whose_deliveries_are_made_late_overtakes_nobody(here: Story) -> None:
    """Bells may ring in any order."""
    first = here.publish(here.draft())
    Delivery.objects.all().delete()
    Update.objects.filter(id=first.id).update(fanned_out_at=NOW)
    here.publish(second(here, first.incident))
    Update.objects.filter(id=first.id).update(fanned_out_at=None)
    pipeline.settle(NOW)
    assert [OVERTAKEN, ("pending", "")] == states()


def test_an_older_one_is_not_tried_again_by_hand_either(here: Story) -> None:
    first = here.publish(here.draft())
    record(claim(), Retry("greylisted"))
    Delivery.objects.update(state="failed")
    here.publish(second(here, first.incident))
    with pytest.raises(Conflict, match="newer update"):
        pipeline.run(
            deliver.retry_delivery,
            public_id=first.deliveries.get().public_id,
            actor=acting(here.lead),
            now=NOW + HOUR,
        )


def test_whoever_left_while_it_was_under_way_is_let_go_with_an_entry(here: Story) -> None:
    update = here.publish(here.draft())
    [row] = claim()
    reader = Delivery.objects.get(id=row).subscriber
    make.run(make.subscriber_actions.unsubscribe, subscriber_id=reader.id, actor=acting(here.lead))
    record([row], Retry("greylisted"))
    assert [] == claim(NOW + HOUR)
    assert [("suppressed", "the reader unsubscribed")] == states()
    assert [(update.deliveries.get().public_id, "the reader unsubscribed")] == suppressed_in_ledger()
