"""The bell: rings a named action for a key, inside the caller's transaction.

The only module that knows a queue engine (Django Tasks with its database backend). A ring is a hint:
the rows decide what is due, and the sweep finds it without any ring.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from django.db import transaction
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

log = logging.getLogger("clarion.bell")
KEEP_DONE = timedelta(hours=1)

_handlers: list[Callable[[str, str, datetime], bool]] = []
_clocks: list[Callable[[], datetime]] = []


def on_ring(handler: Callable[[str, str, datetime], bool]) -> None:
    """Says who answers; the pipeline does, when it is imported."""
    _handlers[:] = [handler]


@task()
def answer_ring(name: str, key: str) -> bool:
    """Run by the engine's worker, with the clock that ``answer_waiting`` was given."""
    return _handlers[0](name, key, _clocks[0]())


def ring(name: str, key: str) -> None:
    """Asks that the named action be done for this key soon; part of the caller's transaction."""
    answer_ring.enqueue(name, key)


def waiting() -> bool:
    """Is anything rung and not yet answered? One read, no lock."""
    return DBTaskResult.objects.ready().exists()


def answer_waiting(worker_id: str, *, clock: Callable[[], datetime]) -> None:
    """Answers everything that is rung now, then returns. Each answer gets ``clock()`` as its time."""
    _clocks[:] = [clock]
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
        excluded_queue_names=[],
    ).run()


def requeue_lost(living_workers: set[str]) -> int:
    """Puts back what dead workers had begun: the engine itself never does. Returns how many."""
    lost = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    with transaction.atomic():
        ids = [row.id for row in lost if not set(row.worker_ids) & living_workers]
        return DBTaskResult.objects.filter(id__in=ids).update(status=TaskResultStatus.READY, started_at=None)


def forget_answered(now: datetime) -> int:
    """Deletes answered rings after an hour; they say nothing that the ledger does not."""
    done = DBTaskResult.objects.exclude(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    return done.filter(finished_at__lt=now - KEEP_DONE).delete()[0]


class Doorbell:
    """Waits for a ring, or for as long as asked, whichever comes first."""

    def __init__(self, stop: Event, interval: float = 0.02) -> None:
        self._stop, self._interval = stop, interval

    def wait(self, seconds: float) -> bool:
        """True when something is rung; False when the time is over or everything stops."""
        waited = 0.0
        while waited < seconds and not self._stop.is_set():
            if waiting():
                return True
            self._stop.wait(self._interval)
            waited += self._interval
        return False
