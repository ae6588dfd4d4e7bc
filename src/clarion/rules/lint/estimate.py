"""STR-005: a time of recovery needs somebody who assessed it, a caveat and the time it was assessed at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from clarion.rules.facts import Estimate
from clarion.rules.lint._context import Context
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark

ID = "STR-005"
FAMILY = "structure"
SEVERITY = "review"
ROLE = "accuracy"
EVERYWHERE = False
WHY = "A time of recovery is given without what makes it more than a hope."
FIX = 'Write "As of 13:00 UTC, our engineers estimate normal service by 15:00 UTC. This could change."'

_ESTIMATE = re.compile(
    r"(?<!than )(?<!had )\b(estimat(e[ds]?|ing|ion)|expect(s|ed|ing)?|anticipat(e[ds]?|ing)|ETA|should be"
    r"|will be|be (fully )?(back|restored))\b"
    r"[^.]{0,60}\b(restor\w+|recover\w*|resolv\w+|resolution|fix(ed)?|back|normal( service)?"
    r"|complet\w+|finish\w*|mitigat\w+)\b"
    r"[^.]{0,40}?\b((by|at|around|before) (about |around |approximately )?"
    r"(\d{1,2} \w{3} \d{4}, )?\d{1,2}(:\d\d"
    r"| ?[ap]m)|(within|in) (the next |about |"
    r"approximately |around )?(\d+|an?|one|two|three|few|several)( to \d+"
    r"|-\d+)? (more )?(minutes?|hours?|days?))",
    re.IGNORECASE | re.ASCII,
)
_CAVEAT = re.compile(
    r"\b(could|may|might) (change|take longer|be (later|longer))|\bsubject to change\b"
    r"|\bnot (yet )?certain\b",
    re.IGNORECASE,
)
_AS_OF = re.compile(r"\b(as of|assessed at|at present|updated at)\b", re.IGNORECASE)


def look(view: View, context: Context) -> Iterator[Mark]:
    """One finding for each time of recovery, which names all that is missing about it."""
    for match in _ESTIMATE.finditer(view.body.text):
        wants = list(_wants(view, context))
        if wants:
            reason = f"A time of recovery is given, and {and_list(wants)}."
            yield Mark(view.body, match.start(), match.end(), reason=reason)


def and_list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _wants(view: View, context: Context) -> Iterator[str]:
    estimate = context.estimate
    if estimate is None or not estimate.assessor.strip():
        yield "nobody recorded who assessed it"
    elif not estimate.holds(context.now):
        yield "the assessment has run out"
    if not _CAVEAT.search(view.body.text):
        yield "it lacks a word that it could change"
    if not _AS_OF.search(view.body.text):
        yield "it lacks the time at which it was assessed"


_ASSESSED = Estimate(
    at=NOON + timedelta(hours=2),
    basis="rate of recovery",
    assessor="engineering",
    confidence="medium",
    as_of=NOON,
    expires_at=NOON + timedelta(hours=1),
)
_OLD = replace(_ASSESSED, as_of=NOON - timedelta(hours=3), expires_at=NOON)
_FULL = "As of 12:00 UTC, engineers estimate that checkout will be back by 14:00 UTC. This could change."
BAD = (
    Example("We expect checkout to be restored by 14:00 UTC."),
    Example(
        "We expect a full recovery within the next two hours.", context=Context(now=NOON, estimate=_ASSESSED)
    ),
    Example("We expect checkout to be restored by {2026-03-02T14:00Z}."),
    Example(_FULL),
    Example(_FULL, context=Context(now=NOON, estimate=_OLD)),
)
GOOD = (
    Example(_FULL, context=Context(now=NOON, estimate=_ASSESSED)),
    Example("We are working on it. Next update by 14:00 UTC."),
    Example("We had estimated normal service by {2026-03-02T14:00Z}. That estimate no longer holds."),
)
