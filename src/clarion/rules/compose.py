"""Composing: one fact sheet, one phase, and a text for each audience.

Values go into a skeleton escaped, so that each stays the literal text it is. Which facts an audience may read
of is decided here, before any skeleton is looked at: an empty value cannot be told by any template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clarion.rules import disclosure, fact_changes, fact_checks, fact_words
from clarion.rules.audience import AUDIENCES, Audience
from clarion.rules.draft import LONGEST_BODY, LONGEST_TITLE
from clarion.rules.fact_words import phrase, sentence
from clarion.rules.facts import FactSheet
from clarion.rules.instants import reference
from clarion.rules.templates import FIELD, FIELDS, Templates
from clarion.rules.terms import STATE_LABELS

#: What has a meaning in light Markdown; a brace only where a reference to an instant could begin.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&]|\{(?=[0-9]))")
#: What begins a heading, list, underline or fence where a line begins.
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)](?: |$))|(?=[#+\-=~]))(.)")
#: A line that begins anew rather than going on with the paragraph before it.
_OWN_LINE = ("- ", "**")
NO_ACTION = "You do not need to do anything."


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a text is composed from: the incident, its facts, and who decided what."""

    incident_id: str
    severity: str
    category: str
    template: str
    """Whose phrases stand where facts are missing: a category, as policy says."""
    state: str
    """Of the incident after this text, one of ``terms.INCIDENT_STATES``."""
    services: Sequence[str]
    signals: Sequence[str]
    sheet: FactSheet
    quiet_at: datetime | None
    """When the last alert ended, by its source's word."""
    next_update_at: datetime | None
    now: datetime
    before: FactSheet | None = None
    """The facts from which the last published update was composed."""
    last_update_at: datetime | None = None
    estimate_told: frozenset[str] = frozenset()
    """Audiences that were given the estimate which is on the sheet."""
    disclosures: Sequence[disclosure.Disclosure] = ()
    estimate_policy: str = "engineering_only"
    cause_policy: str = "when_confirmed"
    numbers_policy: str = "always"
    regions_policy: str = "always"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the author of a text should look at before anybody approves it."""

    audience: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"audience": self.audience, "text": self.text}


@dataclass(frozen=True, slots=True)
class Composed:
    """Texts by audience, ``{audience: {"title", "body"}}``, and what is to be looked at in them."""

    texts: dict[str, dict[str, str]]
    findings: tuple[Finding, ...]


class Ready(str):
    """Words that are light Markdown already, such as a reference to an instant; not escaped again."""

    __slots__ = ()


def compose(templates: Templates, phase: str, situation: Situation, *, audiences: Iterable[str]) -> Composed:
    """Texts of a phase for these audiences. Raises KeyError for an unknown phase or audience.

    Times go in as references to instants, which each reader is shown in UTC and in their own zone.
    """
    texts: dict[str, dict[str, str]] = {}
    findings: list[Finding] = []
    for name in audiences:
        values = _values(templates, phase, situation, AUDIENCES[name])
        skeleton = templates.skeleton(phase, name)
        lacking: list[str] = []
        title = _line(skeleton.title, values, lacking, quote=False) or ""
        body = _cut("\n\n".join(_paragraphs(skeleton.body, values, lacking)))
        texts[name] = {"title": title[:LONGEST_TITLE], "body": body}
        findings += _findings(AUDIENCES[name], lacking, body)
        for what, why in _kept_inside(situation, AUDIENCES[name]).items():
            text = f"The text for {AUDIENCES[name].label} does not say {what} are affected. {why}"
            findings.append(Finding(name, text))
    return Composed(texts, tuple(findings))


def _findings(audience: Audience, lacking: Iterable[str], body: str) -> Iterator[Finding]:
    for field in dict.fromkeys(lacking):
        text = f"The text for {audience.label} does not know {FIELDS[field].label}."
        yield Finding(audience.name, text)
    words = len(body.split())
    if audience.longest_words and words > audience.longest_words:
        text = f"The text for {audience.label} has {words} words; they read at most {audience.longest_words}."
        yield Finding(audience.name, text)


_MANY, _WHERE = "how many", "which regions"


def _kept_inside(situation: Situation, audience: Audience) -> dict[str, str]:
    """What this audience does not read of those affected, and why, as a sentence; only what is known."""
    sheet, name = situation.sheet, audience.name
    asked = {
        _MANY: disclosure.may_tell_numbers(sheet, name, policy=situation.numbers_policy),
        _WHERE: disclosure.may_tell_regions(sheet, name, policy=situation.regions_policy),
    }
    known = {_MANY: sheet.affected.counted, _WHERE: bool(sheet.affected.regions)}
    return {what: told.reasons[0].text for what, told in asked.items() if known[what] and not told.allowed}


def _who(situation: Situation, audience: Audience) -> str:
    """Who is affected, for this audience; that there are some is no number, and that there are none is."""
    affected, kept = situation.sheet.affected, _kept_inside(situation, audience)
    shown = replace(affected, regions=()) if _WHERE in kept else affected
    if _MANY not in kept:
        told = fact_words.who(shown, confirmed="affected" in situation.sheet.confirmed)
        return told or ("customers" if _WHERE in kept else "")
    without = fact_words.who(replace(shown, number=None, percent=None, measuring=False), confirmed=True)
    return without or ("" if affected.number == 0 else "customers")


def _values(templates: Templates, phase: str, situation: Situation, audience: Audience) -> dict[str, str]:
    """Every field's value for this audience; empty for what is not known and for what it may not read."""
    sheet, phrases = situation.sheet, templates.phrases[situation.template]
    asked = fact_checks.owed(sheet, phase, now=situation.now, estimate_policy=situation.estimate_policy)
    values = {
        "service": fact_words.and_list(situation.services),
        "symptom": phrase(sheet.impact) or phrases.symptom,
        "our_action": phrase(sheet.our_action) or phrases.our_action,
        "your_action": _your_action(sheet) or phrases.your_action,
        "never_say": ", ".join(phrases.never_say),
        "who": _who(situation, audience),
        "scope": fact_words.scope(situation.before.affected if situation.before else None, sheet.affected),
        "known": sentence(sheet.known),
        "data": sentence(sheet.data_integrity),
        "residual": phrase(sheet.residual),
        "done": sentence(sheet.done),
        "planned": sentence(sheet.planned),
        "wrong": sentence(sheet.wrong),
        "right": sentence(sheet.right),
        "contact": phrase(sheet.contact),
        "business_effect": sentence(sheet.business_effect),
        "decisions": sentence(sheet.decisions),
        "ruled_out": fact_words.and_list(sheet.ruled_out),
        "stated_facts": _stated(situation, audience, confirmed=True),
        "estimates": _stated(situation, audience, confirmed=False),
        "gaps": fact_words.gaps([item.name for item in asked]),
        "incident": situation.incident_id,
        "severity": situation.severity,
        "category": situation.category.replace("_", " "),
        "state": STATE_LABELS[situation.state],
        "signals": "; ".join(situation.signals),
        **_times(situation),
        **_gated(situation, audience),
    }
    values["changed"] = _changed(templates, situation, values)
    return {name: value if FIELDS[name].may_go_to(audience) else "" for name, value in values.items()}


def _your_action(sheet: FactSheet) -> str:
    return NO_ACTION if sheet.no_action_needed else sentence(sheet.reader_action)


def _times(situation: Situation) -> dict[str, str]:
    sheet = situation.sheet
    moments = {
        "started": sheet.started_at,
        "detected": sheet.detected_at,
        "mitigated": sheet.mitigated_at,
        "restored": sheet.restored_at or situation.quiet_at,
        "as_of": situation.now,
        "next_update": situation.next_update_at,
        "watch_until": sheet.watch_until,
        "planned_start": sheet.planned_start,
        "planned_end": sheet.planned_end,
        "wrong_at": situation.last_update_at,
    }
    return {name: Ready(reference(at)) if at else "" for name, at in moments.items()}


def _stated(situation: Situation, audience: Audience, *, confirmed: bool) -> Ready:
    """The facts of an incident that are confirmed, or those that are not, each with its label."""
    found = fact_words.stated(situation.sheet, _who(situation, audience), confirmed=confirmed)
    said = (f"{label}: {reference(at) if at else escape(text)}" for label, text, at in found)
    return Ready("; ".join(said))


def _gated(situation: Situation, audience: Audience) -> dict[str, str]:
    """Cause and estimate, each only where its gate lets this audience read of it."""
    sheet, now = situation.sheet, situation.now
    found = dict.fromkeys(
        ("cause", "hypothesis", "etr", "etr_caveat", "etr_basis", "etr_confidence", "etr_passed"), ""
    )
    verdict = disclosure.may_tell_cause(
        sheet, audience.name, situation.disclosures, now, policy=situation.cause_policy
    )
    if sheet.cause and verdict.allowed:
        text = phrase(sheet.cause.text)
        found |= {"cause": text} if sheet.cause.confirmed else {"hypothesis": f"{text} (not confirmed yet)"}
    estimate = sheet.estimate
    if estimate is None:
        return found
    if disclosure.may_tell_estimate(sheet, now, policy=situation.estimate_policy).allowed:
        return found | {
            "etr": Ready(reference(estimate.at)),
            "etr_caveat": sentence(estimate.caveat),
            "etr_basis": phrase(estimate.basis),
            "etr_confidence": estimate.confidence,
        }
    told = audience.name in situation.estimate_told and not estimate.holds(now)
    return found | {"etr_passed": Ready(reference(estimate.at)) if told else ""}


def _changed(templates: Templates, situation: Situation, values: Mapping[str, str]) -> str:
    """What is new since the last published update, each fact in the words that the templates give it."""
    before, sheet = situation.before, situation.sheet
    if before is None:
        return ""
    news = {
        change.name for change in fact_changes.changes(before, sheet) if change.what in ("added", "changed")
    }
    fresh = replace(sheet, ruled_out=tuple(item for item in sheet.ruled_out if item not in before.ruled_out))
    values = {**values, "ruled_out": fact_words.and_list(fresh.ruled_out)}
    told = (_line(text, values, [], quote=True) for fact, text in templates.changes.items() if fact in news)
    return Ready("; ".join(item for item in told if item))


def _paragraphs(skeleton: str, values: Mapping[str, str], lacking: list[str]) -> Iterator[str]:
    for paragraph in skeleton.split("\n\n"):
        shown = ""
        for line in paragraph.splitlines():
            filled = _line(line.strip(), values, lacking, quote=True)
            if filled:
                between = "" if not shown else "\n" if filled.startswith(_OWN_LINE) else " "
                shown += between + filled
        if shown:
            yield shown


def _line(line: str, values: Mapping[str, str], lacking: list[str], *, quote: bool) -> str | None:
    """The line with its fields filled in; None if it has fields, and every one of them is empty."""
    fields = [(name, bool(must)) for name, must in FIELD.findall(line)]
    if fields and not any(must or values[name] for name, must in fields):
        return None

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        value = values[name]
        if not value and FIELDS[name].missing:
            if FIELDS[name].owed:
                lacking.append(name)
            return FIELDS[name].missing
        return escape(value) if quote and not isinstance(value, Ready) else " ".join(value.split())

    return " ".join(FIELD.sub(fill, line).split())


def escape(value: str) -> str:
    """The value as Markdown that renders as exactly this text, on one line."""
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(value.split())))


def _cut(body: str) -> str:
    """The body, or as many of its first characters as 64 KB hold."""
    return body.encode("utf-8", "surrogatepass")[:LONGEST_BODY].decode("utf-8", "ignore")
