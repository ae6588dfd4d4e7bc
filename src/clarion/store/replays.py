"""A changed policy tried on what there was: incidents treated otherwise, updates read otherwise by lint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from clarion.rules import lint
from clarion.rules import policy as policies
from clarion.rules.policy.comparison import Change, changes
from clarion.rules.waivers import Found
from clarion.store import findings
from clarion.store.decisions import facts_of
from clarion.store.models import Incident, Update
from clarion.store.policies import numbered

#: Only the newest are tried, so that a screen answers; the command line says how many there were.
MOST_INCIDENTS = 5_000
#: Each is read in the texts for all its audiences, so fewer are tried.
MOST_UPDATES = 100
#: How far an incident is when it is tried: what is known of it today, as if it had just been looked at.
STATE = "investigating"


@dataclass(frozen=True, slots=True)
class Replayed:
    """An incident that would have been treated differently."""

    id: str
    title: str
    severity: str
    opened_at: datetime
    policy_version: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """How many incidents were tried, and those that come out otherwise."""

    tried: int
    different: tuple[Replayed, ...]


def replay(candidate: policies.Policy) -> Replay:
    """Asks the policy about each past incident and compares with the version it was under."""
    tried, different = 0, []
    for incident in Incident.objects.order_by("-opened_at", "-id")[:MOST_INCIDENTS]:
        tried += 1
        facts = replace(facts_of(incident, incident.opened_at), state=STATE)
        before, after = (
            policies.decide(facts, policy, incident.opened_at).as_json()
            for policy in (numbered(incident.policy_version), candidate)
        )
        if found := changes(before, after):
            different.append(
                Replayed(
                    incident.id,
                    incident.title,
                    incident.severity,
                    incident.opened_at,
                    incident.policy_version,
                    found,
                )
            )
    return Replay(tried, tuple(different))


@dataclass(frozen=True, slots=True)
class Reread:
    """A published update in which the changed lint rules find something else."""

    id: str
    incident_id: str
    title: str
    """Of the incident."""
    published_at: datetime
    new: tuple[Found, ...]
    gone: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Rereading:
    """How many updates were read again, and those in which something else is found."""

    tried: int
    different: tuple[Reread, ...]


def reread(before: str, after: str) -> Rereading:
    """Reads the newest published updates with two documents of an organisation's lint rules.

    With what is known of their incidents today, at the moment of their publication. Documents that are the
    same are not tried.
    """
    if before == after:
        return Rereading(0, ())
    tried, different = 0, []
    old, new = (lint.only_own(findings.loaded(text)) for text in (before, after))
    updates = Update.objects.select_related("incident", "version__draft__incident")
    for update in updates.prefetch_related("texts").order_by("-published_at", "-id")[:MOST_UPDATES]:
        tried += 1
        context = findings.context_of(update.version, update.published_at)
        then, now = (dict(_found(update, context, rules)) for rules in (old, new))
        came = tuple(found for key, found in now.items() if key not in then)
        went = tuple(found for key, found in then.items() if key not in now)
        if came or went:
            incident = update.incident
            different.append(Reread(update.id, incident.id, incident.title, update.published_at, came, went))
    return Rereading(tried, tuple(different))


def _found(
    update: Update, context: lint.Context, rules: lint.Rules
) -> Iterator[tuple[tuple[str, str, str], Found]]:
    """Findings by what tells them apart: sentence and rule, severity, and who has to look."""
    for text in update.texts.all():
        for finding in lint.check(lint.LintText(text.title, text.body, text.audience), context, rules):
            key = (finding.fingerprint, finding.severity, finding.role)
            yield key, Found(text.audience, finding)
