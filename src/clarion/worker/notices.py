"""The lane of notices: mail to our own people about deadlines, beside and after nobody else's mail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from threading import Event
from time import monotonic

from django.db import close_old_connections

from clarion import pipeline, plugins
from clarion.actions import notify
from clarion.channels import NoticeSession
from clarion.rules.delivery import Outcome, Retry
from clarion.rules.errors import AlreadyDone
from clarion.rules.notices import Pointless
from clarion.settings import BadSetting
from clarion.store.channels import require_channel_config
from clarion.store.notices import CHANNEL
from clarion.store.queries import notices as queries

log = logging.getLogger("clarion.worker.notices")

#: Work on a claimed batch stops here, well inside the lease, and the rest is given back.
LONGEST_BATCH_SECONDS = 60.0


class NoticeLane:
    """Sends notices that are due, until ``stop`` is set."""

    def __init__(self, worker: str, stop: Event, clock: Callable[[], datetime]) -> None:
        self.worker = f"{worker}/notices"
        self._stop = stop
        self._clock = clock

    def run(self, idle_seconds: float) -> None:
        """Works until stopped; waits ``idle_seconds`` whenever nothing is due."""
        while not self._stop.is_set():
            try:
                close_old_connections()
                busy = self.send_due()
            except Exception:
                log.exception("the lane of notices stumbled; it goes on")
                busy = False
            if not busy:
                self._stop.wait(idle_seconds)

    def send_due(self) -> bool:
        """Claims one batch and works it off; False when nothing was due."""
        now = self._clock()
        # Looking first costs one read; claiming takes the write lock, which on SQLite is everybody's.
        if not queries.anything_to_send(now):
            return False
        ids = pipeline.in_transaction(notify.claim, worker=self.worker, now=now)
        until = monotonic() + LONGEST_BATCH_SECONDS
        try:
            with ExitStack() as stack:
                session = self._open(stack)
                for of_deadline in queries.claimed(ids).values():
                    if monotonic() >= until or self._stop.is_set():
                        break
                    self._record({each.row_id: self._send(session, each) for each in of_deadline})
        finally:
            notify.release(worker=self.worker, now=self._clock())
        return bool(ids)

    def _open(self, stack: ExitStack) -> NoticeSession | str:
        """A session of the channel, or why there is none."""
        try:
            config = require_channel_config(CHANNEL)
        except BadSetting as error:
            return str(error)
        session: NoticeSession = stack.enter_context(plugins.get("clarion.channels", CHANNEL).connect(config))
        return session

    def _send(self, session: NoticeSession | str, each: queries.Claimed) -> Outcome | Pointless:
        if isinstance(each.notice, Pointless):
            return each.notice
        if isinstance(session, str):
            return Retry(session)
        try:
            return session.notify(each.notice, each.parcel, now=self._clock())
        except Exception:
            log.exception("the %s channel failed at notice %s", CHANNEL, each.parcel.delivery_id)
            return Retry("the channel itself failed; see the log")

    def _record(self, outcomes: dict[int, Outcome | Pointless]) -> None:
        try:
            pipeline.run(notify.record_notices, worker=self.worker, outcomes=outcomes, now=self._clock())
        except AlreadyDone as error:
            log.warning("notices: %s", error.message)
