"""The words that the stories about clocks are told in."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from clarion.data.clocks import documents
from clarion.rules.clocks import Anchored, Due, Entity, Facts, Record, Submission, Suspension, evaluate, load
from clarion.rules.types import require_aware

Moment = datetime | date
BANK = Entity(frozenset({"credit_institution"}), "DE", "Europe/Berlin")
SMALL_FIRM = Entity(frozenset(), "DE", "Europe/Berlin")
#: Within the months for which the shipped records were read.
TODAY = "2026-11-20 12:00Z"


@cache
def shipped() -> dict[str, Record]:
    return {record.id: record for record in load(documents())}


def when(words: str) -> Moment:
    """``2026-11-20`` is that day; ``2026-11-20 15:00Z`` or ``2026-11-20 16:00+01:00`` an instant."""
    if len(words) == len("2026-11-20"):
        return date.fromisoformat(words)
    return require_aware(datetime.fromisoformat(words.replace("Z", "+00:00")))


def instant(words: str) -> datetime:
    moment = when(words)
    assert isinstance(moment, datetime)
    return moment


def facts(
    *,
    submitted: tuple[Submission, ...] = (),
    suspended: tuple[Suspension, ...] = (),
    entity: Entity | None = None,
    **anchors: str,
) -> Facts:
    """Each anchor by its name, as Ann recorded it."""
    recorded = {name: Anchored(when(words), "Ann") for name, words in anchors.items()}
    return Facts(recorded, submitted, suspended, entity or Entity())


def filed(stage: str, words: str, *owed: str) -> Submission:
    return Submission(stage, instant(words), "Ann", owed)


def due(clock: str, stage: str, recorded: Facts, now: str = TODAY) -> Due:
    """How that stage of a shipped clock stands."""
    found = evaluate(shipped()[clock], recorded, instant(now))
    return next(each for each in found if each.stage == stage)


def codes(answer: Due) -> set[str]:
    return {reason.code for reason in answer.reasons}


def assumed(answer: Due) -> set[str]:
    return {reason.code for reason in answer.assumptions}
