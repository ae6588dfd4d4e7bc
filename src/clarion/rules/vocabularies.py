"""The words of the house with what they mean, and what other tools, standards and guides call the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from clarion.rules import terms

EVIDENCE = ("primary", "secondary", "memory")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the house, the same in code, database, API, screen and docs."""

    kind: str
    """``incident``, ``maintenance``, ``component`` or ``impact``."""
    word: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Somebody else's words for states of incidents and of planned work, by ours."""

    key: str
    name: str
    source: str
    evidence: str
    """How sure that is; one of ``EVIDENCE``."""
    words: Mapping[str, str]


_INCIDENT = {
    "detected": "Seen by monitoring or a person; readers have not been told.",
    "investigating": "Being looked into; the cause is not known.",
    "identified": "A cause, or the area it lies in, is confirmed. The public text may still withhold it.",
    "mitigated": "Users are less affected, or no longer; the lasting fix is not done.",
    "monitoring": "The fix is in and watched until a stated time.",
    "resolved": "Over: recovery confirmed, watched for the stability window, with a word on stored data.",
    "postmortem": "What happened and what was changed is told.",
    "false_alarm": "There was no incident.",
    "suspended": "Nothing more can be found out without more data.",
    "merged": "Told further under another incident.",
}
_MAINTENANCE = {
    "scheduled": ("Scheduled", "Announced."),
    "in_progress": ("In progress", "Being carried out."),
    "verifying": ("Verifying", "Done, and being checked."),
    "completed": ("Completed", "Done and checked."),
    "extended": ("Extended", "Takes longer than announced; a new end is stated."),
    "cancelled": ("Cancelled", "Will not be carried out."),
}
_COMPONENT = {
    "operational": "Works.",
    "maintenance": "Planned work is being carried out.",
    "unknown": "Nobody can tell at the moment.",
    "degraded": "Works, slowly or with errors.",
    "partial_outage": "Fails for some, or in part.",
    "major_outage": "Fails for all.",
}
_IMPACT = {
    "none": ("None", "No component is affected."),
    "minor": ("Minor", "The worst component is degraded, or nobody can tell."),
    "major": ("Major", "The worst component has a partial outage."),
    "critical": ("Critical", "The worst component has a major outage."),
}


def house_terms() -> tuple[Term, ...]:
    """Every canonical word, kind by kind."""
    return (
        *(Term("incident", word, label, _INCIDENT[word]) for word, label in terms.STATE_LABELS.items()),
        *(Term("maintenance", word, *_MAINTENANCE[word]) for word in terms.MAINTENANCE_STATES),
        *(Term("component", word, label, _COMPONENT[word]) for word, label in terms.COMPONENT_LABELS.items()),
        *(Term("impact", word, *_IMPACT[word]) for word in terms.IMPACTS),
    )


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    """The shipped vocabularies. Raises ValueError naming what is wrong with the document."""
    return load((resources.files("clarion.data") / "vocabularies.yaml").read_text(encoding="utf-8"))


def load(document: str) -> tuple[Vocabulary, ...]:
    """Vocabularies from YAML; raises ValueError for an unknown state, a twin, or a source that is missing."""
    known = {term.word for term in house_terms() if term.kind in ("incident", "maintenance")}
    found: list[Vocabulary] = []
    for item in yaml.safe_load(document)["vocabularies"]:
        each = _vocabulary(item)
        for word in each.words.keys() - known:
            raise ValueError(f"{each.key}.words.{word}: there is no such state")
        if each.key in {other.key for other in found}:
            raise ValueError(f"{each.key}: this vocabulary is there twice")
        found.append(each)
    return tuple(found)


def _vocabulary(item: Mapping[str, Any]) -> Vocabulary:
    key = item.get("key", "?")
    if set(item) != {"key", "name", "source", "evidence", "words"} or not all(item.values()):
        raise ValueError(f"{key}: write key, name, source, evidence and words, and no others")
    if item["evidence"] not in EVIDENCE:
        raise ValueError(f"{key}.evidence: write one of {', '.join(EVIDENCE)}")
    return Vocabulary(**item)
