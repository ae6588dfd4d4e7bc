"""Workers saying that they are alive."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.db.models import Q

from clarion.store.models import Delivery, Heartbeat

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
    """Names of the workers seen within the last half minute, less those of this machine that are gone."""
    found = Heartbeat.objects.filter(seen_at__gte=now - STALE_AFTER, stopped_at=None)
    return {name for name in found.values_list("worker", flat=True) if not _gone(name)}


def last_seen() -> datetime | None:
    """When any worker was last seen."""
    return Heartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()


def bury_dead(*, now: datetime) -> None:
    """Marks as stopped the workers of this machine whose process is gone; others go stale in time."""
    for row in Heartbeat.objects.filter(stopped_at=None):
        if _gone(row.worker):
            stop(row.worker, now=now)


def _gone(worker: str) -> bool:
    """Is this a worker of this machine whose process no longer runs? Workers are named ``host:pid``."""
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def release_claims_of_dead(living_workers: set[str], *, now: datetime) -> int:
    """Makes due at once what was claimed by workers that are gone; returns how many.

    A lane signs its claims ``<worker>/<channel>``.
    """
    alive = Q(pk__in=[])
    for worker in living_workers:
        alive |= Q(worker__startswith=f"{worker}/")
    return (
        Delivery.objects.filter(state="claimed")
        .exclude(alive)
        .update(state="deferred", next_at=now, lease_until=None)
    )
