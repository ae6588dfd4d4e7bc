"""Do the texts of one update say the same, agree with the facts, and agree with what was said before?

What readers of different texts compare: times, shares, numbers, regions, components, the state, the cause.
Against the last published update a difference in start, scope or state needs a correction, said as one. Each
contradiction points at the author's words and names both values. It is advice of a kind that stops an update:
an author who says why is heard.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import combinations

from clarion.rules.audience import AUDIENCES
from clarion.rules.claims import Claim, Names, Place, claims, minute, region, same_cause
from clarion.rules.terms import STATE_LABELS
from clarion.rules.times import spoken_time

#: Topics that must agree with what readers were told last, unless the text says that it changed.
LASTING = ("began", "share", "regions")
#: Whom a number on the fact sheet counts.
PEOPLE = ("customers", "users", "accounts", "people")
#: A text that says so corrects, or tells that something changed.
CHANGED = re.compile(
    r"\b(correction|correct(s|ed)|was not right|earlier update|previous update|we first (said|thought"
    r"|reported)|no longer|fewer|grown|dropped|fallen|risen|up from|down from|revised|widened)\b",
    re.IGNORECASE,
)
#: What a text must not say of the incident's state while the update announces another.
DENIES: Mapping[str, frozenset[str]] = {
    "resolved": frozenset({"detected", "investigating", "identified", "mitigated", "monitoring"}),
    "investigating": frozenset({"monitoring", "resolved", "postmortem", "false_alarm"}),
    "identified": frozenset({"detected", "investigating", "false_alarm"}),
    "false_alarm": frozenset(STATE_LABELS) - {"false_alarm"},
}
Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """The facts beside the texts. None or empty: nobody has recorded it."""

    state: str
    """The incident's, as the update announces it."""
    components: Mapping[str, str] = field(default_factory=dict)
    """What the update makes of components: status by name."""
    next_update: Mapping[str, datetime] = field(default_factory=dict)
    """By when the draft promises each audience to hear again."""
    started_at: datetime | None = None
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None
    restored_at: datetime | None = None
    expected_at: datetime | None = None
    percent: float | None = None
    number: int | None = None
    regions: tuple[str, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two values for one thing: a code, a sentence that names both, and the words."""

    code: str
    """``between_texts``, ``with_facts`` or ``with_last_update``."""
    topic: str
    text: str
    places: tuple[Place, ...]
    """In the texts of this update; the last update's own words are named in the sentence."""
    sides: tuple[tuple[str, tuple[str, ...]], ...]
    """Who says what: an audience of this update, ``facts`` or ``last update``, each with all its values."""

    @property
    def key(self) -> str:
        """16 hex digits, the same while code, topic, audiences and the values on both sides are.

        Where the words stand is no part of it, so an explanation outlives an edit of other sentences, and
        does not outlive another value.
        """
        named = json.dumps([self.code, self.topic, self.sides], ensure_ascii=True)
        return sha256(named.encode()).hexdigest()[:16]


def contradictions(
    texts: Texts, known: Known, *, names: Names, zone: str, near: datetime, last: Texts | None = None
) -> list[Contradiction]:
    """Everything that does not agree. ``last`` are the texts of the last published update, if there is one.

    ``zone`` (IANA name) and ``near`` read times that are no references, as ``bare_times`` does.
    """
    # In the order of screens, whatever order a database keeps them in.
    texts = {name: texts[name] for name in sorted(texts, key=_place)}
    found = {name: _claims_of(name, text, names, zone, near) for name, text in texts.items()}
    before = {name: _claims_of(name, text, names, zone, near) for name, text in (last or {}).items()}
    return _said_once(
        [
            *_between(found, known),
            *(each for name in texts for each in _with_facts(name, found[name], known)),
            *(
                each
                for name in texts
                if name in before and not CHANGED.search(f"{texts[name]['title']} {texts[name]['body']}")
                for each in _with_last(found[name], before[name])
            ),
        ]
    )


def unexplained(found: Iterable[Contradiction], explained: Iterable[str]) -> list[Contradiction]:
    """Those whose keys nobody has explained: what is new or otherwise than when it was explained."""
    known = set(explained)
    return [each for each in found if each.key not in known]


def _said_once(found: Sequence[Contradiction]) -> list[Contradiction]:
    """One for each key, with the places of all: a title and a body may say the same."""
    by_key: dict[str, Contradiction] = {}
    for each in found:
        before = by_key.setdefault(each.key, each)
        if before is not each:
            by_key[each.key] = replace(before, places=(*before.places, *each.places))
    return list(by_key.values())


def _claims_of(
    audience: str, text: Mapping[str, str], names: Names, zone: str, near: datetime
) -> list[Claim]:
    return [
        claim
        for part in ("title", "body")
        for claim in claims(audience, part, text.get(part, ""), names, zone=zone, near=near)
    ]


def _by_topic(found: Sequence[Claim]) -> dict[str, list[Claim]]:
    topics: dict[str, list[Claim]] = {}
    for claim in found:
        topics.setdefault(claim.topic, []).append(claim)
    return topics


def _agree(topic: str, left: Sequence[Claim], right: Sequence[Claim]) -> bool:
    """Claims of one topic agree when they have a value in common; causes, when they share a word."""
    if topic == "cause":
        return any(same_cause(one.value, other.value) for one in left for other in right)
    return bool({claim.value for claim in left} & {claim.value for claim in right})


def _between(found: Mapping[str, Sequence[Claim]], known: Known) -> Iterator[Contradiction]:
    promised = known.next_update
    for one, other in combinations(found, 2):
        left, right = _by_topic(found[one]), _by_topic(found[other])
        apart = {"state"}  # compared with the one that is announced
        if promised.get(one) != promised.get(other):
            apart.add("next update")  # each compared with its own
        for topic in sorted(left.keys() & right.keys() - apart):
            if _agree(topic, left[topic], right[topic]):
                continue
            mine, theirs = left[topic][0], right[topic][0]
            text = (
                f"{_label(topic)}: the text for {_audience(one)} says {mine.said}, "
                f"the one for {_audience(other)} {theirs.said}."
            )
            sides = (_side(one, left[topic]), _side(other, right[topic]))
            yield Contradiction("between_texts", topic, text, (mine.place, theirs.place), sides)


def _with_facts(audience: str, found: Sequence[Claim], known: Known) -> Iterator[Contradiction]:
    for topic, said in _by_topic(found).items():
        for claim, fact, right in _against(audience, topic, said, known):
            who = _audience(claim.place.audience)
            text = f"{_label(topic)}: the text for {who} says {claim.said}, and {fact}."
            # Each state that is claimed is denied for itself; of all else a text may name several values.
            mine = [claim] if topic == "state" else said
            sides = (_side(claim.place.audience, mine), ("facts", tuple(sorted(right))))
            yield Contradiction("with_facts", topic, text, (claim.place,), sides)


def _against(
    audience: str, topic: str, said: Sequence[Claim], known: Known
) -> Iterator[tuple[Claim, str, set[str]]]:
    """The first claim of a topic that the facts deny, with what they say in words and as values."""
    right, fact = _expected(audience, known).get(topic, (None, ""))
    if right is not None and (topic == "regions" or not right & _values(said)):
        yield from [(claim, fact, right) for claim in said if claim.value not in right][:1]
    elif topic == "cause" and known.cause and not any(same_cause(each.value, known.cause) for each in said):
        yield said[0], f"the fact sheet says “{known.cause}”", {known.cause}
    elif topic == "state":
        for claim in said:
            if known.state in DENIES.get(claim.value, frozenset()):
                yield claim, f"the update announces {STATE_LABELS[known.state].lower()}", {known.state}
    elif topic.startswith("component "):
        yield from _component(topic.removeprefix("component "), said, known)


def _expected(audience: str, known: Known) -> dict[str, tuple[set[str], str]]:
    """By topic: the values that agree with what is recorded, and what is recorded, in words."""
    moments = {
        "next update": (known.next_update.get(audience), "the draft promises"),
        "expected end": (known.expected_at, "the estimate is"),
        "restored": (known.restored_at, "the fact sheet says"),
        "mitigated": (known.mitigated_at, "the fact sheet says"),
        "detected": (known.detected_at, "the incident was detected at"),
        "began": (known.started_at, "the fact sheet says"),
    }
    found = {
        topic: ({minute(at)}, f"{words} {spoken_time(at, 'UTC')}")
        for topic, (at, words) in moments.items()
        if at
    }
    if known.percent is not None:
        found["share"] = ({f"{known.percent:g}"}, f"the fact sheet says {known.percent:g}%")
    if known.number is not None:
        fact = ({str(known.number)}, f"the fact sheet says {known.number:,}")
        found |= {f"number of {noun}": fact for noun in PEOPLE}
    if known.regions:
        names = ", ".join(known.regions)
        found["regions"] = ({region(name) for name in known.regions}, f"the fact sheet says {names}")
    return found


def _component(name: str, said: Sequence[Claim], known: Known) -> Iterator[tuple[Claim, str, set[str]]]:
    status = known.components.get(name)
    if status is None or len(_values(said)) > 1:
        return
    if (said[0].value == "works") != (status == "operational"):
        yield said[0], f"the update makes it {status.replace('_', ' ')}", {status}


def _with_last(found: Sequence[Claim], before: Sequence[Claim]) -> Iterator[Contradiction]:
    now, then = _by_topic(found), _by_topic(before)
    for topic in LASTING:
        if topic in now and topic in then and not _agree(topic, now[topic], then[topic]):
            mine, theirs = now[topic][0], then[topic][0]
            text = (
                f"{_label(topic)}: the last update told {_audience(mine.place.audience)} {theirs.said}, "
                f"this one says {mine.said} and does not say that it corrects it."
            )
            sides = (_side(mine.place.audience, now[topic]), _side("last update", then[topic]))
            yield Contradiction("with_last_update", topic, text, (mine.place,), sides)


def _side(who: str, said: Sequence[Claim]) -> tuple[str, tuple[str, ...]]:
    return who, tuple(sorted(_values(said)))


def _values(said: Sequence[Claim]) -> set[str]:
    return {claim.value for claim in said}


def _label(topic: str) -> str:
    name = topic.removeprefix("component ")
    return name if name != topic else f"{topic[0].upper()}{topic[1:]}"


def _place(name: str) -> tuple[int, str]:
    known = list(AUDIENCES)
    return (known.index(name) if name in AUDIENCES else len(known), name)


def _audience(name: str) -> str:
    return AUDIENCES[name].label.lower() if name in AUDIENCES else name
