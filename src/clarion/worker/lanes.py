"""Lanes: what every one does, and delivery lanes, one thread per channel, so that a failing channel delays
no other.

Claim in one transaction, send with none open, record in another. A worker that dies in between leaves
a lease that runs out; what it had sent but not recorded is sent once more under the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from threading import Event
from time import monotonic, sleep
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

#: Recorded together: at most so many, or what was sent in so many seconds, are repeated after a crash.
FLUSH = 50
FLUSH_SECONDS = 2.0
#: Seconds before each further try to record; together well inside the lease and the time to drain.
PAUSES = (0.1, 0.5, 2.0)
#: Work on a claimed batch stops here, well inside the lease, and the rest is given back.
LONGEST_BATCH_SECONDS = 60.0


class Sending:
    """Sends what is due on one channel, until ``stop`` is set. What that is, a lane says in ``send_due``."""

    def __init__(
        self, channel: str, worker: str, stop: Event, clock: Callable[[], datetime], *, name: str
    ) -> None:
        self.channel = channel
        self.name = name
        self.worker = f"{worker}/{name}"
        self._stop = stop
        self._clock = clock
        self._unrecorded: set[int] = set()
        """Sent, but it could not be written down: not given back, or it would be sent again at once."""

    def run(self, idle_seconds: float) -> None:
        """Works until stopped; waits ``idle_seconds`` whenever nothing is due."""
        while not self._stop.is_set():
            try:
                close_old_connections()  # one that broke would otherwise be kept for ever
                busy = self.send_due()
            except Exception:
                log.exception("the %s lane stumbled; it goes on", self.name)
                busy = False
            if not busy:
                self._stop.wait(idle_seconds)
        self._release()

    def send_due(self) -> bool:
        """Claims one batch and works it off; False when nothing was due."""
        raise NotImplementedError

    def _release(self) -> None:
        """Gives back what was claimed and not tried; what was tried keeps its lease until it runs out."""
        raise NotImplementedError

    def _open(self, stack: ExitStack) -> Any:
        """A session of the channel, or why there is none."""
        try:
            config = require_channel_config(self.channel)
        except BadSetting as error:
            return str(error)
        return stack.enter_context(plugins.get("clarion.channels", self.channel).connect(config))

    def _try(self, session: Any, parcel: Parcel, send: Callable[[Any], Outcome]) -> Outcome:
        """One try. A channel raises nothing by contract; one that does must not hold up the others' mail."""
        if isinstance(session, str):
            return Retry(session)
        try:
            return send(session)
        except Exception:
            log.exception("the %s channel failed at %s", self.channel, parcel.delivery_id)
            return Retry("the channel itself failed; see the log")

    def _write_down(self, action: Callable[..., Any], outcomes: Mapping[int, Any]) -> None:
        """Records what came of it; a database that stumbles is asked a few times more."""
        for pause in (*PAUSES, None):
            try:
                pipeline.run(action, worker=self.worker, outcomes=outcomes, now=self._clock())
                return
            except AlreadyDone as error:
                log.warning("%s: %s", self.name, error.message)
                return
            except Exception as error:
                if pause is None:
                    self._unrecorded.update(outcomes)
                    raise
                log.warning("%s: results could not be written, trying again: %s", self.name, error)
                sleep(pause)  # not the stop event: what was sent is worth a few seconds of stopping
                close_old_connections()


class Lane(Sending):
    """Sends the deliveries that are due on one channel."""

    def __init__(self, channel: str, worker: str, stop: Event, clock: Callable[[], datetime]) -> None:
        super().__init__(channel, worker, stop, clock, name=channel)

    def send_due(self) -> bool:
        now = self._clock()
        # Looking first costs one read; claiming takes the write lock, which on SQLite is everybody's.
        if self.channel not in due.channels_to_deliver(now):
            return False
        ids = pipeline.in_transaction(deliver.claim, channel=self.channel, worker=self.worker, now=now)
        if not ids:
            return False
        give_up_at = monotonic() + LONGEST_BATCH_SECONDS
        self._unrecorded.difference_update(ids)
        try:
            with ExitStack() as stack:
                session = self._open(stack)
                for variant, parcels in queries.batch(ids).items():
                    message = queries.message(*variant)
                    self._send_all(session, message, parcels, give_up_at)
        finally:
            self._release()
        return True

    def _release(self) -> None:
        deliver.release(worker=self.worker, now=self._clock(), keep=self._unrecorded)

    def _send_all(
        self,
        session: Session | str,
        message: Any,
        parcels: Sequence[tuple[int, Parcel]],
        give_up_at: float,
    ) -> None:
        outcomes: dict[int, Outcome] = {}
        flushed = monotonic()
        try:
            for row_id, parcel in parcels:
                if monotonic() >= give_up_at or self._stop.is_set():
                    break
                outcomes[row_id] = self._send(session, message, parcel)
                if len(outcomes) >= FLUSH or monotonic() - flushed >= FLUSH_SECONDS:
                    ready, outcomes = outcomes, {}
                    self._record(ready)
                    flushed = monotonic()
        finally:
            self._record(outcomes)

    def _send(self, session: Session | str, message: Any, parcel: Parcel) -> Outcome:
        return self._try(session, parcel, lambda open_: open_.send(message, parcel, now=self._clock()))

    def _record(self, outcomes: dict[int, Outcome]) -> None:
        if outcomes:
            self._write_down(deliver.record, outcomes)
