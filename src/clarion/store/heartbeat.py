"""Workers saying that they are alive."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.db.models import Q

from clarion.store.models import Delivery, Heartbeat, Notice

STALE_AFTER = timedelta(seconds=30)

#: Drawn anew at every start: host names and process numbers come again, in containers above all.
_START = secrets.token_hex(3)
#: With it, the longest channel name (40) still fits behind the name in ``Delivery.worker`` (80).
_HOST_LENGTH = 17


def own_name() -> str:
    """This process as a worker: ``host:pid:place:start``, at most 39 characters, never given twice.

    ``place`` is empty where it cannot be known.
    """
    host = socket.gethostname().replace(":", "-")[:_HOST_LENGTH]
    return f"{host}:{os.getpid()}:{_place()}:{_START}"


@cache
def _place() -> str:
    """Where process numbers mean the same as here: this boot of this machine, and this pid namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return sha256(f"{boot} {namespace}".encode()).hexdigest()[:6]


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
    """Is this a worker of this machine whose process no longer runs? Of others, only heartbeats tell."""
    _, pid, place, start = (*worker.split(":"), "", "", "", "")[:4]
    if not place or place != _place() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return start != _START
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
    return sum(
        rows.objects.filter(state="claimed")
        .exclude(alive)
        .update(state="deferred", next_at=now, lease_until=None)
        for rows in (Delivery, Notice)
    )
