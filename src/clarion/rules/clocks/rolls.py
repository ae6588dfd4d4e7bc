"""What becomes of a limit that falls on a weekend or a holiday: one function for each text that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from clarion.rules.clocks import calendars
from clarion.rules.clocks.limits import Case, Limit, calendar_assumption, until_end_of

Roll = Callable[[Case, Limit], Limit]


def none(case: Case, limit: Limit) -> Limit:
    """Hours and calendar days run through weekends and holidays."""
    return limit


def eu_1182(case: Case, limit: Limit) -> Limit:
    """Regulation 1182/71, Article 3(4): a period that is not in hours ends on a working day.

    Whether it holds for a duty is argued about, so the earlier day stays due and the later one is shown.
    """
    if limit.day is None or calendars.is_working_day(limit.day, case.calendar):
        return limit
    later = until_end_of(calendars.working_day_on_or_after(limit.day, case.calendar), case.zone)
    for reason in calendar_assumption(case, needed=True):
        limit = limit.assuming(reason.code, reason.text)
    return (
        limit.because("clocks.disputed", "The last day is no working day; the earlier reading counts here.")
        .also(limit, "clocks.as_counted", "As counted, without moving the last day.")
        .also(later, "clocks.eu_1182", "If Regulation 1182/71 Art 3(4) moves it to the next working day.")
    )


def dora_5_4(case: Case, limit: Limit) -> Limit:
    """Delegated Regulation (EU) 2025/301, Article 5(4) and (5): noon of the next working day, for some.

    An entity of which nobody said what it is gets the earlier limit.
    """
    day = limit.day or calendars.local_day(limit.at, case.zone)
    if calendars.is_working_day(day, case.calendar):
        return limit
    excluded = frozenset(case.stage.no_roll_for)
    kinds = case.facts.entity.kinds
    for reason in calendar_assumption(case, needed=True):
        limit = limit.assuming(reason.code, reason.text)
    if kinds is not None and kinds & excluded:
        said = ", ".join(kind.replace("_", " ") for kind in sorted(kinds & excluded))
        return limit.because("clocks.no_roll", f"A weekend or holiday moves nothing for a {said} (Art 5(5)).")
    noon = _noon_after(case, day)
    if kinds is None and excluded:
        text = "Nobody recorded what kind of entity reports, so the weekend or holiday moves nothing."
        return (
            limit.because("clocks.entity_unknown", text)
            .also(limit, "clocks.as_counted", "If Art 5(5) keeps the entity from moving it.")
            .also(noon, "clocks.dora_5_4", "If it does not: noon of the next working day (Art 5(4)).")
        )
    return (
        limit.moved_to(noon)
        .because("clocks.dora_5_4", "It falls on a weekend or holiday: noon of the next working day.")
        .also(limit, "clocks.as_counted", "As counted, without moving it.")
        .also(noon, "clocks.dora_5_4", "Noon of the next working day, which Art 5(4) allows.")
    )


def _noon_after(case: Case, day: date) -> Limit:
    working = calendars.working_day_on_or_after(day, case.calendar)
    return Limit(calendars.local_time(working, time(12), case.zone))


def sec_8k(case: Case, limit: Limit) -> Limit:
    """Form 8-K, General Instruction B.1: after a weekend or holiday, the next business day is the first."""
    text = "The first business day after the event is day one, also when it fell on a weekend or holiday."
    return limit.assuming("clocks.sec_8k", text)


def next_business_day(case: Case, limit: Limit) -> Limit:
    """The text itself moves a last day that is no business day."""
    assert limit.day is not None
    day = calendars.working_day_on_or_after(limit.day, case.calendar)
    for reason in calendar_assumption(case, needed=True):
        limit = limit.assuming(reason.code, reason.text)
    if day == limit.day:
        return limit
    text = f"{limit.day} is no business day, so the next one counts."
    return limit.moved_to(until_end_of(day, case.zone)).because("clocks.next_business_day", text)


#: By the name in a record; a test holds that the record's words and these are the same.
ROLLS: dict[str, Roll] = {
    roll.__name__: roll for roll in (none, eu_1182, dora_5_4, sec_8k, next_business_day)
}


def rolled(case: Case, limit: Limit) -> Limit:
    return ROLLS[case.stage.roll](case, limit)
