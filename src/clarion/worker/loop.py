"""The worker: a few threads around the database, each of which may be killed at any instruction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from threading import Event, Thread
from time import monotonic

from django.conf import settings
from django.db import close_old_connections, connection

from clarion import bell, pipeline, plugins
from clarion.actions import site
from clarion.rules.errors import AlreadyDone
from clarion.store import heartbeat, idempotency, ledger
from clarion.store.keys import NoSigningKey, signer
from clarion.store.queries import due
from clarion.store.queries.ledger import has_unsealed
from clarion.worker.lanes import Lane
from clarion.worker.notices import NoticeLane

log = logging.getLogger("clarion.worker")

BEAT_SECONDS = 5.0
SEAL_SECONDS = 0.5
CHECKPOINT_SECONDS = 10.0
TIDY_SECONDS = 300.0
LANE_IDLE_SECONDS = 0.2
NOTICE_IDLE_SECONDS = 1.0
DRAIN_SECONDS = 10.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Worker:
    """Runs everything that is due until ``stop`` is set."""

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.name = heartbeat.own_name()
        self.stop = Event()
        self.failed = False
        """True when it stopped because a part of it died."""
        self._clock = clock

    def run(self) -> list[str]:
        """Works until ``stop`` is set, finishes what is in hand within ten seconds, and says goodbye.

        Returns the names of the threads that did not finish in that time.
        """
        self._take_over()
        jobs = [("bell", self._answer_bells), ("seal", self._seal), ("notices", self._notify)]
        jobs += [
            (channel, lambda channel=channel: self._lane(channel).run(LANE_IDLE_SECONDS))
            for channel in plugins.modules("clarion.channels")
        ]
        threads = [Thread(target=self._guard(job), name=name) for name, job in jobs]
        for thread in threads:
            thread.start()
        self._beat_until_stopped(threads)
        drained_by = monotonic() + DRAIN_SECONDS
        for thread in threads:
            thread.join(timeout=max(0.0, drained_by - monotonic()))
        heartbeat.stop(self.name, now=self._clock())
        return [thread.name for thread in threads if thread.is_alive()]

    def _take_over(self) -> None:
        """Puts back what dead workers had in hand, so that nobody waits for a lease to run out."""
        started = self._clock()
        heartbeat.bury_dead(now=started)
        heartbeat.beat(self.name, started_at=started, now=started)
        self._started = started
        living = heartbeat.living(started)
        returned = heartbeat.release_claims_of_dead(living, now=started)
        requeued = bell.requeue_lost(living)
        if returned or requeued:
            log.warning("took over %d deliveries and %d bells of a dead worker", returned, requeued)

    def _beat_until_stopped(self, threads: list[Thread]) -> None:
        while not self.stop.wait(BEAT_SECONDS):
            close_old_connections()
            if not all(thread.is_alive() for thread in threads):
                log.error("a thread of the worker died; stopping, so that it is noticed and restarted")
                self.failed = True
                self.stop.set()
                return
            try:
                heartbeat.beat(self.name, started_at=self._started, now=self._clock())
            except Exception:
                log.exception("the heartbeat could not be written")

    def _guard(self, job: Callable[[], None]) -> Callable[[], None]:
        def guarded() -> None:
            try:
                job()
            finally:
                connection.close()

        return guarded

    def _notify(self) -> None:
        NoticeLane(self.name, self.stop, self._clock).run(NOTICE_IDLE_SECONDS)

    def _lane(self, channel: str) -> Lane:
        return Lane(channel, self.name, self.stop, self._clock)

    def _answer_bells(self) -> None:
        """Answers bells as they ring and sweeps the rows every few seconds, bell or no bell."""
        doorbell = bell.Doorbell(self.stop)
        patience = pipeline.Patience()
        swept_at = tidied_at = -inf  # of the machine's running time: a wall clock is set back now and then
        while not self.stop.is_set():
            try:
                close_old_connections()
                if doorbell.wait(settings.CLARION.sweep_seconds if swept_at > -inf else 0):
                    bell.answer_waiting(self.name, clock=self._clock)
                moment = monotonic()
                if moment - swept_at >= settings.CLARION.sweep_seconds:
                    pipeline.sweep(self._clock(), patience=patience, clock=self._clock)
                    swept_at = moment
                if moment - tidied_at >= TIDY_SECONDS:
                    bell.forget_answered(self._clock())
                    idempotency.forget_old(self._clock())
                    tidied_at = moment
            except Exception:
                log.exception("the bell thread stumbled; it goes on")
                self.stop.wait(1)

    def _seal(self) -> None:
        """Seals new entries twice a second and puts the newest checkpoint beside the page.

        The first time there may be no new one: the page is gone through once all the same, so that files
        lost while no worker ran come back, and the first update need not wait for every page to be rendered.
        """
        shown_at = -inf
        fresh = True
        while not self.stop.wait(SEAL_SECONDS):
            try:
                close_old_connections()
                # Looking first: sealing takes the write lock, which on SQLite is everybody's.
                if has_unsealed():
                    fresh = bool(ledger.seal(signer=signer(), now=self._clock())) or fresh
                if fresh and monotonic() - shown_at >= CHECKPOINT_SECONDS:
                    self._show_checkpoint()
                    fresh, shown_at = False, monotonic()
            except (NoSigningKey, ledger.SealConflict) as error:
                log.error("nothing can be sealed: %s", error)
                self.stop.wait(10)
            except Exception:
                log.exception("sealing stumbled; it goes on")

    def _show_checkpoint(self) -> None:
        for name in due.site_names():
            try:
                site.write_site(key=name, now=self._clock(), refresh=True)
            except AlreadyDone:
                continue
