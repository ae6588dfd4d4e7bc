"""THE ORDER: which ledger entry wakes which action. Start reading here.

An entry is written in the transaction of the action that made it; in the same transaction the bell is
rung for what comes next. A bell that is lost loses nothing, because ``sweep`` finds the same work in the
rows themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from clarion import bell
from clarion.actions import completing, deadline, deliver, intake, preparing, publish, signal, site
from clarion.rules.errors import AlreadyDone
from clarion.store.queries import due

log = logging.getLogger("clarion.pipeline")

#: Work that fails waits this long before its next try, twice as long after each further failure.
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=1)
#: The same failure of the same work is in the log once in full, and then a line so often.
SAID_EVERY = timedelta(minutes=5)


def _subject(entry: Any) -> Iterable[str]:
    return (entry.subject.partition(":")[2],)


def _update_due(entry: Any) -> Iterable[str]:
    """The deadline by which readers hear what changed, where they do."""
    return (entry.data["update_due"],) if entry.data["update_due"] else ()


@dataclass(frozen=True, slots=True)
class Stage:
    """An entry of kind ``on`` rings ``do`` for each of ``keys``; ``due`` finds what no bell was heard for."""

    on: str
    do: Callable[..., Any]
    due: Callable[[datetime], Iterable[str]]
    keys: Callable[[Any], Iterable[str]] = _subject
    atomic: bool = True
    """False for the one action that must hold no transaction while it writes files."""


def _page(on: str) -> Stage:
    """The page's files are written anew after an entry of this kind, at every place they go to."""
    return Stage(on, site.write_site, due.sites_to_write, keys=lambda entry: due.site_names(), atomic=False)


PIPELINE = (
    Stage("hook.received", intake.read_hook, due.hooks_to_read),
    Stage("hook.read", signal.answer_signal, due.signals_to_answer, keys=lambda entry: entry.data["signals"]),
    Stage("incident.opened", preparing.write_first_draft, due.incidents_to_draft),
    Stage("incident.changed", preparing.write_first_draft, due.incidents_to_draft),
    Stage("incident.assessed", preparing.write_first_draft, due.incidents_to_draft),
    Stage("incident.reevaluated", preparing.write_first_draft, due.incidents_to_draft),
    Stage("incident.quiet", preparing.propose_resolution, due.incidents_to_resolve),
    Stage("", completing.complete_review, due.reviews_to_complete),
    Stage("draft.approved", publish.publish_draft, due.drafts_to_publish),
    _page("update.published"),
    _page("component.added"),
    _page("translation.approved"),
    Stage("update.published", deliver.fan_out, due.updates_to_fan_out),
    Stage("deadline.missed", preparing.prepare_update, due.owed_updates),
    Stage("incident.changed", preparing.prepare_update, due.owed_updates, keys=_update_due),
    Stage("incident.assessed", preparing.prepare_update, due.owed_updates, keys=_update_due),
    Stage("facts.recorded", preparing.prepare_update, due.owed_updates, keys=_update_due),
    Stage("", deadline.tick_deadline, due.deadlines_to_tick),
)
STAGES = {stage.do.__name__: stage for stage in PIPELINE}


def run(action: Callable[..., Any], **arguments: Any) -> Any:
    """Runs one action in one transaction and rings what its ledger entry wakes. Returns the entry."""
    with transaction.atomic():
        entry = action(**arguments)
        wake(entry)
    return entry


def in_transaction(function: Callable[..., Any], **arguments: Any) -> Any:
    """Runs a step that writes no ledger entry, such as claiming deliveries, in one transaction."""
    with transaction.atomic():
        return function(**arguments)


def wake(entry: Any) -> None:
    """Rings the bell for every stage that waits for this entry."""
    for stage in PIPELINE:
        if stage.on == entry.kind:
            for key in stage.keys(entry):
                bell.ring(stage.do.__name__, key)


def answer(name: str, key: str, now: datetime) -> bool:
    """Does what a bell was rung for; False when somebody had done it already."""
    stage = STAGES[name]
    try:
        if stage.atomic:
            run(stage.do, key=key, now=now)
        else:
            entry = stage.do(key=key, now=now)
            with transaction.atomic():
                wake(entry)
    except AlreadyDone:
        return False
    return True


@dataclass(slots=True)
class _Failure:
    text: str
    times: int
    at: datetime
    said_at: datetime


class Patience:
    """What failed in earlier sweeps of one process, so that a poisoned row is neither hammered nor shouted.

    In memory only: after a restart everything is tried at once.
    """

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], _Failure] = {}

    def allows(self, name: str, key: str, now: datetime) -> bool:
        """Is it time to try this? A clock that was set back puts nothing off."""
        failure = self._failures.get((name, key))
        if failure is None:
            return True
        wait = min(FIRST_WAIT * 2 ** min(failure.times - 1, 10), LONGEST_WAIT)
        return not failure.at <= now < failure.at + wait

    def failed(self, name: str, key: str, error: Exception, now: datetime) -> None:
        """Remembers the failure, and logs it if it is news. Call it while ``error`` is handled."""
        text = f"{type(error).__name__}: {error}"
        before = self._failures.get((name, key))
        if before is None or before.text != text:
            log.exception("%s for %s failed; it stays due", name, key)
            said_at = now
        elif now - before.said_at >= SAID_EVERY:
            log.error("%s for %s still fails, %d times by now: %s", name, key, before.times + 1, text)
            said_at = now
        else:
            said_at = before.said_at
        times = before.times + 1 if before else 1
        self._failures[name, key] = _Failure(text, times, now, said_at)

    def forget_others(self, name: str, due: Iterable[str]) -> None:
        """Forgets failures of this stage for all keys but these: that work is done."""
        kept = set(due)
        for known in [known for known in self._failures if known[0] == name and known[1] not in kept]:
            del self._failures[known]


def sweep(
    now: datetime, *, patience: Patience | None = None, clock: Callable[[], datetime] | None = None
) -> int:
    """Does everything that the rows say is due, bell or no bell; returns how much there was.

    One piece of work that fails is logged and left due; it holds up nothing else. A caller that sweeps
    for ever keeps a ``Patience``; without it every sweep tries everything. With a ``clock`` each piece gets
    its own time, read after the rows were: a draft that is approved while a sweep runs must not be
    published at a time before its approval.
    """
    patience = patience or Patience()
    done = 0
    for stage in STAGES.values():
        name, keys = stage.do.__name__, list(stage.due(now))
        patience.forget_others(name, keys)
        for key in keys:
            moment = clock() if clock else now
            if not patience.allows(name, key, moment):
                continue
            try:
                done += answer(name, key, moment)
            except Exception as error:
                patience.failed(name, key, error, moment)
    return done


def settle(now: datetime, *, rounds: int = 20) -> int:
    """Sweeps until nothing is due any more: what a test, a demo or a drill calls instead of waiting."""
    total = 0
    for _ in range(rounds):
        done = sweep(now)
        total += done
        if not done:
            break
    return total


bell.on_ring(answer)
