"""The fact sheet of an incident: one set of facts from which every text is composed.

A sheet is a value. Each change makes a new version, written by one person; which version a text was
composed from stays known. What a sheet may hold stands in ``fact_checks``, who may read of a cause in
``disclosure``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

#: A cause is told to the outside once somebody who may has confirmed it.
CAUSE_STATES = ("hypothesis", "confirmed")
CONFIDENCES = ("low", "medium", "high")
ANSWERS = ("yes", "no")
DEFAULT_CAVEAT = "This is an estimate and could change."


@dataclass(frozen=True, slots=True)
class Affected:
    """Who is affected, as far as it is known; ``measuring`` says that somebody is finding out."""

    number: int | None = None
    percent: float | None = None
    """Share of those whom the parts of the service named here serve, above 0 and up to 100."""
    regions: tuple[str, ...] = ()
    measuring: bool = False

    @property
    def stated(self) -> bool:
        return self.counted or bool(self.regions)

    @property
    def counted(self) -> bool:
        """Is it known how many, as a count or as a share?"""
        return self.number is not None or self.percent is not None


@dataclass(frozen=True, slots=True)
class Cause:
    """What brought it about. A hypothesis stays inside; a confirmed cause names who confirmed it."""

    text: str
    state: str = "hypothesis"
    """One of ``CAUSE_STATES``."""
    confirmed_by: str = ""
    """Id of the person."""
    confirmed_at: datetime | None = None

    @property
    def confirmed(self) -> bool:
        return self.state == "confirmed"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated time to resolution, with the engineering assessment behind it."""

    at: datetime
    """When service is expected to be normal again."""
    basis: str
    assessor: str
    """Id of the person whose assessment it is."""
    confidence: str
    """One of ``CONFIDENCES``."""
    as_of: datetime
    expires_at: datetime
    """From then on it is told to nobody; never later than ``at``."""
    caveat: str = DEFAULT_CAVEAT

    def holds(self, now: datetime) -> bool:
        return now < self.expires_at


@dataclass(frozen=True, slots=True)
class Determination:
    """Somebody's word on a question that is otherwise open; who may answer stands in ``access``."""

    answer: str
    """One of ``ANSWERS``."""
    by: str
    """Id of the person."""
    at: datetime

    @property
    def yes(self) -> bool:
        return self.answer == "yes"


@dataclass(frozen=True, slots=True)
class FactSheet:
    """Everything known about one incident at one moment. Empty means not known yet."""

    known: str = ""
    impact: str = ""
    """What readers see, as the rest of a sentence such as "you may see …"."""
    affected: Affected = Affected()
    started_at: datetime | None = None
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None
    restored_at: datetime | None = None
    reader_action: str = ""
    """What a reader can or must do, a workaround included, as a sentence."""
    no_action_needed: bool = False
    our_action: str = ""
    """What we are doing, as the rest of a sentence such as "we are …"."""
    ruled_out: tuple[str, ...] = ()
    cause: Cause | None = None
    data_integrity: str = ""
    """What is known of stored data, as a sentence."""
    estimate: Estimate | None = None
    residual: str = ""
    """What may still be seen after the effect was reduced."""
    watch_until: datetime | None = None
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    """Of planned work."""
    done: str = ""
    """What was changed so that it does not happen again."""
    planned: str = ""
    """What will be, with dates."""
    wrong: str = ""
    right: str = ""
    """What an earlier update said that was not so, and what is."""
    business_effect: str = ""
    decisions: str = ""
    """Decisions wanted of executives."""
    contact: str = ""
    """Who answers regulators and partners."""
    jurisdictions: tuple[str, ...] = ()
    """Where affected readers are; codes of ``data/jurisdictions.yaml``."""
    access_confirmed: Determination | None = None
    """Had somebody access to data without permission?"""
    breach_determined: Determination | None = None
    """Is it a breach in the sense of the law?"""
    security_confirmed: Determination | None = None
    """Is the cause hostile?"""
    confirmed: frozenset[str] = frozenset()
    """Names of the facts that somebody has confirmed; the others are first reports and estimates."""

    def as_json(self) -> dict[str, Any]:
        """The sheet as JSON with every field; instants as RFC 3339 in UTC."""
        return {item.name: _to_json(getattr(self, item.name)) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of the sheet as people meet it."""

    label: str
    kind: str
    """``text``, ``list``, ``moment``, ``flag``, or the name of a part with a form of its own."""
    inside: bool = False
    """True for what is composed into texts for the organisation alone."""
    can_be_confirmed: bool = True
    in_texts: bool = True
    """False for what no text tells, so that whoever writes it writes no text."""


def _question(label: str) -> Fact:
    return Fact(label, "determination", inside=True, can_be_confirmed=False, in_texts=False)


#: Every field of a sheet but ``confirmed``, in the order in which they are asked for.
FACTS: Mapping[str, Fact] = {
    "known": Fact("What is known", "text", inside=True),
    "impact": Fact("What readers see", "text"),
    "affected": Fact("Who is affected", "affected"),
    "started_at": Fact("Began", "moment"),
    "detected_at": Fact("Detected", "moment"),
    "mitigated_at": Fact("Effect reduced", "moment"),
    "restored_at": Fact("Normal again", "moment"),
    "reader_action": Fact("What the reader can do", "text"),
    "no_action_needed": Fact("Readers need to do nothing", "flag", can_be_confirmed=False),
    "our_action": Fact("What we are doing", "text", can_be_confirmed=False),
    "ruled_out": Fact("Ruled out", "list"),
    "cause": Fact("Cause", "cause", can_be_confirmed=False),
    "data_integrity": Fact("Stored data", "text"),
    "estimate": Fact("Estimated time to resolution", "estimate", can_be_confirmed=False),
    "residual": Fact("What may still be seen", "text"),
    "watch_until": Fact("Watched until", "moment", can_be_confirmed=False),
    "planned_start": Fact("Planned work begins", "moment", can_be_confirmed=False),
    "planned_end": Fact("Planned work ends", "moment", can_be_confirmed=False),
    "done": Fact("What was changed", "text"),
    "planned": Fact("What is planned", "text", can_be_confirmed=False),
    "wrong": Fact("What an earlier update said wrongly", "text", can_be_confirmed=False),
    "right": Fact("What is right", "text"),
    "business_effect": Fact("Effect on the business", "text", inside=True),
    "decisions": Fact("Decisions wanted", "text", inside=True, can_be_confirmed=False),
    "contact": Fact("Contact for questions", "text", can_be_confirmed=False),
    "jurisdictions": Fact(
        "Jurisdictions of affected readers", "list", inside=True, can_be_confirmed=False, in_texts=False
    ),
    "access_confirmed": _question("Access to data without permission"),
    "breach_determined": _question("Breach in the sense of the law"),
    "security_confirmed": _question("Hostile cause"),
}
TEXTS = tuple(name for name, fact in FACTS.items() if fact.kind == "text")
DETERMINATIONS = tuple(name for name, fact in FACTS.items() if fact.kind == "determination")
MOMENTS = tuple(name for name, fact in FACTS.items() if fact.kind == "moment")
CONFIRMABLE = tuple(name for name, fact in FACTS.items() if fact.can_be_confirmed)


def is_known(sheet: FactSheet, name: str) -> bool:
    """Does the sheet say anything under this name?"""
    value = getattr(sheet, name)
    return value.stated if isinstance(value, Affected) else bool(value)


def state_of(sheet: FactSheet, name: str, now: datetime) -> str:
    """One word: missing, measuring, reported, confirmed, hypothesis, estimate, expired, yes or no."""
    if name in DETERMINATIONS:
        said = getattr(sheet, name)
        return said.answer if said else "missing"
    if name == "cause" and sheet.cause is not None:
        return sheet.cause.state
    if name == "estimate" and sheet.estimate is not None:
        return "estimate" if sheet.estimate.holds(now) else "expired"
    if is_known(sheet, name):
        return "confirmed" if name in sheet.confirmed else "reported"
    return "measuring" if name == "affected" and sheet.affected.measuring else "missing"


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Affected | Cause | Estimate | Determination):
        return {item.name: _to_json(getattr(value, item.name)) for item in fields(value)}
    return value


def from_json(value: Mapping[str, Any]) -> FactSheet:
    """The sheet that ``as_json`` wrote. A field it does not have is empty; an unknown one is a KeyError."""
    given = dict(value)
    known: dict[str, Any] = {"confirmed": frozenset(given.pop("confirmed", ()))}
    for name, item in given.items():
        kind = FACTS[name].kind
        if kind == "moment":
            known[name] = _moment(item)
        elif kind == "list":
            known[name] = tuple(item)
        elif kind == "affected":
            known[name] = Affected(**{**item, "regions": tuple(item["regions"])})
        elif kind == "cause":
            known[name] = Cause(**{**item, "confirmed_at": _moment(item["confirmed_at"])}) if item else None
        elif kind == "estimate":
            known[name] = _estimate(item) if item else None
        elif kind == "determination":
            known[name] = (
                Determination(item["answer"], item["by"], datetime.fromisoformat(item["at"]))
                if item
                else None
            )
        else:
            known[name] = item
    return FactSheet(**known)


def _estimate(item: Mapping[str, Any]) -> Estimate:
    moments = {name: datetime.fromisoformat(item[name]) for name in ("at", "as_of", "expires_at")}
    return Estimate(**{**item, **moments})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
