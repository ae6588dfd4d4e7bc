"""STR-003: the text says who is affected, or that this is being measured."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import says_somewhere
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import Example, Mark, missing

ID = "STR-003"
FAMILY = "structure"
SEVERITY = "warn"
ROLE = "accuracy"
EVERYWHERE = False
WHY = "The text does not say who is affected, so everybody has to assume that they are."
FIX = 'Name them, or say "We are measuring how many people are affected."'

_says_who = says_somewhere(
    r"\b(you(r|rs)?|customers?|users?|people|visitors?|readers?|subscribers?|members?|account(s"
    r"| holders?)|everyone|everybody"
    r"|anyone|anybody|nobody|patients?|students?|merchants?|sellers?|buyers?|guests?"
    r"|organi[sz]ations?|teams?|tenants?"
    r"|developers?|administrators?|regions?|countr(y|ies)|EU|UK|US|availability zones?"
    r"|instances?|repositor(y|ies)"
    r"|(being|are) measur(ed|ing)|working out (who|how many)|requests?|orders?|payments?"
    r"|sign-ins?)\b|\d ?%",
)


def look(view: View, context: Context) -> Iterator[Mark]:
    """Lexical, and generous: a group of people, a region, a share, or the word that it is being measured."""
    if not _says_who(view.body.text):
        yield missing(view)


BAD = (Example("Checkout is down. Next update by 14:00 UTC."),)
GOOD = (
    Example("Checkout is down for customers in the EU."),
    Example("Checkout is down. The scope is being measured."),
)
