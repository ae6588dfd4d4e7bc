"""From what a tool reported to what should happen to an incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clarion.rules.types import Reason, Verdict, allowed, refused

#: The most characters that are kept of each part of a signal.
LONGEST_KEY = 300
LONGEST_GROUP = 1000
LONGEST_TITLE = 300
LONGEST_SUMMARY = 2000
LONGEST_SEVERITY = 60
LONGEST_LABEL = 500
#: How long before it was opened an incident can have been detected; a tool's clock may say anything.
LONGEST_AGO = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Signal:
    """One occurrence of one alert, as a source reported it.

    ``key`` with ``started_at`` names the occurrence: repeats change nothing, and an occurrence that
    has been seen resolved stays resolved whatever arrives late.
    """

    key: str
    group: str
    """What the tool itself keeps together; signals of one open group belong to one incident."""
    status: str
    """``firing`` or ``resolved``."""
    title: str
    started_at: datetime
    ended_at: datetime | None = None
    severity: str = ""
    """The tool's own word, such as ``critical`` or ``P1``."""
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


class Unreadable(ValueError):
    """The payload cannot be understood. ``field`` names the place, the message says what to do."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class Unverified(Exception):
    """The request does not prove that it comes from the source. Says nothing about why, on purpose."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """An inbound request as the leaves see it. Header names are lower case."""

    headers: Mapping[str, str]
    body: bytes


def merge_status(seen: str, reported: str) -> str:
    """State of an occurrence after one more report, in whatever order the reports arrive."""
    return "resolved" if "resolved" in (seen, reported) else "firing"


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that is still open, and what it already holds."""

    id: str
    groups: frozenset[tuple[str, str]] = frozenset()
    """(source, group) of every signal that belongs to it."""
    component_ids: frozenset[str] = frozenset()
    visibility: str = "public"


@dataclass(frozen=True, slots=True)
class OpenNew:
    """Open an incident for this signal."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Attach:
    """The signal belongs to, or changes, this open incident."""

    incident_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Nothing:
    """Remember the report and touch no incident."""

    reason: Reason


Choice = OpenNew | Attach | Nothing


def choose_incident(
    signal: Signal,
    open_incidents: Sequence[OpenIncident],
    *,
    source: str,
    seen: str = "",
    component_ids: frozenset[str] = frozenset(),
    visibility: str = "public",
) -> Choice:
    """Which incident one report belongs to, if any.

    ``seen`` is the state in which this occurrence (key, start) of ``source`` was known before the
    report: empty, ``firing`` or ``resolved``. ``component_ids`` are the components it affects.
    ``open_incidents`` stand oldest first; the first that fits is taken, one of the same group before
    one of the same component and ``visibility``: in a private incident, nobody outside would hear of what
    an ordinary alert says, and in a public one, too many would read a private one's. The caller remembers
    the occurrence in any case, with ``merge_status``.
    """
    if seen == "resolved":
        return Nothing(
            Reason("already_resolved", "This alert was already seen resolved; repeats change nothing.")
        )
    if seen == signal.status:
        return Nothing(
            Reason("already_firing", "This alert was already seen firing; repeats change nothing.")
        )
    by_group = next((found for found in open_incidents if (source, signal.group) in found.groups), None)
    if signal.status == "resolved":
        return _resolved(seen, by_group)
    if by_group:
        text = "An open incident already holds alerts of the same group."
        return Attach(by_group.id, Reason("same_group", text))
    alike = (found for found in open_incidents if found.visibility == visibility)
    by_component = next((found for found in alike if found.component_ids & component_ids), None)
    if by_component:
        text = "An open incident already affects the same component."
        return Attach(by_component.id, Reason("same_component", text))
    return OpenNew(Reason("no_open_incident", "No open incident holds this group or affects this component."))


def _resolved(seen: str, holder: OpenIncident | None) -> Choice:
    if not seen:
        return Nothing(Reason("never_firing", "This alert was resolved before it was ever seen firing."))
    if holder is None:
        return Nothing(Reason("no_open_incident", "No open incident holds this alert any more."))
    return Attach(holder.id, Reason("now_resolved", "An alert of this incident is now resolved."))


def all_quiet(signals: Iterable[Signal]) -> Verdict:
    """May resolution be proposed for the incident that holds these signals?

    ``signals`` are all its occurrences, each once, in the state merged from all reports. Only a
    proposal: people decide that an incident is over.
    """
    found = list(signals)
    if not found:
        return refused("no_alerts", "No alert belongs to this incident, so none can tell that it is over.")
    firing = [signal.title for signal in found if signal.status != "resolved"]
    if firing:
        names = ", ".join(f'"{title}"' for title in firing[:3])
        more = f" and {len(firing) - 3} more" if len(firing) > 3 else ""
        return refused("still_firing", f"Still firing: {names}{more}.")
    return allowed(
        Reason("all_resolved", "Every alert of this incident is resolved; resolution can be proposed.")
    )
