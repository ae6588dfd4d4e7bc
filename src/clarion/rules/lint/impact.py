"""STR-002: the text says what readers notice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import says_somewhere
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import Example, Mark, missing
from clarion.rules.terms import CLOSED_STATES

ID = "STR-002"
FAMILY = "structure"
SEVERITY = "review"
ROLE = "clarity"
EVERYWHERE = False
WHY = "The text does not say what people notice, so nobody can tell whether this is their problem."
FIX = 'Say what does not work and how: "Pages may not load, or load slowly."'

_names_an_effect = says_somewhere(
    r"\b(can ?not|can't|could ?n[o']t|couldn't|unable|impossible|errors?|fail(s|ed|ing|ures?)?"
    r"|slow(er|ly|ness)?"
    r"|delay(s|ed)?|late|stuck|unavailab\w+|unreachable|inaccessible|down|offline|outages?"
    r"|interrupt\w+|disrupt\w+"
    r"|degrad\w+|missing|wrong|incorrect|lost|duplicat\w+|time ?outs?|timed out|timing out"
    r"|latenc(y|ies)|drop(s|ped|ping)?"
    r"|(not|no longer|stop(s|ped)?) (work|respond|load|process|run|deliver|receiv|send|start"
    r"|complet|display|updat"
    r"|affect|see|available|possible)\w*|queue[ds]?|read-only|switched off|turned off|disabled"
    r"|intermittent\w*"
    r"|works? (normally|again|as (usual|expected))|worked normally|back to normal|working (again|normally)"
    r"|operat(es|ing|ed) normally|recover\w*|restored|may (see|not|notice)|unaffected|crash\w*|hang(s|ing)?"
    r"|problems? (with|when|load|sign|access|connect)\w*|trouble|difficult\w*|not (seeing"
    r"|showing|displayed)"
    r"|(been|is|are) normal|impacted performance|5\d\ds?|reachable|once again|resolution issues"
    r"|no (new )?\w+( \w+)? (will|can) be"
    r"|impair\w+|unsuccessful\w*|restricted|prevent(s|ed|ing)?|(wait|delivery|start|response"
    r"|load|propagation) times?"
    r"|processing times?|constraints?|not (be )?\w{3,12}ing|not being \w+ed|connectivity"
    r"|inconsisten\w+|stale|spinning"
    r"|(issues?|problems?) (loading|connecting|related to connecting|accessing|creating"
    r"|signing)|longer|downtime|paused"
    r"|partial\w*|does(n't| not) match|misreported|decrease[ds]? in|returned to normal|works? as expected"
    r"|working as (expected|usual)|available again|(will|may|might|would) see)\b",
)

_ENDED = re.compile(r"\b(resolved|fixed|over|ended|completed?)\b", re.IGNORECASE)


def look(view: View, context: Context) -> Iterator[Mark]:
    """The body must hold an effect in some words; a title alone is not enough. An ended one may say so."""
    ended = context.state in CLOSED_STATES and _ENDED.search(view.body.text)
    if not ended and not _names_an_effect(view.body.text):
        yield missing(view)


BAD = (Example("We are investigating an issue with checkout. Next update by 14:00 UTC."),)
GOOD = (
    Example("Some orders fail. Next update by 14:00 UTC."),
    Example("Checkout has worked normally since 9 UTC."),
)
