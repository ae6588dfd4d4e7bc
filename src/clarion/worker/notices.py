"""The lane of notices: mail to our own people about deadlines, beside and after nobody else's mail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Any

from clarion import pipeline
from clarion.actions import notify
from clarion.rules.delivery import Outcome
from clarion.rules.notices import Pointless
from clarion.store.notices import CHANNEL
from clarion.store.queries import notices as queries
from clarion.worker.lanes import LONGEST_BATCH_SECONDS, Sending


class NoticeLane(Sending):
    """Sends the notices that are due."""

    def __init__(self, worker: str, stop: Event, clock: Callable[[], datetime]) -> None:
        super().__init__(CHANNEL, worker, stop, clock, name="notices")

    def send_due(self) -> bool:
        now = self._clock()
        # Looking first costs one read; claiming takes the write lock, which on SQLite is everybody's.
        if not queries.anything_to_send(now):
            return False
        ids = pipeline.in_transaction(notify.claim, worker=self.worker, now=now)
        until = monotonic() + LONGEST_BATCH_SECONDS
        self._unrecorded.difference_update(ids)
        try:
            with ExitStack() as stack:
                session = self._open(stack)
                for of_deadline in queries.claimed(ids).values():
                    if monotonic() >= until or self._stop.is_set():
                        break
                    outcomes = {each.row_id: self._send(session, each) for each in of_deadline}
                    self._write_down(notify.record_notices, outcomes)
        finally:
            self._release()
        return bool(ids)

    def _release(self) -> None:
        notify.release(worker=self.worker, now=self._clock(), keep=self._unrecorded)

    def _send(self, session: Any, each: queries.Claimed) -> Outcome | Pointless:
        if isinstance(each.notice, Pointless):
            return each.notice
        notice, parcel = each.notice, each.parcel
        return self._try(session, parcel, lambda open_: open_.notify(notice, parcel, now=self._clock()))
