"""What one shipped file of regulatory clocks may say, typed and strict.

A file holds one jurisdiction; a record in it holds one duty to report, with the text it comes from, how well
that text was read, and the day from which it must be read again.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictInt

#: What can start a clock. Each is a fact of its own with a time and a recorder; none follows from another.
Anchor = Literal[
    "occurred", "detected", "noticed", "discovered", "aware", "reasonable_belief", "determined", "classified",
    "assessed_notifiable", "material", "paid", "fix_available", "resolved_closed", "notified_individuals",
    "period_end", "client_notified", "on_request", "significant_change", "new_information",
    "activities_recovered",
]  # fmt: skip
#: What a report may have to hold.
ReportField = Literal[
    "entity", "contact", "dpo", "nature", "when_occurred", "when_found", "how_found", "data_types", "counts",
    "subject_types", "consequences", "measures_taken", "measures_planned", "self_help", "cross_border",
    "malicious", "severity", "ioc", "root_cause", "timeline", "class_criteria", "services", "geography",
    "bcp", "losses", "other_authorities", "third_party", "le_delay", "ransom", "delay_reasons",
    "notified_flag", "remedies",
]  # fmt: skip
Unit = Literal["hours", "days", "business_days", "months", "undue_delay", "asap", "immediate"]
Roll = Literal["none", "eu_1182", "dora_5_4", "sec_8k", "next_business_day"]
Sector = Literal[
    "any", "finance", "health", "telecom", "critical", "digital", "public", "payments", "product"
]
Status = Literal["in_force", "phased", "proposed", "guidance", "contractual", "superseded"]
Must = Literal["always", "conditional", "never", "regulator_may_order"]
#: ``P`` primary text read, ``S`` secondary page read, ``M`` from memory and not checked.
Evidence = Literal["P", "S", "M"]
Confidence = Literal["high", "med", "low"]
EntityKind = Literal["credit_institution", "central_counterparty", "trading_venue", "nis2_entity"]

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, Strict()]
Count = Annotated[StrictInt, Field(gt=0)]

ANCHORS: tuple[str, ...] = get_args(Anchor)
ENTITY_KINDS: tuple[str, ...] = get_args(EntityKind)

#: Units that give a number; the others are soft, with a target of the house.
COUNTED: tuple[str, ...] = ("hours", "days", "business_days", "months")
UNNUMBERED = {
    "undue_delay": "without undue delay",
    "asap": "as soon as possible",
    "immediate": "immediately",
}
PREVIOUS = "prev_stage:"


class Part(BaseModel):
    """A piece of a file. Unknown keys are refused, since a typo would silently change a duty."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Trigger(Part):
    """The fact that starts the duty, and when the law says it does."""

    anchor: Anchor
    text: Text


class Cap(Part):
    """A second limit from another anchor: the earlier of the two counts, while it can still be kept."""

    n: Count
    unit: Literal["hours"]
    from_: Anchor = Field(alias="from")


class Period(Part):
    """Which period's end the clock runs from, where nobody recorded a ``period_end``."""

    of: Anchor
    every: Literal["calendar_year", "quarter"]


class Stage(Part):
    """One report owed: to whom, by when, counted from what."""

    stage: Slug
    to: Text
    n: Count | None = None
    unit: Unit
    from_: str = Field(alias="from")
    #: Earlier stages whose later submissions start this clock again, as an updated report may.
    again: tuple[Slug, ...] = ()
    roll: Roll = "none"
    #: Kinds of entity for which the roll does not hold.
    no_roll_for: tuple[EntityKind, ...] = ()
    cap: Cap | None = None
    period: Period | None = None
    #: In which case this stage is owed at all; empty means always.
    applies: str = ""
    note: str = ""
    #: Where this stage was read less well than its record.
    ev: Evidence | None = None

    @property
    def previous(self) -> str:
        """The stage whose submission starts this one, or empty."""
        return self.from_.removeprefix(PREVIOUS) if self.from_.startswith(PREVIOUS) else ""

    @property
    def words(self) -> str:
        """How long, as people say it: ``72 hours``, ``1 month``, ``without undue delay``."""
        if self.n is None:
            return UNNUMBERED[self.unit]
        unit = self.unit.replace("_", " ")
        return f"{self.n} {unit.removesuffix('s') if self.n == 1 else unit}"

    @property
    def start_words(self) -> str:
        """From what it counts: the name of an anchor, or ``the submission of`` a stage."""
        return f"the submission of {self.previous}" if self.previous else self.from_


class Individuals(Part):
    """Whether the people concerned must be told, by when, and from which threshold."""

    must: Must
    when: str = ""
    threshold: str = ""


class SuspensionAllowed(Part):
    """Who may ask that a notice wait, under which text, for how long, for which stages (none: all)."""

    by: Text
    cite: Text
    most_days: Count | None = None
    stages: tuple[Slug, ...] = ()


class Clock(Part):
    """One duty to report."""

    id: Slug
    name: Text
    sector: Sector
    status: Status
    effective: Day | None = None
    trigger: Trigger
    stages: tuple[Stage, ...]
    individuals: Individuals
    threshold: Text
    content: tuple[ReportField, ...]
    suspension: SuspensionAllowed | None = None
    retention: str = ""
    note: str = ""
    cite: Text
    src: tuple[str, ...]
    ev: Evidence
    conf: Confidence
    #: Where the rule itself fixes whose clocks and holidays count, whoever reports.
    zone: str = ""
    calendar: str = ""
    asof: Day | None = None
    review_by: Day | None = None

    def stage(self, name: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.stage == name), None)


class Document(Part):
    """One file: a jurisdiction, what holds for all its clocks, their sources, and the clocks."""

    jurisdiction: Annotated[str, Field(pattern=r"^(?:[A-Z]{2}(?:-[A-Z0-9]{1,4})?|global|contract)$")]
    name: Text
    #: Whose day it is where nobody says; and whose holidays, empty where the place of the entity decides.
    zone: Text
    calendar: str = ""
    asof: Day
    review_by: Day
    sources: dict[str, Text]
    clocks: tuple[Clock, ...]


class Record(Part):
    """A clock with what its file says for all of its clocks: what the rest of the house works with."""

    jurisdiction: str
    clock: Clock
    zone: str
    #: True where the rule fixes the zone, whatever zone the entity is in.
    zone_fixed: bool
    calendar: str
    asof: Day
    review_by: Day
    sources: dict[str, str]

    @property
    def id(self) -> str:
        return self.clock.id

    def is_stale(self, today: date) -> bool:
        """Whether the day has passed by which somebody should have read the text again."""
        return today > self.review_by
