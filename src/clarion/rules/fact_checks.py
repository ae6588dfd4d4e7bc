"""What a fact sheet may hold, and what it still owes its readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.rules import jurisdictions
from clarion.rules.facts import (
    CAUSE_STATES,
    CONFIDENCES,
    CONFIRMABLE,
    FACTS,
    TEXTS,
    Estimate,
    FactSheet,
    is_known,
)

LONGEST_FACT = 1000
#: Ruled-out causes and regions: how many, and how many characters each.
MOST_ITEMS = 30
LONGEST_ITEM = 200
MOST_PEOPLE = 10_000_000_000
#: A start further back than this, or an estimate further ahead, is a slip of the pen.
LONGEST_BACK = timedelta(days=366)
LONGEST_AHEAD = timedelta(days=366)
LONGEST_ESTIMATE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, as one sentence that says what to do."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A fact that a text of some phase needs and the sheet does not have."""

    name: str
    text: str


def problems(sheet: FactSheet, *, now: datetime) -> tuple[Problem, ...]:
    """Everything that is wrong with a sheet, one sentence for each field; empty when it may be recorded."""
    found: dict[str, Problem] = {}
    for problem in _problems(sheet, now):
        found.setdefault(problem.field, problem)
    return tuple(found.values())


def _problems(sheet: FactSheet, now: datetime) -> Iterator[Problem]:
    for name in TEXTS:
        if len(getattr(sheet, name)) > LONGEST_FACT:
            yield Problem(name, f"At most {LONGEST_FACT} characters fit here.")
    yield from _list_problems("ruled_out", sheet.ruled_out)
    yield from _list_problems("jurisdictions", sheet.jurisdictions)
    if wrong := jurisdictions.unknown(sheet.jurisdictions):
        yield Problem("jurisdictions", wrong)
    yield from _affected_problems(sheet)
    yield from _moment_problems(sheet, now)
    if sheet.no_action_needed and sheet.reader_action:
        yield Problem("no_action_needed", "Either readers need to do nothing, or say what they can do.")
    if bool(sheet.wrong) != bool(sheet.right):
        missing = "right" if sheet.wrong else "wrong"
        yield Problem(missing, "A correction says both what was wrong and what is right.")
    yield from _cause_problems(sheet, now)
    yield from _confirmation_problems(sheet)


def _list_problems(name: str, items: tuple[str, ...]) -> Iterator[Problem]:
    if len(items) > MOST_ITEMS:
        yield Problem(name, f"At most {MOST_ITEMS} fit here.")
    if any(not item.strip() for item in items):
        yield Problem(name, "Take out what is empty.")
    if any(len(item) > LONGEST_ITEM for item in items):
        yield Problem(name, f"Each may have at most {LONGEST_ITEM} characters.")


def _affected_problems(sheet: FactSheet) -> Iterator[Problem]:
    affected = sheet.affected
    if affected.number is not None and not 0 <= affected.number <= MOST_PEOPLE:
        yield Problem("affected.number", f"Write a number from 0 to {MOST_PEOPLE}.")
    # NaN fails every comparison, so the test is written for what is allowed.
    if affected.percent is not None and not 0 < affected.percent <= 100:
        yield Problem("affected.percent", "Write a share above 0 and up to 100.")
    yield from _list_problems("affected.regions", affected.regions)


def _moment_problems(sheet: FactSheet, now: datetime) -> Iterator[Problem]:
    for name in ("started_at", "detected_at", "mitigated_at", "restored_at"):
        moment = getattr(sheet, name)
        if moment is not None and moment > now:
            yield Problem(name, "This lies in the future; write when it happened.")
        elif moment is not None and moment < now - LONGEST_BACK:
            yield Problem(name, "This lies more than a year back.")
    for name, earlier in (
        ("mitigated_at", "started_at"),
        ("restored_at", "started_at"),
        ("restored_at", "mitigated_at"),
        ("planned_end", "planned_start"),
    ):
        first, then = getattr(sheet, earlier), getattr(sheet, name)
        if first is not None and then is not None and then < first:
            yield Problem(name, f"This lies before “{FACTS[earlier].label}”.")
    for name in ("watch_until", "planned_start", "planned_end"):
        moment = getattr(sheet, name)
        if moment is not None and not now - LONGEST_BACK <= moment <= now + LONGEST_AHEAD:
            yield Problem(name, "This lies more than a year away.")


def _cause_problems(sheet: FactSheet, now: datetime) -> Iterator[Problem]:
    cause = sheet.cause
    if cause is None:
        return
    if not cause.text.strip():
        yield Problem("cause.text", "Write what brought it about, or leave the cause out.")
    if len(cause.text) > LONGEST_FACT:
        yield Problem("cause.text", f"At most {LONGEST_FACT} characters fit here.")
    if cause.state not in CAUSE_STATES:
        yield Problem("cause.state", f"{cause.state!r} is not one of {', '.join(CAUSE_STATES)}.")
    if cause.confirmed and (not cause.confirmed_by or cause.confirmed_at is None):
        yield Problem("cause.confirmed_by", "A confirmed cause names who confirmed it and when.")
    if cause.confirmed_at is not None and cause.confirmed_at > now:
        yield Problem("cause.confirmed_at", "This lies in the future; write when it happened.")


def _confirmation_problems(sheet: FactSheet) -> Iterator[Problem]:
    for name in sorted(sheet.confirmed):
        if name not in CONFIRMABLE:
            yield Problem("confirmed", f"{name!r} is not one of {', '.join(CONFIRMABLE)}.")
        elif not is_known(sheet, name):
            yield Problem("confirmed", f"“{FACTS[name].label}” is empty, so nothing is there to confirm.")


def estimate_problems(
    sheet: FactSheet, *, policy: str, assessor_may: bool, now: datetime
) -> tuple[Problem, ...]:
    """What is wrong with the estimate of a sheet; empty for none.

    ``policy`` is ``never``, ``engineering_only`` or ``always`` (an estimate belongs in every update, and
    needs its assessment all the same); ``assessor_may`` says whether its assessor holds the engineering role.
    """
    if sheet.estimate is None:
        return ()
    found: dict[str, Problem] = {}
    for problem in (
        *_gate_problems(sheet.estimate, policy, assessor_may),
        *_word_problems(sheet.estimate),
        *_time_problems(sheet.estimate, now),
    ):
        found.setdefault(problem.field, problem)
    return tuple(found.values())


def _gate_problems(given: Estimate, policy: str, assessor_may: bool) -> Iterator[Problem]:
    if policy == "never":
        yield Problem("estimate", "Policy gives no estimates. Say when the next update comes instead.")
    if not given.assessor:
        yield Problem("estimate.assessor", "Name the person whose assessment this is.")
    elif not assessor_may:
        text = "An estimate needs the assessment of somebody with the role Accuracy reviewer; name one."
        yield Problem("estimate.assessor", text)


def _word_problems(given: Estimate) -> Iterator[Problem]:
    if not given.basis.strip():
        yield Problem("estimate.basis", "Say what the estimate is based on.")
    if not given.caveat.strip():
        yield Problem("estimate.caveat", "An estimate is told with its caveat; write one.")
    for name in ("basis", "caveat"):
        if len(getattr(given, name)) > LONGEST_FACT:
            yield Problem(f"estimate.{name}", f"At most {LONGEST_FACT} characters fit here.")
    if given.confidence not in CONFIDENCES:
        yield Problem("estimate.confidence", f"{given.confidence!r} is not one of {', '.join(CONFIDENCES)}.")


def _time_problems(given: Estimate, now: datetime) -> Iterator[Problem]:
    if given.at <= now:
        yield Problem("estimate.at", "This time has passed; estimate one that lies ahead.")
    elif given.at > now + LONGEST_ESTIMATE:
        yield Problem("estimate.at", f"Estimate a time within {LONGEST_ESTIMATE.days} days.")
    if given.as_of > now:
        yield Problem("estimate.as_of", "This lies in the future; write when it was assessed.")
    if not now < given.expires_at <= given.at:
        yield Problem("estimate.expires_at", "An estimate ends after now, and at its own time at the latest.")


_ASK_IMPACT = Owed("impact", "Say what readers see.")
_ASK_AFFECTED = Owed("affected", "Say who is affected, or that it is being measured.")
_ASK_ACTION = Owed("reader_action", "Say what readers can do, or that they need to do nothing.")
_ASK_OURS = Owed("our_action", "Say what we are doing.")
_ASK_DATA = Owed("data_integrity", "Say what is known of stored data.")
_COMMON = (_ASK_IMPACT, _ASK_AFFECTED, _ASK_ACTION)
_WORK = (
    _ASK_IMPACT,
    Owed("planned_start", "Say when the work begins."),
    Owed("planned_end", "Say when the work ends."),
)

#: What a text of each phase needs beyond the words that its category gives it.
NEEDED: Mapping[str, tuple[Owed, ...]] = {
    "holding": (),
    "update": (*_COMMON, _ASK_OURS),
    "scope_change": _COMMON,
    "correction": (Owed("wrong", "Say what was wrong."), Owed("right", "Say what is right.")),
    "mitigation": (
        *_COMMON,
        _ASK_OURS,
        Owed("mitigated_at", "Say since when the effect is reduced."),
        Owed("watch_until", "Say until when it is watched."),
    ),
    "resolution": (
        _ASK_IMPACT,
        _ASK_AFFECTED,
        Owed("started_at", "Say when it began."),
        Owed("restored_at", "Say since when service is normal."),
        _ASK_DATA,
    ),
    "follow_up": (
        _ASK_IMPACT,
        Owed("cause", "Say what brought it about, confirmed."),
        Owed("done", "Say what was changed."),
        Owed("planned", "Say what is planned, with dates."),
    ),
    "maintenance_notice": _WORK,
    "maintenance_start": _WORK[::2],
    "maintenance_extended": _WORK[::2],
    "maintenance_completed": (_ASK_DATA,),
}


#: Phases in which a policy that wants an estimate in every update wants one.
_WITH_ESTIMATE = frozenset({"update", "scope_change", "mitigation"})


def owed(
    sheet: FactSheet, phase: str, *, now: datetime, estimate_policy: str = "engineering_only"
) -> tuple[Owed, ...]:
    """What a text of this phase needs and the sheet lacks, in the order in which it is asked for.

    A group that is being measured, and readers who need to do nothing, are answers. A cause is owed until
    it is confirmed, and an estimate that ran out calls for a new one or its withdrawal.
    """
    found = [item for item in NEEDED[phase] if not _answered(sheet, item.name)]
    if sheet.estimate is not None and not sheet.estimate.holds(now):
        found.append(Owed("estimate", "The estimate has run out: give a new one, or withdraw it."))
    elif sheet.estimate is None and estimate_policy == "always" and phase in _WITH_ESTIMATE:
        found.append(Owed("estimate", "Policy wants an estimate in every update: have engineering give one."))
    return tuple(found)


def _answered(sheet: FactSheet, name: str) -> bool:
    if name == "affected":
        return sheet.affected.stated or sheet.affected.measuring
    if name == "reader_action":
        return bool(sheet.reader_action) or sheet.no_action_needed
    if name == "cause":
        return sheet.cause is not None and sheet.cause.confirmed
    return is_known(sheet, name)
