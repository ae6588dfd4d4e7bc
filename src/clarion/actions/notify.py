"""Telling our own people of their deadlines by mail: claimed by lease, recorded with what came of it.

As with deliveries, the sending itself happens between ``claim`` and ``record_notices``, with no transaction
open; what was sent and not recorded is sent once more under the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from clarion.rules.access import SYSTEM
from clarion.rules.delivery import Outcome, without_addresses
from clarion.rules.errors import AlreadyDone
from clarion.rules.notices import Pointless, after_attempt
from clarion.store import leases, ledger, notices
from clarion.store.models import LedgerEntry, Notice

LEASE = timedelta(minutes=2)
BATCH = 20


def claim(*, worker: str, now: datetime, limit: int = BATCH) -> list[int]:
    """Leases up to ``limit`` due notices to a worker; returns their row ids. Claiming itself is no news."""
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(leases.due(now))
    ids = list(due.order_by("next_at", "id").values_list("id", flat=True)[:limit])
    Notice.objects.filter(id__in=ids).update(state="claimed", worker=worker, lease_until=now + LEASE)
    return ids


def record_notices(*, worker: str, outcomes: Mapping[int, Outcome | Pointless], now: datetime) -> LedgerEntry:
    """Writes what came of claimed notices about one deadline, in one transaction with its ledger entry.

    Rows whose lease went to somebody else meanwhile are left alone: that worker's word counts.
    """
    rows = list(
        Notice.objects.select_for_update(of=("self",))
        .select_related("deadline__incident")
        .filter(id__in=outcomes, state="claimed", worker=worker)
        .order_by("id")
    )
    if not rows:
        raise AlreadyDone("These notices were taken over by another worker.")
    said = []
    for row in rows:
        step = after_attempt(
            outcomes[row.id],
            notice_id=row.public_id,
            attempt=row.attempts + 1,
            created_at=row.created_at,
            now=now,
        )
        row.state, row.reason, row.attempts = step.state, step.reason[:500], row.attempts + 1
        row.next_at, row.lease_until = step.next_at or now, None
        row.sent_at = now if step.state == "sent" else None
        row.save()
        said.append(
            {"id": row.public_id, "person": row.person_id, "step": row.step, "state": row.state,
             "attempt": row.attempts, "detail": without_addresses(step.reason)[:200]}
        )  # fmt: skip
    return ledger.append(
        "notices.recorded",
        actor=SYSTEM,
        subject=f"deadline:{rows[0].deadline_id}",
        incident=rows[0].deadline.incident,
        at=now,
        data={"channel": notices.CHANNEL, "notices": said},
    )


def release(*, worker: str, now: datetime, keep: Collection[int] = ()) -> int:
    """Gives back what a worker had claimed and not tried; returns how many. Rows in ``keep`` stay leased."""
    claimed = Notice.objects.filter(state="claimed", worker=worker).exclude(id__in=keep)
    return claimed.update(state="deferred", next_at=now, lease_until=None)
