"""Composing a draft's texts from what the rows know of its incident."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from clarion.rules import prose
from clarion.rules.compose import Composed, Situation, compose
from clarion.rules.disclosure import (
    cause_policy,
    estimate_overtaken,
    estimate_policy,
    estimates_given,
    may_tell_estimate,
    numbers_policy,
    regions_policy,
    told_too_early,
)
from clarion.rules.draft import proposed_state
from clarion.rules.facts import FactSheet, is_known
from clarion.rules.instants import reference
from clarion.rules.promises import split
from clarion.rules.terms import OPEN_STATES
from clarion.rules.types import Reason
from clarion.store import carrying, decisions, fact_sheets, promises, told
from clarion.store.models import DraftVersion, Incident
from clarion.store.opening import proposed_statuses
from clarion.store.policies import numbered, templates_of


@dataclass(frozen=True, slots=True)
class FirstWords:
    """The content of a version that Clarion composes; the arguments of ``records.add_version``."""

    incident_state: str
    component_statuses: dict[str, str]
    facts: dict[str, Any]
    texts: dict[str, dict[str, str]]
    channels: list[str]
    next_update_at: datetime | None
    next_update_for: dict[str, datetime]
    left_out: list[str]


def compose_version(
    incident: Incident,
    phase: str,
    *,
    audiences: Collection[str],
    now: datetime,
    promised: Mapping[str, datetime] | None = None,
    like: DraftVersion | None = None,
) -> FirstWords:
    """Texts for these audiences, with the facts they come from.

    While the incident stays open, policy's rhythm makes a promise to each to whom none is ``promised``.
    State and components are those of ``like``, and else what the phase proposes.
    """
    state = like.incident_state if like else proposed_state(phase, incident.state)
    times = _times(incident, audiences, promised or {}, now) if state in OPEN_STATES else {}
    affected = list(incident.affected.select_related("component").order_by("component__position"))
    situation = _situation(incident, state, affected, now)
    composed = _composed(incident, phase, situation, audiences, times)
    soonest, later = split(times)
    kept = fact_sheets.newest(incident)
    return FirstWords(
        incident_state=state,
        component_statuses=like.component_statuses
        if like
        else proposed_statuses(incident, affected, ended=state not in OPEN_STATES),
        facts=facts_after_edit(
            incident,
            {
                "services": situation.services,
                "signals": situation.signals,
                "detected_at": incident.detected_at.isoformat(),
                "sheet": kept.number,
                "authors": sorted({by for name, by in kept.wrote.items() if is_known(kept.sheet, name)}),
                "findings": [finding.as_json() for finding in composed.findings],
                "estimate_at": _estimate_told(situation),
            },
            composed.texts,
        ),
        texts=composed.texts,
        channels=decisions.channels_for(incident, audiences),
        next_update_at=soonest,
        next_update_for=later,
        left_out=carrying.left_out(incident, audiences),
    )


def _times(
    incident: Incident, audiences: Collection[str], promised: Mapping[str, datetime], now: datetime
) -> dict[str, datetime]:
    """By when each audience hears again."""
    made = promises.made(incident, [name for name in audiences if name not in promised], now)
    return {name: promised[name] if name in promised else _round_up(made[name].due_at) for name in audiences}


def _composed(
    incident: Incident,
    phase: str,
    situation: Situation,
    audiences: Collection[str],
    times: Mapping[str, datetime],
) -> Composed:
    """Each audience's text says what is new since the update that it read last, and its own promise."""
    last, templates = told.last_updates(incident), templates_of(incident.policy_version)
    parts = []
    for name in audiences:
        before = last.get(name)
        own = replace(
            situation,
            next_update_at=times.get(name),
            before=fact_sheets.numbered(incident, before.version.facts.get("sheet", 0)) if before else None,
            last_update_at=before.published_at if before else None,
        )
        parts.append(compose(templates, phase, own, audiences=[name]))
    texts = {name: text for part in parts for name, text in part.texts.items()}
    return Composed(texts, tuple(finding for part in parts for finding in part.findings))


def _situation(incident: Incident, state: str, affected: Any, now: datetime) -> Situation:
    """What is true for every audience; each has its own promise and its own last update besides."""
    sheet = fact_sheets.newest(incident).sheet
    return Situation(
        incident_id=incident.id,
        severity=incident.severity,
        category=incident.category,
        template=incident.requirements["template"],
        state=state,
        services=[row.component.name for row in affected if row.component.public],
        signals=[f"{s.title} ({s.status})" for s in incident.signals.order_by("started_at")[:5]]
        or [incident.title],
        sheet=sheet,
        quiet_at=incident.quiet_at,
        next_update_at=None,
        now=now,
        estimate_told=_who_was_told(incident, sheet),
        disclosures=fact_sheets.decisions(incident),
        estimate_policy=estimate_policy(numbered(incident.policy_version), incident.requirements),
        cause_policy=cause_policy(incident.requirements),
        numbers_policy=numbers_policy(incident.requirements),
        regions_policy=regions_policy(incident.requirements),
    )


def _who_was_told(incident: Incident, sheet: FactSheet) -> frozenset[str]:
    """Audiences to which a published text gave the estimate that is on the sheet."""
    if sheet.estimate is None:
        return frozenset()
    told = DraftVersion.objects.filter(
        update__incident=incident, facts__estimate_at=sheet.estimate.at.isoformat()
    )
    return frozenset(name for facts in told.values_list("facts", flat=True) for name in facts["estimate_to"])


def _estimate_told(situation: Situation) -> str | None:
    verdict = may_tell_estimate(situation.sheet, situation.now, policy=situation.estimate_policy)
    estimate = situation.sheet.estimate
    return estimate.at.isoformat() if estimate is not None and verdict.allowed else None


def _round_up(moment: datetime) -> datetime:
    """To the next full minute: people promise minutes, not microseconds."""
    return (moment + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)


def facts_after_edit(
    incident: Incident, before: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """The facts behind a version, with the estimate that its texts give and the audiences that are given it.

    Read from the texts, whoever wrote the time into them. Of several estimates one that is not the sheet's
    counts, since a text that still gives it must not go out.
    """
    recorded, current = fact_sheets.estimates(incident), fact_sheets.newest(incident).sheet.estimate
    if before.get("estimate_at"):
        recorded.append(datetime.fromisoformat(before["estimate_at"]))
    by_words = {reference(at): at for at in recorded}
    if current is not None and current.at in recorded:
        by_words[reference(current.at)] = current.at
    given = {name: estimates_given(f"{text['title']}\n{text['body']}") for name, text in texts.items()}
    told = sorted(by_words[words] for words in set().union(*given.values()) if words in by_words)
    at = next((at for at in told if current is None or at != current.at), told[0] if told else None)
    to = sorted(name for name, words in given.items() if at is not None and reference(at) in words)
    return {**before, "estimate_at": at.isoformat() if at else None, "estimate_to": to}


def estimate_until(incident: Incident, version: DraftVersion) -> datetime | None:
    """When the estimate that this version gives runs out; None if it gives none that still stands."""
    estimate = fact_sheets.newest(incident).sheet.estimate
    if version.facts.get("estimate_at") is None or estimate is None:
        return None
    return estimate.expires_at


def facts_overtaken(incident: Incident, version: DraftVersion, now: datetime) -> tuple[Reason, ...]:
    """Why what this version tells of cause and estimate may not go out now; empty while it may."""
    kept = fact_sheets.newest(incident)
    plain = {name: f"{text['title']}\n{prose.to_plain(text['body'])}" for name, text in version.texts.items()}
    decided = fact_sheets.decisions(incident)
    causes, said = fact_sheets.causes(incident), cause_policy(incident.requirements)
    reasons = told_too_early(plain, causes, kept.sheet, decided, now, policy=said)
    # Read again: the time may have been recorded as an estimate after it was written into the text.
    at = facts_after_edit(incident, version.facts, version.texts)["estimate_at"]
    if at is None:
        return reasons
    policy = estimate_policy(numbered(incident.policy_version), incident.requirements)
    return reasons + estimate_overtaken(datetime.fromisoformat(at), kept.sheet, now, policy=policy)
