"""The words of lint: a text goes in, findings come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clarion.rules.audience import AUDIENCES
from clarion.rules.yaml_lines import BadDocument

#: From the gravest down. ``block``: publishing needs counsel's override. ``review``: the named role must
#: look at it. ``warn``: the author confirms. ``info``: advice.
SEVERITIES = ("block", "review", "warn", "info")
TITLE, BODY, LINK = "title", "body", "link"
REGULATORS = "regulators"


@dataclass(frozen=True, slots=True)
class LintText:
    """What an author wrote for one audience: a plain title, a body in Clarion's light Markdown."""

    title: str
    body: str
    audience: str = "customers"
    locale: str = "en"

    @property
    def external(self) -> bool:
        """Whether outsiders read it. A name that nobody knows is read as outside, the cautious side."""
        known = AUDIENCES.get(self.audience)
        return known is None or not known.inside


@dataclass(frozen=True, slots=True)
class Place:
    """Where: ``title``, ``body`` or ``link``, and character offsets in the text as the author wrote it.

    A link's offsets are those of its target in the body. What is missing has an empty span at the end
    of the part where it would stand.
    """

    part: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a careful reviewer would want to look at, where, why, and what to write instead."""

    rule: str
    family: str
    severity: str
    role: str
    """The review role that answers for it; whoever waives a ``block`` or ticks a ``review``."""
    place: Place
    words: str
    """The author's own characters at that place; empty for what is missing."""
    reason: str
    advice: str
    replacement: str | None
    """Text that can stand in for the span as it is, or None when a person must choose the words."""
    fingerprint: str
    """The same while rule, audience and sentence are the same, wherever the sentence moves; for waivers."""
    assumed: tuple[str, ...] = ()
    """Facts that nobody had recorded, so that the cautious side was taken."""
    unlisted: int = 0
    """How many of its rule this one stands for that are not listed; such a one cannot be overridden."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "family": self.family,
            "severity": self.severity,
            "role": self.role,
            "part": self.place.part,
            "start": self.place.start,
            "end": self.place.end,
            "words": self.words,
            "reason": self.reason,
            "advice": self.advice,
            "replacement": self.replacement,
            "fingerprint": self.fingerprint,
            "assumed": list(self.assumed),
            "unlisted": self.unlisted,
        }


class BadRule(ValueError):
    """A rule cannot be used; each line of the message names the place and what to do."""


class BadRules(BadDocument, BadRule):
    """A document of rules cannot be used; each line names a line of it, a place and what to do."""
