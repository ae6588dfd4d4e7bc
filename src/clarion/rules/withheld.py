"""What an audience may not be told now: the values behind what policy and unconfirmed causes keep inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.rules import disclosure
from clarion.rules.audience import AUDIENCES
from clarion.rules.claims import REGIONS, region
from clarion.rules.facts import FactSheet
from clarion.rules.lint import Withheld
from clarion.rules.types import Verdict


@dataclass(frozen=True, slots=True)
class Known:
    """Everything of an incident that can have to stay inside, and what may be told anyway."""

    sheet: FactSheet
    causes: Sequence[str]
    """Every cause that was ever recorded."""
    disclosures: Sequence[disclosure.Disclosure]
    requirements: Mapping[str, Any]
    """Policy's decision for it."""
    counted: int | None = None
    """How many customers are affected, by its assessment."""
    regions: Sequence[str] = ()
    """Where, by its assessment."""
    components: Sequence[str] = ()
    """What its texts call the parts that are affected."""
    never_say: Sequence[str] = ()
    """What is not said early in an incident of its category."""


def withheld(audience: str, known: Known, now: datetime) -> tuple[Withheld, ...]:
    """What a text for this audience may not say at ``now``: nothing inside. An unknown one is outside."""
    if audience in AUDIENCES and AUDIENCES[audience].inside:
        return ()
    name = audience if audience in AUDIENCES else "customers"
    phrases = (
        Withheld("phrase", phrase, "It is on the list of what is not said of such an incident.", "review")
        for phrase in known.never_say
    )
    return (*_numbers(name, known), *_regions(name, known), *_causes(name, known, now), *phrases)


def _numbers(audience: str, known: Known) -> Iterator[Withheld]:
    policy = disclosure.numbers_policy(known.requirements)
    verdict = disclosure.may_tell_numbers(known.sheet, audience, policy=policy)
    if verdict.allowed:
        return
    reason, affected = f"It says how many are affected. {verdict.because}", known.sheet.affected
    for number in dict.fromkeys((affected.number, known.counted)):
        if number is not None and number > 1:  # that nobody is affected is no number
            yield Withheld("number", str(number), reason, _severity(policy))
    if affected.percent is not None:
        yield Withheld("share", f"{affected.percent:g}", reason, _severity(policy))


def _regions(audience: str, known: Known) -> Iterator[Withheld]:
    policy = disclosure.regions_policy(known.requirements)
    verdict = disclosure.may_tell_regions(known.sheet, audience, policy=policy)
    if verdict.allowed:
        return
    named = dict.fromkeys((*known.sheet.affected.regions, *known.regions))
    places = {region(name) for name in named}
    for name in dict.fromkeys((*named, *(name for name, place in REGIONS.items() if place in places))):
        yield Withheld("region", name, f"It says where. {verdict.because}", _severity(policy))


def _severity(policy: str) -> str:
    return "block" if policy == "never" else "review"


def _causes(audience: str, known: Known, now: datetime) -> Iterator[Withheld]:
    sheet, policy = known.sheet, disclosure.cause_policy(known.requirements)
    verdict = disclosure.may_tell_cause(sheet, audience, known.disclosures, now, policy=policy)
    for cause in known.causes:
        if not disclosure.stays_inside(cause, sheet, verdict):
            continue
        if verdict.allowed and disclosure.refines(sheet, cause):
            continue  # its words stand in those that may be told
        current = sheet.cause is not None and sheet.cause.text == cause
        reason = (
            verdict.because if current else "It is a cause that was recorded and given up, not ruled out."
        )
        yield Withheld("cause", cause, reason, "block", _told_anyway(known, verdict, current=current))


def _told_anyway(known: Known, verdict: Verdict, *, current: bool) -> tuple[str, ...]:
    """What readers may be told beside a cause, so that its words are nothing of the cause's own."""
    sheet = known.sheet
    facts = (sheet.impact, sheet.our_action, sheet.reader_action, sheet.data_integrity, sheet.residual)
    other = () if current else sheet.ruled_out
    cause = (sheet.cause.text,) if sheet.cause and verdict.allowed else ()
    return tuple(filter(None, (*facts, *other, *cause, *known.components)))
