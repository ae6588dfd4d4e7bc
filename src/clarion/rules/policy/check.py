"""What a schema alone cannot see: unknown words, incidents no rule covers, audiences nobody reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clarion.rules.access import REVIEW_ROLES
from clarion.rules.audience import AUDIENCES
from clarion.rules.jurisdictions import jurisdictions
from clarion.rules.policy import facts
from clarion.rules.policy.document import Policy, UpdateRule
from clarion.rules.policy.match import Match
from clarion.rules.terms import CATEGORIES, SEVERITIES
from clarion.rules.yaml_lines import Path

Finding = tuple[Path, str]
#: The screen of colleagues: it needs no sending, and nobody outside sees it.
CONSOLE = "console"
#: Facts that change while time passes. Only the cadence is asked for again at each promise.
PASSING = ("state", "open_minutes", "audience")


def problems(policy: Policy) -> Iterator[Finding]:
    """Path and sentence of everything that is wrong."""
    for part, rules in policy.parts():
        path: Path = tuple(part.split("."))
        for number, rule in enumerate(rules):
            for fact, match in rule.when.conditions:
                yield from _condition((*path, number, "when", fact), fact, match)
                if fact in PASSING and part != "cadence":
                    yield (*path, number, "when", fact), f"only cadence rules may ask for {fact}"
        if part not in ("reviews", "disclosure") and (not rules or rules[-1].when.conditions):
            yield path, "the last rule must match every incident (no `when`), or some get no answer"
    for number, code in enumerate(policy.organisation.jurisdictions):
        if code not in jurisdictions():
            said = f"there is no jurisdiction {code!r}; use {', '.join(jurisdictions())}"
            yield ("organisation", "jurisdictions", number), said
    yield from _answers(policy)
    yield from _audiences(policy)
    yield from _intervals(policy)


def _condition(path: Path, fact: str, match: Match) -> Iterator[Finding]:
    field = facts.FIELDS[fact]
    if match.is_range and not (field.ordered or field.kind == "number"):
        yield path, f"{fact} has no order, so no range fits it; use equals, any_of or not"
        return
    for word in match.words:
        if problem := _word(fact, field, word):
            yield path, problem
            return
    if match.is_range and not _has_room(field, match):
        yield path, "nothing lies in this range; at_least must not be above at_most"


def _word(fact: str, field: facts.Field, word: str | int) -> str:
    """What is wrong with a word of a condition; empty if nothing is."""
    if field.may_be_unknown and word == facts.UNKNOWN:
        return ""
    if field.kind == "number":
        fits = isinstance(word, int) and word >= 0
        return "" if fits else f"{word!r} is no number; write a whole number from 0"
    known = facts.words_of(fact)
    if known:
        return "" if word in known else f"there is no {word!r}; use {', '.join(known)}"
    assert field.form is not None
    fits = isinstance(word, str) and field.form.fullmatch(word) is not None
    return "" if fits else f"{word!r} is no {fact} tag; {FORMS[fact]}"


FORMS: Mapping[str, str] = {
    "duties": "use lower-case letters, digits and underscores, such as personal_data",
    "regions": "use capitals, digits and hyphens, such as EU or US-CA",
}


def _has_room(field: facts.Field, match: Match) -> bool:
    if facts.UNKNOWN in match.words:
        return False
    low, high = match.at_least, match.at_most
    if low is None or high is None:
        return True
    if field.ordered:
        return field.words.index(str(low)) <= field.words.index(str(high))
    return int(low) <= int(high)


def _answers(policy: Policy) -> Iterator[Finding]:
    """Severities, categories and roles that the document gives and that do not exist."""
    severities: list[tuple[Path, str]] = [
        (("severity_words", said), word) for said, word in policy.severity_words.items()
    ]
    severities.append((("default_severity",), policy.default_severity))
    if policy.quiet_hours:
        severities += [(("quiet_hours", "severities"), word) for word in policy.quiet_hours.severities]
    for path, word in severities:
        if word not in SEVERITIES:
            yield path, f"there is no {word!r}; use {', '.join(SEVERITIES)}"
    categories: list[tuple[Path, str]] = [
        (("categories", number, "category"), rule.category) for number, rule in enumerate(policy.categories)
    ]
    categories.append((("default_category",), policy.default_category))
    categories += [(("templates", name), name) for name in policy.templates]
    categories += [(("templates", name), word) for name, word in policy.templates.items()]
    for path, word in dict.fromkeys(categories):
        if word not in CATEGORIES:
            yield path, f"there is no {word!r}; use {', '.join(CATEGORIES)}"
    for name in CATEGORIES:
        if name not in policy.templates:
            yield ("templates",), f"the category {name} has no template; name one"
    for number, rule in enumerate(policy.reviews):
        if rule.role not in REVIEW_ROLES:
            yield (
                ("reviews", number, "role"),
                f"there is no {rule.role!r}; use {', '.join(REVIEW_ROLES)}",
            )


def _audiences(policy: Policy) -> Iterator[Finding]:
    """Each audience has an owner, a channel, and a rule that names it."""
    named = {name for rule in policy.updates for name in rule.audiences}
    for name, audience in policy.audiences.items():
        path: Path = ("audiences", name)
        if name not in AUDIENCES:
            yield path, f"there is no audience {name!r}; use {', '.join(AUDIENCES)}"
            continue
        if not audience.owner.strip():
            yield (*path, "owner"), "name who owns this audience, such as Customer support"
        if not audience.channels:
            yield path, "no channel reaches this audience; name one (console: the screen of colleagues)"
        if CONSOLE in audience.channels and not AUDIENCES[name].inside:
            yield (*path, "channels"), f"{name} are outside and see no console; name another channel"
        if name not in named:
            yield path, "no rule in updates names this audience; name it there, or take it out"
    for number, rule in enumerate(policy.updates):
        yield from _reach(policy, ("updates", number), rule)


def _reach(policy: Policy, path: Path, rule: UpdateRule) -> Iterator[Finding]:
    reached_by: set[str] = set()
    for name in rule.audiences:
        audience = policy.audiences.get(name)
        if name not in AUDIENCES:
            yield (*path, "audiences"), f"there is no audience {name!r}; use {', '.join(AUDIENCES)}"
        elif audience is None:
            yield (*path, "audiences"), f"{name} has no entry in audiences, so nobody owns it; write one"
        else:
            reached_by |= set(audience.channels)
            if rule.formal_updates and audience.channels and not _reached(audience.channels, rule.channels):
                known = ", ".join(audience.channels)
                yield (*path, "channels"), f"none of these reaches {name}; name one of {known}"
    for channel in rule.channels:
        if reached_by and channel not in reached_by:
            known = ", ".join(sorted(reached_by))
            yield (*path, "channels"), f"{channel!r} reaches no audience of this rule; use {known}"
    if rule.formal_updates and not rule.audiences:
        yield path, "formal updates need at least one audience"


def _reached(known: tuple[str, ...], used: tuple[str, ...]) -> bool:
    return not set(known).isdisjoint({*used, CONSOLE})


def _intervals(policy: Policy) -> Iterator[Finding]:
    for number, rule in enumerate(policy.cadence):
        if rule.every_minutes > policy.maximum_silence_minutes:
            yield (
                ("cadence", number, "every_minutes"),
                f"readers would hear nothing for longer than maximum_silence_minutes"
                f" ({policy.maximum_silence_minutes}); shorten it, or lengthen that",
            )
