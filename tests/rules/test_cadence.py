"""The next promise, quiet hours, and saying that nothing is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clarion.rules.cadence import Said, calls_for_update, no_change_problem, promise, says_nothing_new
from clarion.rules.policy.document import QuietHours

BERLIN = QuietHours(zone="Europe/Berlin", start="22:00", end="07:00", severities=("SEV-3", "SEV-4"))
DAY = timedelta(days=1)
LUNCH = QuietHours(zone="Etc/UTC", start="12:00", end="13:00", severities=("SEV-3",))


def utc(text: str) -> datetime:
    """``2026-03-01 14:05`` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


#: in words; quiet hours; severity; now; every … minutes; promised for; does a sentence say so?
PROMISES = [
    ("by day", BERLIN, "SEV-3", "2026-03-02 12:00", 120, "2026-03-02 14:00", False),
    ("into the night", BERLIN, "SEV-3", "2026-03-02 20:30", 120, "2026-03-03 06:00", True),
    ("after midnight", BERLIN, "SEV-3", "2026-03-02 23:30", 120, "2026-03-03 06:00", True),
    ("at the first quiet minute", BERLIN, "SEV-3", "2026-03-02 19:00", 120, "2026-03-03 06:00", True),
    ("at the last quiet minute", BERLIN, "SEV-3", "2026-03-03 03:59", 120, "2026-03-03 06:00", True),
    ("at the very end", BERLIN, "SEV-3", "2026-03-03 04:00", 120, "2026-03-03 06:00", False),
    (
        "a severity not named",
        BERLIN,
        "SEV-1",
        "2026-03-02 20:30",
        120,
        "2026-03-02 22:30",
        False,
    ),
    (
        "the night before summer time",
        BERLIN,
        "SEV-3",
        "2026-03-28 21:00",
        120,
        "2026-03-29 05:00",
        True,
    ),
    ("the night after summer time", BERLIN, "SEV-3", "2026-10-24 20:00", 120, "2026-10-25 06:00", True),
    ("within a day", LUNCH, "SEV-3", "2026-03-02 11:00", 90, "2026-03-02 13:00", True),
    ("no quiet hours", None, "SEV-3", "2026-03-02 20:30", 120, "2026-03-02 22:30", False),
]


@pytest.mark.parametrize(
    ("quiet", "severity", "now", "every", "due", "told"),
    [row[1:] for row in PROMISES],
    ids=[r[0] for r in PROMISES],
)
def test_a_promise_waits_for_the_end_of_quiet_hours(
    quiet: QuietHours | None, severity: str, now: str, every: int, due: str, told: bool
) -> None:
    """Where policy names the severity, and nowhere else; and a sentence says so."""
    found = promise(
        now=utc(now),
        every=timedelta(minutes=every),
        severity=severity,
        quiet=quiet,
        silence=timedelta(days=2),
    )
    assert (utc(due), told) == (found.due_at, bool(found.reasons))
    assert all(severity in reason.text and "quiet hours last from" in reason.text for reason in found.reasons)


def test_quiet_hours_never_make_silence_longer_than_the_longest() -> None:
    found = promise(
        now=utc("2026-03-02 20:30"),
        every=timedelta(hours=2),
        severity="SEV-3",
        quiet=BERLIN,
        silence=timedelta(hours=4),
    )
    assert utc("2026-03-03 00:30") == found.due_at


def test_what_readers_were_told_of_and_is_otherwise_calls_for_an_update() -> None:
    """With a sentence for each; a title or a category does not."""
    before = {"severity": "SEV-2", "outage_scope": "unknown", "duties": None, "category": "data"}
    after = {"severity": "SEV-1", "outage_scope": "partial", "duties": ["payments"], "category": "network"}
    assert [
        "Severity changed from SEV-2 to SEV-1.",
        "Outage scope changed from outage scope unknown to partial outage.",
        "Regulated data or services changed from unknown to payments.",
    ] == [reason.text for reason in calls_for_update(before, after)]
    assert () == calls_for_update(before, before)


NOON = utc("2026-03-02 12:00")


def said(body: str, *, minutes: int = 0, hours: float = 1, no_change: bool = False) -> Said:
    """An update at so many minutes past noon, promising the next after so many hours."""
    at = NOON + timedelta(minutes=minutes)
    return Said({"customers": {"title": "T", "body": body}}, no_change, at, at + timedelta(hours=hours))


FIRST = said("We look into it. Next update by 13:00.")
AGAIN = said("We look into it. Next update by 14:00.", minutes=60)
THIRD = said("We look into it. Next update by 15:00.", minutes=120)
NEWS = said("It is the cable. Next update by 15:00.", minutes=120)
LONGER = said("We look into it. Next update by 17:00.", minutes=120, hours=3)
OWN_WORD = said("We go on looking. Next update by 14:00.", minutes=60, no_change=True)

#: in words; what is submitted; published before, the newest first; ruled out; refused?
TURNS = [
    ("the first update", FIRST, [], "", False),
    ("nothing new, once", AGAIN, [FIRST], "", False),
    ("nothing new, twice in a row", THIRD, [AGAIN, FIRST], "", True),
    ("nothing new twice, but something is ruled out", THIRD, [AGAIN, FIRST], "The network.", False),
    ("nothing new twice, but the next one is promised for later", LONGER, [AGAIN, FIRST], "", False),
    ("news after nothing new", NEWS, [AGAIN, FIRST], "", False),
    ("nothing new after news", THIRD, [NEWS, FIRST], "", False),
    (
        "by its author's own word",
        said("Still looking.", minutes=120, no_change=True),
        [OWN_WORD, FIRST],
        "",
        True,
    ),
    ("blanks rule out nothing", THIRD, [AGAIN, FIRST], "  ", True),
]


def after(update: Said, *before: Said) -> Said:
    """The update, for those who read the newest of these before it."""
    return replace(update, before=before[0].texts if before else {})


def problem(draft: Said, published: list[Said], **told: str) -> str:
    last = after(published[0], *published[1:]) if published else None
    return no_change_problem(after(draft, *published), last=last, **told)


@pytest.mark.parametrize(
    ("draft", "published", "ruled_out", "refused"), [row[1:] for row in TURNS], ids=[row[0] for row in TURNS]
)
def test_no_change_is_said_once_in_a_row(
    draft: Said, published: list[Said], ruled_out: str, refused: bool
) -> None:
    """Then something is ruled out, or the interval grows: one sentence says so."""
    found = problem(draft, published, incident_state="investigating", ruled_out=ruled_out)
    assert refused is bool(found)
    assert not refused or "say what has been ruled out since" in found


def test_the_end_may_be_told_in_any_words() -> None:
    assert "" == problem(THIRD, [AGAIN, FIRST], incident_state="resolved", ruled_out="")


def test_another_time_alone_is_no_news() -> None:
    assert says_nothing_new(after(AGAIN, FIRST))
    assert not says_nothing_new(after(NEWS, FIRST))
    assert not says_nothing_new(FIRST)


def test_a_text_for_somebody_who_has_read_nothing_yet_is_news() -> None:
    """Whatever the others know."""
    wider = replace(AGAIN, texts=AGAIN.texts | {"internal": {"title": "T", "body": "We look into it."}})
    assert not says_nothing_new(after(wider, FIRST))
