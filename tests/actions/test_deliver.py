"""Every reader of an update gets it once; an update without readers is done as well."""

from __future__ import annotations

from typing import Any

import pytest

from clarion import pipeline
from clarion.actions import deliver
from clarion.rules.delivery import Refused, Retry, Sent
from clarion.store.models import Delivery, LedgerEntry
from tests import factories as make
from tests.actions.story import NOW, Story, acting, last

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Story:
    return Story()


@pytest.mark.parametrize("more", [{"visibility": "private"}, {"visibility": "private", "severity": "SEV-1"}])
def test_an_update_for_nobody_outside_is_done_and_not_due_for_ever(here: Story, more: dict[str, str]) -> None:
    """No channels, no deliveries: that is written down once, and the sweep finds nothing more to do."""
    make.subscriber()
    update = here.publish(here.draft(**more))
    assert [] == update.channels
    assert 0 == pipeline.sweep(NOW)
    assert (f"update:{update.id}", {}) == (
        last("deliveries.created").subject,
        last("deliveries.created").data["counts"],
    )
    assert 0 == Delivery.objects.count()
    assert [] == list(pipeline.STAGES["fan_out"].due(NOW))


@pytest.mark.parametrize("outcome", [Refused, Retry, Sent])
def test_no_reader_s_address_enters_the_ledger(here: Story, outcome: Any) -> None:
    """Entries are never changed again: whatever a channel lets through is masked before it is recorded."""
    make.subscriber("ann@example.org")
    here.publish(here.draft())
    ids = deliver.claim(channel="email", worker="w", now=NOW)
    said = f"{'x' * 190} 5.1.1 <Ann@example.org>, ann%40example.org, <bob@example.net>: no"
    pipeline.run(deliver.record, worker="w", outcomes={ids[0]: outcome(said)}, now=NOW)
    Delivery.objects.update(state="failed", reason="no mailbox ann@example.org")
    pipeline.run(
        deliver.retry_delivery, public_id=Delivery.objects.get().public_id, actor=acting(here.lead), now=NOW
    )
    bodies = b"".join(bytes(entry.body) for entry in LedgerEntry.objects.all()).lower()
    assert b"no mailbox \xe2\x80\xa6" in bodies
    assert [] == [word for word in (b"ann@", b"ann%40", b"bob@") if word in bodies]
