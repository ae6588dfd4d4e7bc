"""What lint knows about the incident beside the text. None means that nobody has recorded it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clarion.rules.facts import Estimate
from clarion.rules.types import require_aware

#: House default: how long a service is watched before it is called resolved.
STABILITY_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact and the phrases any of which tells it, compared without regard to case and blanks."""

    name: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something that the readers of a text may not be told now."""

    topic: str
    """``number`` (of people affected), ``share`` (of them, in %), ``region``, ``cause`` or ``phrase``."""
    value: str
    """What it is, as the facts have it."""
    reason: str
    """Why it is withheld, as one or more sentences that do not say it."""
    severity: str
    """Of a text that says just this; what only comes near is ``review``."""
    free: tuple[str, ...] = ()
    """Of a cause: what these readers may be told, whose words are not characteristic of it."""


@dataclass(frozen=True, slots=True)
class Published:
    """The last update that this audience has read, and the facts as they were then."""

    title: str
    body: str
    state: str | None = None
    started_at: datetime | None = None
    at: datetime | None = None
    """When it went out: “yesterday” in it is the day before. None counts as now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The incident, the promise and the organisation's word lists, at ``now`` (aware).

    Raises ValueError for a time without a zone.
    """

    now: datetime
    phase: str | None = None
    """Of communication: ``holding``, ``update`` or ``resolution``."""
    state: str | None = None
    """The incident's, as in ``terms.INCIDENT_STATES``, or ``false_alarm``."""
    category: str | None = None
    cause_confirmed: bool | None = None
    access_confirmed: bool | None = None
    """Whether it is confirmed that somebody had access to data without permission."""
    fix_deployed: bool | None = None
    breach_determined: bool | None = None
    """Whether counsel has determined that this is a breach in the sense of the law."""
    listed_issuer: bool | None = None
    security_confirmed: bool | None = None
    recovery_confirmed: bool | None = None
    """Whether the incident commander has confirmed full recovery."""
    jurisdictions: tuple[str, ...] = ()
    """Keys of ``data/apology.yaml``; the strictest of several counts."""
    started_at: datetime | None = None
    monitoring_since: datetime | None = None
    stability_window: timedelta = STABILITY_WINDOW
    estimate: Estimate | None = None
    next_update_at: datetime | None = None
    time_zone: str | None = None
    """The zone that times are given in beside UTC, such as ``Europe/Berlin``."""
    channels: tuple[str, ...] = ()
    dictionaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names by kind: one of ``names.KINDS``, or ``colleague``."""
    must_disclose: tuple[Statement, ...] = ()
    """Confirmed facts that this text has to tell."""
    last: Published | None = None
    account: str | None = None
    """The account that a personal update is for; None for a text to everybody."""
    not_yet_public: tuple[Statement, ...] = ()
    nda_on_file: bool | None = None
    withheld: tuple[Withheld, ...] = ()

    def __post_init__(self) -> None:
        moments = (self.now, self.started_at, self.monitoring_since, self.next_update_at)
        inner = (self.estimate.at, self.estimate.as_of, self.estimate.expires_at) if self.estimate else ()
        before = (self.last.started_at, self.last.at) if self.last else ()
        for moment in (*moments, *inner, *before):
            if moment is not None:
                require_aware(moment)
