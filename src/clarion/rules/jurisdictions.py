"""Jurisdictions: which there are, which of them an incident touches, and why each is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict


class Jurisdiction(BaseModel):
    """What people call it, and the regions of an incident that lie there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    regions: tuple[str, ...]


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Every jurisdiction that a policy or a fact sheet may name, by its code."""
    text = (resources.files("clarion.data") / "jurisdictions.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)["jurisdictions"]
    return {code: Jurisdiction.model_validate(each) for code, each in found.items()}


def unknown(codes: Iterable[str]) -> str:
    """What is wrong with the first code that does not exist, as a sentence; empty if all do."""
    known = jurisdictions()
    wrong = next((code for code in codes if code not in known), None)
    return "" if wrong is None else f"There is no jurisdiction {wrong!r}. Use {', '.join(known)}."


def of_region(region: str) -> tuple[str, ...]:
    """The jurisdictions in which a region such as ``EU`` or ``US-CA`` lies; empty where nobody has said."""
    exact = tuple(code for code, each in jurisdictions().items() if region in each.regions)
    whole = region.partition("-")[0]
    return exact if exact or whole == region else of_region(whole)


@dataclass(frozen=True, slots=True)
class Taken:
    """A jurisdiction whose rules are applied to a text, and why."""

    code: str
    label: str
    reasons: tuple[str, ...]
    """A sentence each."""


def taken(
    *, organisation: Iterable[str], readers: Iterable[str], regions: Iterable[str]
) -> tuple[Taken, ...]:
    """Where the organisation answers, where affected readers are, and what an incident's regions name.

    All of them, each once, in the order of ``jurisdictions``. A code that does not exist any more counts too.
    """
    why: dict[str, list[str]] = {}
    for code in dict.fromkeys(organisation):
        why.setdefault(code, []).append("The organisation answers there, says the policy.")
    for code in dict.fromkeys(readers):
        why.setdefault(code, []).append("Affected readers are there, says the fact sheet.")
    for region in dict.fromkeys(regions):
        for code in of_region(region):
            why.setdefault(code, []).append(f"The incident's region {region} lies there.")
    known = jurisdictions()
    order = [*(code for code in known if code in why), *(code for code in why if code not in known)]
    return tuple(
        Taken(code, known[code].label if code in known else code, tuple(why[code])) for code in order
    )
