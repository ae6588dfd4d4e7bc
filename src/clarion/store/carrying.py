"""Whose texts a draft carries: chosen from those policy names; at the end, everybody who was told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from clarion.rules import draft as words
from clarion.rules import promises
from clarion.rules.audience import AUDIENCES
from clarion.rules.errors import Invalid
from clarion.rules.types import Reason
from clarion.store import told
from clarion.store.models import DraftVersion, Incident


def chosen(incident: Incident, audiences: Iterable[str] | None, phase: str) -> list[str]:
    """Whom a new draft of this phase carries: all whom policy names, or those asked for; raises Invalid."""
    if audiences is None:
        return promises.in_order(incident.requirements["audiences"])
    wanted = list(audiences)
    check(incident, wanted, words.proposed_state(phase, incident.state), field="audiences")
    return promises.in_order(wanted)


def again(incident: Incident, version: DraftVersion) -> list[str]:
    """Whom the version after this one carries: all whom policy names now but those it left out on purpose."""
    passed_over = set(version.left_out)
    return [name for name in promises.in_order(incident.requirements["audiences"]) if name not in passed_over]


def check(incident: Incident, carried: Collection[str], incident_state: str, *, field: str = "texts") -> None:
    """Passes audiences that a text announcing this state may carry; raises Invalid at the place of one."""
    wanted = incident.requirements["audiences"]
    for name in sorted(set(carried) - set(wanted)):
        known = AUDIENCES[name].label if name in AUDIENCES else name
        problem = "is not among the audiences policy names here"
        raise Invalid(f"{known} {problem}.", field=f"{field}.{name}" if field == "texts" else field)
    if wanted and not carried:
        raise Invalid("Write for at least one audience.", field=field)
    if behind := _left_behind(incident, carried, incident_state):
        raise Invalid(_must_hear(behind), field=f"{field}.{behind[0]}" if field == "texts" else field)


def left_out(incident: Incident, carried: Collection[str]) -> list[str]:
    """Those whom policy names and a text does not carry."""
    return promises.in_order(set(incident.requirements["audiences"]) - set(carried))


def overtaken(version: DraftVersion) -> tuple[Reason, ...]:
    """Why this version must carry more audiences for the state that it announces; empty if it need not."""
    behind = _left_behind(version.draft.incident, version.texts, version.incident_state)
    return (Reason("left_behind", _must_hear(behind)),) if behind else ()


def _left_behind(incident: Incident, carried: Collection[str], incident_state: str) -> list[str]:
    named = incident.requirements["audiences"]
    heard = told.audiences(incident)
    return promises.left_behind(incident_state, carried=carried, told=heard, named=named)


def _must_hear(behind: Iterable[str]) -> str:
    return f"Those who were told of it must hear that it is over: write for {promises.labels(behind)} too."


def own_times(
    last: DraftVersion,
    carried: Collection[str],
    at: datetime | None,
    others: Mapping[str, datetime] | None,
) -> dict[str, datetime]:
    """The times of single audiences: those given, else the last version's while ``at`` is as in it."""
    if others is not None or at != last.next_update_at:
        return dict(others or {})
    kept = {name: last.promised_to(name) for name in carried if name in last.next_update_for}
    return {name: own for name, own in kept.items() if own is not None}


def check_promises(
    carried: Collection[str],
    incident_state: str,
    at: datetime | None,
    others: Mapping[str, datetime],
    now: datetime,
) -> None:
    """Passes what these texts may promise, each to its audience; raises Invalid at the place of the first."""
    for name in sorted(set(others) - set(carried)):
        raise Invalid("This update has no text for them, so it promises them nothing.", field=_place(name))
    for name in promises.in_order(carried):
        if problem := words.promise_problem(incident_state, others.get(name, at), now):
            raise Invalid(problem, field=_place(name) if name in others else "next_update_at")


def _place(audience: str) -> str:
    return f"next_update_for.{audience}"
