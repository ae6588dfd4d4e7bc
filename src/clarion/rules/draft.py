"""The first words of a draft: facts put into templates by plain substitution.

Templates are not programs. A ``{field}`` from a fixed list is replaced by its value, escaped so that
it stays the literal text it is; everything else is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import yaml

from clarion.rules.audience import AUDIENCES
from clarion.rules.instants import reference
from clarion.rules.terms import CATEGORIES, OPEN_STATES
from clarion.rules.types import require_aware

FIELDS = (
    "service",
    "symptom",
    "our_action",
    "next_update",
    "detected",
    "quiet",
    "severity",
    "category",
    "incident",
    "signals",
)
#: Fields that may carry words of alerts and so never enter a text for the public.
INTERNAL_FIELDS = frozenset({"signals", "incident"})
PHASES = ("holding", "update", "resolution")
LONGEST_TITLE = 300
#: Characters that a person may write, and bytes (UTF-8) that a composed text may have.
LONGEST_BODY = 64 * 1024
#: How far ahead the next update can be promised, in days: later than that is a slip of the pen.
LONGEST_PROMISE_DAYS = 30
_FIELD = re.compile(r"\{([a-z_]+)\}")
#: What has a meaning in light Markdown; a brace only where a reference to an instant could begin.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&]|\{(?=[0-9]))")
#: What begins a heading, list, underline or fence where a line begins.
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)](?: |$))|(?=[#+\-=~]))(.)")


class BadTemplate(ValueError):
    """A template cannot be used; the message names the place and what to do."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Phrase banks by category and skeletons by phase and audience."""

    phrases: Mapping[str, Mapping[str, str]]
    phases: Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a first draft is written."""

    incident_id: str
    severity: str
    category: str
    services: Sequence[str]
    signals: Sequence[str]
    detected_at: datetime
    quiet_at: datetime | None
    next_update_at: datetime | None
    template: str = ""
    """The category whose words are used; the incident's own if empty."""


def load_templates(document: str) -> Templates:
    """Templates from YAML; raises BadTemplate for an unknown field, audience, phase or category."""
    data: Any = yaml.safe_load(document)
    if not isinstance(data, dict) or set(data) != {"phrases", "phases"}:
        raise BadTemplate("templates: write the two keys phrases and phases, and no others")
    for category in set(CATEGORIES) ^ set(data["phrases"]):
        raise BadTemplate(f"phrases.{category}: every category has phrases, and nothing else does")
    for phase in set(PHASES) ^ set(data["phases"]):
        raise BadTemplate(f"phases.{phase}: every phase has a skeleton, and nothing else does")
    for phase, audiences in data["phases"].items():
        for audience, parts in audiences.items():
            _check_skeleton(f"phases.{phase}.{audience}", audience, parts)
    return Templates(phrases=data["phrases"], phases=data["phases"])


def _check_skeleton(place: str, audience: str, parts: Mapping[str, str]) -> None:
    if audience not in AUDIENCES:
        raise BadTemplate(f"{place}: there is no such audience; use {', '.join(AUDIENCES)}")
    if set(parts) != {"title", "body"}:
        raise BadTemplate(f"{place}: write a title and a body")
    for part, text in parts.items():
        for field in _FIELD.findall(text):
            if field not in FIELDS:
                raise BadTemplate(f"{place}.{part}: there is no field {{{field}}}; use {', '.join(FIELDS)}")
            if field in INTERNAL_FIELDS and AUDIENCES[audience].public:
                raise BadTemplate(
                    f"{place}.{part}: {{{field}}} carries words of alerts; keep it out of public texts"
                )


def escape(value: str) -> str:
    """The value as Markdown that renders as exactly this text, on one line."""
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(value.split())))


def and_list(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; the empty list reads ``our service``."""
    if not words:
        return "our service"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def compose(templates: Templates, phase: str, facts: Facts) -> dict[str, dict[str, str]]:
    """Texts for every audience of the phase: ``{audience: {"title", "body"}}``.

    Times go in as references to instants, which each reader is shown in UTC and in their own zone.
    """
    values: dict[str, str | datetime | None] = {
        "service": and_list(facts.services),
        "next_update": facts.next_update_at,
        "detected": facts.detected_at,
        "quiet": facts.quiet_at,
        "severity": facts.severity,
        "category": facts.category.replace("_", " "),
        "incident": facts.incident_id,
        "signals": "; ".join(facts.signals) or "no signals yet",
        **templates.phrases[facts.template or facts.category],
    }
    return {
        audience: {
            "title": _fill(parts["title"], values, quote=False)[:LONGEST_TITLE],
            "body": _cut(_fill(parts["body"], values, quote=True)),
        }
        for audience, parts in templates.phases[phase].items()
    }


def _cut(body: str) -> str:
    """The body, or as many of its first characters as 64 KB hold."""
    return body.encode("utf-8", "surrogatepass")[:LONGEST_BODY].decode("utf-8", "ignore")


def _fill(skeleton: str, values: Mapping[str, str | datetime | None], *, quote: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        value = values.get(match[1], match[0])
        if not isinstance(value, str):
            return "a time still to be said" if value is None else reference(value)
        return escape(value) if quote else " ".join(value.split())

    return _FIELD.sub(replace, skeleton)


def promise_problem(incident_state: str, next_update_at: datetime | None, now: datetime) -> str:
    """What is wrong with the time of the next update, as a sentence; empty if nothing is.

    Raises ValueError for a time without a zone.
    """
    if next_update_at is None:
        return "Say by when readers will hear from you again." if incident_state in OPEN_STATES else ""
    if require_aware(next_update_at) <= now:
        return "The next update is promised for a time that has passed."
    if next_update_at > now + timedelta(days=LONGEST_PROMISE_DAYS):
        return f"Promise the next update within {LONGEST_PROMISE_DAYS} days."
    return ""
