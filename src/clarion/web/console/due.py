"""Deadlines as screens show them: the missed first, then the near, then the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.rules import deadlines, promises
from clarion.rules.access import ROLE_LABELS
from clarion.web.console.labels import label

STAGES = ("missed", "warning", "open")


@dataclass(frozen=True, slots=True)
class Due:
    deadline: Any
    stage: str
    owner: str
    """Label of the role that owns it."""
    audiences: str
    """To whom it is owed; empty where it is no promise, or one to everybody."""
    mail: str
    """What became of the mail to those who hold that role; empty where none was written."""


def rows(running: Iterable[Any], now: datetime) -> list[Due]:
    """Deadlines that are not over, the most pressing first."""
    return sorted(
        (_row(each, now) for each in running), key=lambda row: (STAGES.index(row.stage), row.deadline.due_at)
    )


def _row(deadline: Any, now: datetime) -> Due:
    times = deadlines.Times(
        warn_at=deadline.warn_at,
        due_at=deadline.due_at,
        warned_at=deadline.warned_at,
        missed_at=deadline.missed_at,
    )
    owner = ROLE_LABELS.get(deadline.owner_role, deadline.owner_role)
    stage = deadlines.stage(times, now)
    return Due(deadline, stage, owner, promises.labels(deadline.audiences), _mail(deadline))


def _mail(deadline: Any) -> str:
    states = Counter(notice.state for notice in deadline.notices.all())
    return ", ".join(f"{count} {label('delivery', state).lower()}" for state, count in sorted(states.items()))
