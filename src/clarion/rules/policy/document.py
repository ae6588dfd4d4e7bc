"""The policy document: one typed model, from which its published JSON Schema is made.

In ``updates``, ``scope``, ``start``, ``cadence``, ``windows`` and each topic of ``disclosure`` the first rule
that matches gives the answer; in ``reviews`` every rule that matches counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PrivateAttr, StrictBool, StringConstraints

from clarion.rules.jurisdictions import jurisdictions
from clarion.rules.policy.match import Part, When

FORMAT = 2
TOPICS = (
    "cause",
    "security_details",
    "personal_data",
    "customers_affected",
    "regions",
    "third_party",
    "estimate",
)
#: What a disclosure rule may answer, and how a screen says it.
DISCLOSURES: Mapping[str, str] = {
    "always": "may be said",
    "when_confirmed": "only once confirmed",
    "with_legal": "only after legal counsel approved it",
    "never": "is not said",
}
ETR_POLICIES: Mapping[str, str] = {
    "never": "No estimated time to resolution is given.",
    "engineering_only": "An estimated time to resolution needs an engineering assessment behind it.",
    "always": "An estimated time to resolution belongs in every update.",
}

Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s.][^\r\n.]{0,59}$")]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Minutes = Annotated[int, Field(gt=0, le=527_040)]  # a leap year
MOST_RULES = 300
MOST_REMINDERS = 20
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


def _name_all(schema: dict[str, Any]) -> None:
    schema["enum"] = list(jurisdictions())


#: Whether it exists is said by ``check``, with the line.
JurisdictionCode = Annotated[str, Field(json_schema_extra=_name_all)]
Some = TypeVar("Some")
#: As many as anybody keeps in mind; each is compared with every other when the document is checked.
Rules = Annotated[tuple[Some, ...], Field(max_length=MOST_RULES)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one such as Europe/Berlin") from None
    return name


class Rule(Protocol):
    """What rules of every part have."""

    @property
    def name(self) -> str: ...
    @property
    def when(self) -> When: ...


class AudienceRule(Part):
    """Who answers for an audience, and by which channels it can be reached."""

    owner: str
    channels: tuple[str, ...] = ()


class UpdateRule(Part):
    """Whether incidents like this get formal updates, for whom, and where."""

    name: Name
    when: When = When()
    formal_updates: StrictBool
    audiences: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    why: Sentence


class ScopeRule(Part):
    """Whether an outage of this scope gets updates."""

    name: Name
    when: When = When()
    updates: StrictBool
    why: Sentence


class StartRule(Part):
    """Whether communication may start."""

    name: Name
    when: When = When()
    may_start: StrictBool
    why: Sentence


class Start(Part):
    """Criteria of their own for what is only suspected, and for what is confirmed."""

    suspected: Rules[StartRule]
    confirmed: Rules[StartRule]


class ReviewRule(Part):
    """Who must approve."""

    name: Name
    when: When = When()
    role: str
    why: Sentence


class CadenceRule(Part):
    """How often readers hear from us; asked for each audience, which is promised its own interval."""

    name: Name
    when: When = When()
    every_minutes: Minutes
    warn_minutes: Annotated[int, Field(ge=0, le=527_040)]


class WindowRule(Part):
    """How long approval may take."""

    name: Name
    when: When = When()
    minutes: Minutes


class QuietHours(Part):
    """Hours in which the promise may wait for the morning, for the severities named and no others."""

    zone: Annotated[str, AfterValidator(_known_zone)]
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="until")
    severities: tuple[str, ...]


class DisclosureRule(Part):
    """What may be said about a topic."""

    name: Name
    when: When = When()
    topic: Literal[
        "cause",
        "security_details",
        "personal_data",
        "customers_affected",
        "regions",
        "third_party",
        "estimate",
    ]
    disclose: Literal["always", "when_confirmed", "with_legal", "never"]
    why: Sentence


class CategoryRule(Part):
    """Which category a signal suggests, by its labels."""

    name: Name
    labels: Mapping[str, tuple[str, ...]]
    category: str


class Organisation(Part):
    """Whose policy it is, before the law."""

    jurisdictions: tuple[JurisdictionCode, ...] = ()
    """Where it answers; codes of ``data/jurisdictions.yaml``."""
    listed_issuer: StrictBool | None = None
    """Whether its securities are traded on a market; left out while nobody has said."""


class Policy(Part):
    """The whole document."""

    format: Literal[2]
    title: Sentence
    organisation: Organisation = Organisation()
    severity_words: Mapping[str, str]
    default_severity: str
    categories: Rules[CategoryRule] = ()
    default_category: str = "application"
    templates: Mapping[str, str]
    audiences: Mapping[str, AudienceRule]
    updates: Rules[UpdateRule]
    scope: Rules[ScopeRule]
    start: Start
    reviews: Rules[ReviewRule]
    windows: Rules[WindowRule]
    cadence: Rules[CadenceRule]
    quiet_hours: QuietHours | None = None
    maximum_silence_minutes: Minutes
    update_at_once_minutes: Minutes = 15
    remind_minutes: Annotated[tuple[Minutes, ...], Field(min_length=1, max_length=MOST_REMINDERS)] = (
        15,
        30,
        60,
    )
    etr: Literal["never", "engineering_only", "always"] = "engineering_only"
    disclosure: Rules[DisclosureRule] = ()
    review_valid_minutes: Minutes = 240
    approval_valid_minutes: Minutes = 60

    _asking: Mapping[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: object, /) -> None:
        asking: dict[str, list[str]] = {}
        for part, rules in self.parts():
            for rule in rules:
                for fact, _ in rule.when.conditions:
                    asking.setdefault(fact, []).append(f"{part}.{rule.name}")
        self._asking = {fact: tuple(rules) for fact, rules in asking.items()}

    def parts(self) -> Iterator[tuple[str, Sequence[Rule]]]:
        """Every part that has rules with conditions, by its path in the document."""
        yield "updates", self.updates
        yield "scope", self.scope
        yield "start.suspected", self.start.suspected
        yield "start.confirmed", self.start.confirmed
        yield "reviews", self.reviews
        yield "windows", self.windows
        yield "cadence", self.cadence
        yield "disclosure", self.disclosure

    def asking(self, fact: str) -> tuple[str, ...]:
        """The rules that ask for this fact."""
        return self._asking.get(fact, ())
