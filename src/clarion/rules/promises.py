"""Promises to audiences: by when each hears again, whom the next text carries, and what keeps a promise.

Every audience has a promise of its own. Those that fall due at one instant stand together until one of them
is kept without the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.rules.audience import AUDIENCES
from clarion.rules.terms import CLOSED_STATES


def in_order(names: Iterable[str]) -> list[str]:
    """Audiences as screens show them, those outside first; each once."""
    found = set(names)
    return [name for name in AUDIENCES if name in found]


def split(times: Mapping[str, datetime]) -> tuple[datetime | None, dict[str, datetime]]:
    """The soonest of these promises, and those to audiences that are promised a later time."""
    soonest = min(times.values(), default=None)
    return soonest, {name: at for name, at in times.items() if at != soonest}


def promised(at: datetime | None, others: Mapping[str, str], audience: str) -> datetime | None:
    """By when this audience hears again: its own time among ``others`` (ISO 8601), else ``at``."""
    own = others.get(audience)
    return datetime.fromisoformat(own) if own else at


@dataclass(frozen=True, slots=True)
class Running:
    """One promise that has not been kept: to whom, until when, and how long before it warns."""

    audiences: frozenset[str]
    due_at: datetime
    lead: timedelta


def to_carry(
    calling: Running, running: Iterable[Running], *, named: Iterable[str], now: datetime
) -> list[str]:
    """Whom a draft carries that is prepared because ``calling`` is missed or wants an update.

    Its own audiences; those whose promise falls due within its warning lead, so that they are not told a
    moment later in a text of their own; and those that policy names and to whom nothing is promised at all.
    """
    running = [calling, *running]
    until = max(now, calling.due_at) + calling.lead
    near = {name for each in running if each.due_at <= until for name in each.audiences}
    promised_to = {name for each in running for name in each.audiences}
    named = set(named)
    return in_order(named & (near | calling.audiences | (named - promised_to)))


def rest(owed: Collection[str], carried: Collection[str], *, named: Collection[str]) -> list[str]:
    """Of those to whom an update is owed, whom this one leaves waiting; policy no longer names the others."""
    return in_order(set(owed) & set(named) - set(carried))


def left_behind(
    incident_state: str, *, carried: Collection[str], told: Collection[str], named: Collection[str]
) -> list[str]:
    """Who would go on believing that it lasts: told of it, and not told that it is over."""
    if incident_state not in CLOSED_STATES:
        return []
    return in_order(set(told) & set(named) - set(carried))


def labels(names: Iterable[str]) -> str:
    """Audiences as a sentence lists them: ``Customers, Partners``."""
    return ", ".join(AUDIENCES[name].label for name in in_order(names))
