"""Deliveries: made from an update in one stroke, claimed in batches by lease, recorded in batches.

The sending itself happens between ``claim`` and ``record``, with no transaction open.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Q

from clarion.rules import delivery as rules
from clarion.rules.access import SYSTEM, Actor, require
from clarion.rules.errors import AlreadyDone, Conflict, NotFound
from clarion.store import leases, ledger
from clarion.store.fanout import OVERTAKEN, insert_deliveries, overtaken, suppress_overtaken, waits_its_turn
from clarion.store.models import Delivery, LedgerEntry, Update

LEASE = timedelta(minutes=2)
LEFT = "the reader unsubscribed"
BATCH = 500


def fan_out(*, key: str, now: datetime) -> LedgerEntry:
    """Creates the deliveries of an update for every active subscriber of its channels, once.

    What of older updates of the incident was not sent to these readers yet is overtaken and ends.
    """
    update = Update.objects.select_for_update(of=("self",)).select_related("incident").get(id=key)
    if update.fanned_out_at is not None:
        raise AlreadyDone("The deliveries of this update exist.")
    Update.objects.filter(id=update.id).update(fanned_out_at=now)
    audiences = list(update.texts.values_list("audience", flat=True))
    counts = insert_deliveries(update, channels=update.channels, audiences=audiences, now=now)
    return ledger.append(
        "deliveries.created",
        actor=SYSTEM,
        subject=f"update:{update.id}",
        incident=update.incident,
        at=now,
        data={"counts": counts, "overtaken": suppress_overtaken(update)},
    )


def claim(*, channel: str, worker: str, now: datetime, limit: int = BATCH) -> list[int]:
    """Leases up to ``limit`` due deliveries of a channel to a worker; returns their row ids.

    A lease that ran out belongs to nobody: its worker is taken for dead and the delivery is due again.
    A delivery waits while an older one of its incident is on its way to the same reader. Claiming itself
    is no news; only what is let go here, because the reader left or a newer update is there, has an entry.
    """
    due = leases.due(now)
    _let_go(due & Q(channel=channel), now=now, limit=limit)
    ids = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(due, ~overtaken(), ~waits_its_turn(), channel=channel, subscriber__state="active")
        .order_by("next_at", "id")
        .values_list("id", flat=True)[:limit]
    )
    Delivery.objects.filter(id__in=ids).update(state="claimed", worker=worker, lease_until=now + LEASE)
    return ids


def _let_go(due: Q, *, now: datetime, limit: int) -> None:
    """No further try for whoever left meanwhile, and none of old news after new; each has its entry."""
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("update__incident", "subscriber")
        .filter(due, Q(subscriber__state="unsubscribed") | overtaken())
        # By incident, so that two workers wait for each other's incidents in one order.
        .order_by("update__incident_id", "update__number", "id")[:limit]
    )
    for _, group in groupby(rows, key=lambda row: row.update_id):
        of_update = list(group)
        steps = {
            row.id: rules.NextStep(
                "suppressed", OVERTAKEN if row.subscriber.state == "active" else LEFT, None
            )
            for row in of_update
        }
        _write_steps(of_update, steps, now, tried=0)
        _say_what_became(of_update, steps, now, tried=0)


def record(*, worker: str, outcomes: Mapping[int, rules.Outcome], now: datetime) -> LedgerEntry:
    """Writes what came of a claimed batch of one update, in one transaction with its ledger entry.

    Results for rows whose lease went to somebody else meanwhile are left alone: that worker's word counts.
    """
    rows = list(
        Delivery.objects.select_for_update(of=("self",))
        .select_related("update__incident")
        .filter(id__in=outcomes, state="claimed", worker=worker)
        .order_by("id")
    )
    if not rows:
        raise AlreadyDone("These deliveries were taken over by another worker.")
    steps = {
        row.id: rules.after_attempt(
            outcomes[row.id],
            delivery_id=row.public_id,
            attempt=row.attempts + 1,
            created_at=row.created_at,
            now=now,
        )
        for row in rows
    }
    _write_steps(rows, steps, now)
    return _say_what_became(rows, steps, now)


def _say_what_became(
    rows: Sequence[Delivery], steps: Mapping[int, rules.NextStep], now: datetime, *, tried: int = 1
) -> LedgerEntry:
    """The entry about deliveries of one update on one channel."""
    return ledger.append(
        "deliveries.recorded",
        actor=SYSTEM,
        subject=f"update:{rows[0].update_id}",
        incident=rows[0].update.incident,
        at=now,
        data={
            "channel": rows[0].channel,
            "deliveries": [
                {"id": row.public_id, "subscriber": row.subscriber_id, "state": steps[row.id].state,
                 "attempt": row.attempts + tried, "detail": _reason(steps[row.id].reason)}
                for row in rows
            ],
        },
    )  # fmt: skip


def _reason(said: str) -> str:
    """As the ledger may keep it for good: who the reader is stands with the reader, who can be erased."""
    return rules.without_addresses(said)[:200]


def _write_steps(
    rows: Sequence[Delivery], steps: Mapping[int, rules.NextStep], now: datetime, *, tried: int = 1
) -> None:
    """One UPDATE per distinct result, since most rows of a batch share one."""
    groups: dict[tuple[str, str, datetime | None, int], list[int]] = {}
    for row in rows:
        step = steps[row.id]
        groups.setdefault((step.state, step.reason, step.next_at, row.attempts + tried), []).append(row.id)
    for (state, reason, next_at, attempts), ids in groups.items():
        Delivery.objects.filter(id__in=ids).update(
            state=state,
            reason=reason[:500],
            attempts=attempts,
            next_at=next_at or now,
            lease_until=None,
            sent_at=now if state == "sent" else None,
        )


def release(*, worker: str, now: datetime, keep: Collection[int] = ()) -> int:
    """Gives back what a worker had claimed and not tried; returns how many. Rows in ``keep`` stay leased."""
    claimed = Delivery.objects.filter(state="claimed", worker=worker).exclude(id__in=keep)
    return claimed.update(state="deferred", next_at=now, lease_until=None)


def retry_delivery(*, public_id: str, actor: Actor, now: datetime) -> LedgerEntry:
    """A person asks for a failed or waiting delivery to be tried again now, under the same id."""
    require(actor, "subscribers:write")
    row = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("update__incident")
        .filter(public_id=public_id)
    ).first()
    if row is None:
        raise NotFound("There is no such delivery.")
    if row.state not in ("failed", "deferred"):
        raise Conflict(f"This delivery is {row.state}; only a failed or deferred one can be tried again.")
    if Delivery.objects.filter(overtaken(), id=row.id).exists():
        raise Conflict(
            "A newer update of this incident is there for this reader; old news does not follow it."
        )
    Delivery.objects.filter(id=row.id).update(state="pending", next_at=now, attempts=0)
    return ledger.append(
        "delivery.retried",
        actor=actor,
        subject=f"delivery:{row.public_id}",
        incident=row.update.incident,
        at=now,
        data={"was": row.state, "reason": _reason(row.reason)},
    )
