"""Workers saying that they are alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from clarion.store.models import Heartbeat

STALE_AFTER = timedelta(seconds=30)


def beat(worker: str, *, started_at: datetime, now: datetime) -> None:
    """Notes that this worker is alive at ``now``."""
    Heartbeat.objects.update_or_create(
        worker=worker, defaults={"started_at": started_at, "seen_at": now, "stopped_at": None}
    )


def stop(worker: str, *, now: datetime) -> None:
    """Notes that this worker stopped of its own accord."""
    Heartbeat.objects.filter(worker=worker).update(stopped_at=now)


def living(now: datetime) -> set[str]:
    """Names of the workers seen within the last half minute."""
    found = Heartbeat.objects.filter(seen_at__gte=now - STALE_AFTER, stopped_at=None)
    return set(found.values_list("worker", flat=True))


def last_seen() -> datetime | None:
    """When any worker was last seen."""
    return Heartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
