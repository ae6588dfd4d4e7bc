"""When readers hear from us again: the promise, what calls for an update at once, and saying "no change"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clarion.rules.fact_changes import Change
from clarion.rules.facts import FACTS
from clarion.rules.policy.document import QuietHours
from clarion.rules.policy.facts import NAMES, say
from clarion.rules.terms import OPEN_STATES
from clarion.rules.types import Reason, require_aware

Texts = Mapping[str, Mapping[str, str]]
#: What readers were told of, and so hear of at once when it changes.
TOLD = ("severity", *NAMES)
#: Facts whose change calls for an update at once; the others go into the next one.
NEWS = frozenset({"impact", "affected", "mitigated_at", "restored_at", "estimate", "wrong"})
_LABELS: Mapping[str, str] = {"severity": "Severity", **NAMES}
#: Characters of the reasons that gather on one deadline, and what is said of those that no longer fit.
LONGEST_REASON = 1000
MORE = "More has changed since; the ledger says what."
_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Promise:
    """By when readers hear again (UTC), and why it is later than the interval says, if it is."""

    due_at: datetime
    reasons: tuple[Reason, ...] = ()


def promise(
    *, now: datetime, every: timedelta, severity: str, quiet: QuietHours | None, silence: timedelta
) -> Promise:
    """``every`` from ``now``, or the end of quiet hours where policy names the severity.

    Never later than ``silence`` from ``now``.
    """
    due = require_aware(now) + every
    if quiet is None or severity not in quiet.severities:
        return Promise(due)
    end = _end_of_quiet(due, quiet)
    if end is None:
        return Promise(due)
    later = max(due, min(end, now + silence))
    text = (
        f"{severity}: quiet hours last from {quiet.start} to {quiet.end} {quiet.zone}, "
        f"so the next update waits until {later:%H:%M} UTC."
    )
    return Promise(later, (Reason("quiet_hours", text),))


def _end_of_quiet(moment: datetime, quiet: QuietHours) -> datetime | None:
    """When the quiet hours end in which this moment lies; None for a moment outside of them."""
    zone = ZoneInfo(quiet.zone)
    there = moment.astimezone(zone)
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    clock = there.time()
    over_midnight = end <= start
    inside = clock >= start or clock < end if over_midnight else start <= clock < end
    if not inside:
        return None
    day = there.date() + timedelta(days=1 if over_midnight and clock >= start else 0)
    return datetime.combine(day, end, tzinfo=zone).astimezone(moment.tzinfo)


def calls_for_update(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Why readers must hear at once: what they were told of and is otherwise now."""
    changed = [name for name in TOLD if name in after and before.get(name) != after[name]]
    return tuple(
        Reason(
            f"changed.{name}",
            f"{_LABELS[name]} changed from {_said(name, before.get(name))} to {_said(name, after[name])}.",
        )
        for name in changed
    )


def news(changes: Iterable[Change]) -> tuple[Reason, ...]:
    """Why readers must hear at once of what was recorded on the fact sheet; empty for what can wait."""
    return tuple(
        Reason(f"facts.{change.name}", f"{FACTS[change.name].label}: {change.what}.")
        for change in changes
        if change.name in NEWS
    )


def gather(said: str, reasons: Iterable[Reason]) -> str:
    """What a deadline says of its reasons, with these: each once, the newest last, and not without end."""
    if said.endswith(MORE):
        return said
    found = said
    for reason in reasons:
        kept = " ".join(found.replace(reason.text, "").split())
        found = f"{kept} {reason.text}".strip()
    return found if len(found) <= LONGEST_REASON else f"{said} {MORE}"


def _said(name: str, value: Any) -> str:
    if value is None:
        return "unknown"
    return say(name, frozenset(value) if isinstance(value, list) else value)


@dataclass(frozen=True, slots=True)
class Said:
    """One update, or the one about to be submitted: its words, and what its author says of them."""

    texts: Texts
    no_change: bool
    at: datetime
    next_update_at: datetime | None
    before: Texts = field(default_factory=dict)
    """What each audience had read last, until then."""


def says_nothing_new(update: Said) -> bool:
    """By its author's own word, or because everybody reads the words read last but for numbers."""
    known = _words(update.before)
    return update.no_change or all(known.get(name) == said for name, said in _words(update.texts).items())


def _words(texts: Texts) -> dict[str, str]:
    return {name: " ".join(_NUMBERS.sub("", text["body"]).split()) for name, text in texts.items()}


def no_change_problem(draft: Said, *, incident_state: str, ruled_out: str, last: Said | None) -> str:
    """What is wrong with saying "no change" to an audience once more, as a sentence; empty if nothing is.

    ``last`` is the update that it read last; the times are those promised to it. Once in a row is enough;
    then something must have been ruled out, or the stated interval be longer.
    """
    if incident_state not in OPEN_STATES or last is None:
        return ""
    if not (says_nothing_new(draft) and says_nothing_new(last)):
        return ""
    if ruled_out.strip() or _stated(draft) > _stated(last):
        return ""
    return (
        "The last update said “no change” too: say what has been ruled out since, "
        "or promise the next update after a longer time than before."
    )


def _stated(update: Said) -> timedelta:
    return (update.next_update_at - update.at) if update.next_update_at else timedelta(0)
