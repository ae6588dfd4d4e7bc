"""``decide``: values in, requirements with named reasons out. It never answers a bare yes or no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from clarion.rules.policy.decision import Decision, Disclosure, RequiredReview, by_two_people
from clarion.rules.policy.document import (
    DISCLOSURES,
    ETR_POLICIES,
    CadenceRule,
    Policy,
    Rule,
    ScopeRule,
    StartRule,
    UpdateRule,
)
from clarion.rules.policy.facts import ASSESSED, NAMES, UNKNOWN, IncidentFacts
from clarion.rules.types import Reason, require_aware

SomeRule = TypeVar("SomeRule", bound=Rule)
MOST_RULES_NAMED = 3


def decide(incident: IncidentFacts, policy: Policy, now: datetime) -> Decision:
    """What policy requires of this incident at ``now`` (aware), as of which ``open_minutes`` is counted."""
    require_aware(now)
    update = _first(policy.updates, incident)
    scope = _first(policy.scope, incident)
    start, start_part = _start(incident, policy)
    window = _first(policy.windows, incident)
    cadence = _cadence(incident, policy, update.audiences or ("",))
    shortest = min(cadence, key=lambda name: cadence[name].every_minutes)
    disclosure = _disclosure(incident, policy)
    reviews = _reviews(incident, policy, disclosure)
    return Decision(
        formal_updates=update.formal_updates and scope.updates,
        may_start=start.may_start,
        audiences=update.audiences,
        owners={name: policy.audiences[name].owner for name in update.audiences},
        channels=update.channels,
        reviews=reviews,
        intervals={name: _minutes(rule.every_minutes) for name, rule in cadence.items() if name},
        update_every=_minutes(cadence[shortest].every_minutes),
        warn_before=_minutes(cadence[shortest].warn_minutes),
        warnings={name: _minutes(rule.warn_minutes) for name, rule in cadence.items() if name},
        approval_window=_minutes(window.minutes),
        review_valid=_minutes(policy.review_valid_minutes),
        approval_valid=_minutes(policy.approval_valid_minutes),
        template=policy.templates[incident.category],
        etr=policy.etr,
        disclosure=disclosure,
        because={
            **_about_updates(incident, policy, update, scope),
            "start": (_reason(start_part, start, incident, start.why),),
            "reviews": tuple(review.reason for review in reviews),
            "cadence": tuple(dict.fromkeys(_cadence_reasons(incident, cadence))),
            "window": (
                _reason("windows", window, incident, f"approval within {window.minutes} minutes of asking."),
            ),
            "template": (_template(incident, policy),),
            "etr": (Reason(f"etr.{policy.etr}", ETR_POLICIES[policy.etr]),),
            "disclosure": tuple(item.reason for item in disclosure),
        },
    )


def _about_updates(
    incident: IncidentFacts, policy: Policy, update: UpdateRule, scope: ScopeRule
) -> dict[str, tuple[Reason, ...]]:
    """Why there are formal updates or none, for whom and where; with what nobody knows yet."""
    told = _reason("updates", update, incident, update.why)
    scoped = _reason("scope", scope, incident, scope.why)
    return {
        "formal_updates": (told, scoped, *_unknowns(incident, policy)),
        "audiences": (told,),
        "channels": (told,),
    }


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def _first(rules: Iterable[SomeRule], incident: IncidentFacts) -> SomeRule:
    """The first rule that matches; a checked policy always has one."""
    return next(rule for rule in rules if rule.when.matches(incident))


def _reason(part: str, rule: Rule, incident: IncidentFacts, sentence: str) -> Reason:
    """The rule's name, and its sentence after the facts that made it match."""
    facts = rule.when.because(incident)
    if part.startswith("start."):
        facts = f"{incident.confirmation} + {facts}" if facts else incident.confirmation
    elif not facts and part not in ("reviews", "disclosure"):
        facts = "otherwise"
    return Reason(f"{part}.{rule.name}", f"{facts}: {sentence}" if facts else sentence)


def _start(incident: IncidentFacts, policy: Policy) -> tuple[StartRule, str]:
    suspected = incident.confirmation == "suspected"
    rules = policy.start.suspected if suspected else policy.start.confirmed
    return _first(rules, incident), f"start.{'suspected' if suspected else 'confirmed'}"


def _cadence(incident: IncidentFacts, policy: Policy, audiences: Iterable[str]) -> dict[str, CadenceRule]:
    """The rule for each audience: one for all, unless the policy tells them apart."""
    if not policy.asking("audience"):
        return dict.fromkeys(audiences, _first(policy.cadence, incident))
    return {name: _first(policy.cadence, replace(incident, audience=name)) for name in audiences}


def _cadence_reasons(incident: IncidentFacts, cadence: dict[str, CadenceRule]) -> Iterable[Reason]:
    """One for each rule that gave an interval, the shortest first."""
    for audience, rule in sorted(cadence.items(), key=lambda item: item[1].every_minutes):
        facts = replace(incident, audience=audience)
        yield _reason("cadence", rule, facts, f"an update every {rule.every_minutes} minutes.")


def _disclosure(incident: IncidentFacts, policy: Policy) -> tuple[Disclosure, ...]:
    found: dict[str, Disclosure] = {}
    for rule in policy.disclosure:
        if rule.topic not in found and rule.when.matches(incident):
            said = f"{rule.topic.replace('_', ' ')} {DISCLOSURES[rule.disclose]}. {rule.why}"
            reason = _reason("disclosure", rule, incident, said)
            found[rule.topic] = Disclosure(rule.topic, rule.disclose, reason)
    return tuple(found.values())


def _reviews(
    incident: IncidentFacts, policy: Policy, disclosure: tuple[Disclosure, ...]
) -> tuple[RequiredReview, ...]:
    """Each role once, with the first rule that asked for it; counsel too where a topic needs it."""
    found: dict[str, RequiredReview] = {}
    for rule in policy.reviews:
        if rule.role not in found and rule.when.matches(incident):
            found[rule.role] = RequiredReview(rule.role, _reason("reviews", rule, incident, rule.why))
    for item in disclosure:
        if item.disclose == "with_legal":
            found.setdefault("legal", RequiredReview("legal", item.reason))
    return by_two_people(found.values())


def _template(incident: IncidentFacts, policy: Policy) -> Reason:
    name = policy.templates[incident.category]
    category, words = incident.category.replace("_", " "), name.replace("_", " ")
    return Reason(f"templates.{incident.category}", f"Category {category} uses the words for {words}.")


def _unknowns(incident: IncidentFacts, policy: Policy) -> Iterable[Reason]:
    """What nobody has found out yet though rules ask for it, so that an answer by default is seen as one."""
    for name in ASSESSED:
        value, rules = getattr(incident, name), policy.asking(name)
        if rules and (value == UNKNOWN or value == frozenset({UNKNOWN})):
            named = ", ".join(rules[:MOST_RULES_NAMED])
            more = f" and {len(rules) - MOST_RULES_NAMED} more" if len(rules) > MOST_RULES_NAMED else ""
            yield Reason(f"unknown.{name}", f"{NAMES[name]} is unknown; {named}{more} would ask for it.")
