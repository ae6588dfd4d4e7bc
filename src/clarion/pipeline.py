"""THE ORDER: which ledger entry wakes which action. Start reading here.

An entry is written in the transaction of the action that made it; in the same transaction the bell is
rung for what comes next. A bell that is lost loses nothing, because ``sweep`` finds the same work in the
rows themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from clarion import bell
from clarion.actions import deadline, deliver, draft, intake, publish, signal, site
from clarion.rules.errors import AlreadyDone
from clarion.store.queries import due

log = logging.getLogger("clarion.pipeline")


def _subject(entry: Any) -> Iterable[str]:
    return (entry.subject.partition(":")[2],)


@dataclass(frozen=True, slots=True)
class Stage:
    """An entry of kind ``on`` rings ``do`` for each of ``keys``; ``due`` finds what no bell was heard for."""

    on: str
    do: Callable[..., Any]
    due: Callable[[datetime], Iterable[str]]
    keys: Callable[[Any], Iterable[str]] = _subject
    atomic: bool = True
    """False for the one action that must hold no transaction while it writes files."""


PIPELINE = (
    Stage("hook.received", intake.read_hook, due.hooks_to_read),
    Stage("hook.read", signal.answer_signal, due.signals_to_answer, keys=lambda entry: entry.data["signals"]),
    Stage("incident.opened", draft.write_first_draft, due.incidents_to_draft),
    Stage("incident.quiet", draft.propose_resolution, due.incidents_to_resolve),
    Stage("draft.approved", publish.publish_draft, due.drafts_to_publish),
    Stage(
        "update.published",
        site.write_site,
        due.sites_to_write,
        keys=lambda entry: due.site_names(),
        atomic=False,
    ),
    Stage(
        "component.added",
        site.write_site,
        due.sites_to_write,
        keys=lambda entry: due.site_names(),
        atomic=False,
    ),
    Stage("update.published", deliver.fan_out, due.updates_to_fan_out),
    Stage("deadline.missed", draft.prepare_update, due.missed_promises),
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


def sweep(now: datetime) -> int:
    """Does everything that the rows say is due, bell or no bell; returns how much there was.

    One piece of work that fails is logged and left due; it holds up nothing else.
    """
    done = 0
    for stage in STAGES.values():
        for key in list(stage.due(now)):
            try:
                done += answer(stage.do.__name__, key, now)
            except Exception:
                log.exception("%s for %s failed; it stays due", stage.do.__name__, key)
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
