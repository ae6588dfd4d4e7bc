"""Delivery lanes: one thread per channel, so that a failing channel delays no other.

Claim in one transaction, send with none open, record in another. A worker that dies in between leaves
a lease that runs out; what it had sent but not recorded is sent once more under the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.db import close_old_connections

from clarion import pipeline, plugins
from clarion.actions import deliver
from clarion.channels import Session
from clarion.rules.delivery import Outcome, Parcel, Retry
from clarion.rules.errors import AlreadyDone
from clarion.settings import BadSetting
from clarion.store.channels import require_channel_config
from clarion.store.queries import delivery as queries
from clarion.store.queries import due

log = logging.getLogger("clarion.worker.lanes")

#: Recorded together; at most so many are repeated after a crash.
FLUSH = 50
#: Work on a claimed batch stops here, well inside the lease, and the rest is given back.
LONGEST_BATCH = timedelta(seconds=60)


class Lane:
    """Sends what is due on one channel, until ``stop`` is set."""

    def __init__(self, channel: str, worker: str, stop: Event, clock: Callable[[], datetime]) -> None:
        self.channel = channel
        self.worker = f"{worker}/{channel}"
        self._stop = stop
        self._clock = clock

    def run(self, idle_seconds: float) -> None:
        """Works until stopped; waits ``idle_seconds`` whenever nothing is due."""
        while not self._stop.is_set():
            try:
                close_old_connections()  # one that broke would otherwise be kept for ever
                busy = self.send_due()
            except Exception:
                log.exception("the %s lane stumbled; it goes on", self.channel)
                busy = False
            if not busy:
                self._stop.wait(idle_seconds)
        deliver.release(worker=self.worker, now=self._clock())

    def send_due(self) -> bool:
        """Claims one batch and works it off; False when nothing was due."""
        now = self._clock()
        # Looking first costs one read; claiming takes the write lock, which on SQLite is everybody's.
        if self.channel not in due.channels_to_deliver(now):
            return False
        ids = pipeline.in_transaction(deliver.claim, channel=self.channel, worker=self.worker, now=now)
        if not ids:
            return False
        with ExitStack() as stack:
            session = self._open(stack)
            for (update_id, audience), parcels in queries.batch(ids).items():
                message = queries.message(update_id, audience)
                self._send_all(session, message, parcels, give_up_at=now + LONGEST_BATCH)
        deliver.release(worker=self.worker, now=self._clock())
        return True

    def _open(self, stack: ExitStack) -> Session | str:
        """A session of the channel, or why there is none."""
        try:
            config = require_channel_config(self.channel)
        except BadSetting as error:
            return str(error)
        module = plugins.get("clarion.channels", self.channel)
        session: Session = stack.enter_context(module.connect(config))
        return session

    def _send_all(
        self,
        session: Session | str,
        message: Any,
        parcels: Sequence[tuple[int, Parcel]],
        give_up_at: datetime,
    ) -> None:
        outcomes: dict[int, Outcome] = {}
        for row_id, parcel in parcels:
            now = self._clock()
            if now >= give_up_at or self._stop.is_set():
                break
            if isinstance(session, str):
                outcomes[row_id] = Retry(session)
            else:
                outcomes[row_id] = session.send(message, parcel, now=now)
            if len(outcomes) >= FLUSH:
                self._record(outcomes)
                outcomes = {}
        self._record(outcomes)

    def _record(self, outcomes: dict[int, Outcome]) -> None:
        if not outcomes:
            return
        try:
            pipeline.run(deliver.record, worker=self.worker, outcomes=outcomes, now=self._clock())
        except AlreadyDone as error:
            log.warning("%s: %s", self.channel, error.message)
