"""STR-004: the text says what readers can do, or that they need to do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import says_somewhere
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import Example, Mark, missing

ID = "STR-004"
FAMILY = "structure"
SEVERITY = "warn"
ROLE = "clarity"
EVERYWHERE = False
WHY = "The text does not say what readers should do, and those who can do nothing do not learn that either."
FIX = 'Give the step to take now, or write "You do not need to do anything."'

_says_what_to_do = says_somewhere(
    r"\b(please|you (can|may|could|should|must|need|do not|don't|will need|have to)"
    r"|no (customer |user |further )?action"
    r"|nothing (for you )?to do|(customers?|users?|people|they) (can|may|should|need to"
    r"|do not need|don't need)"
    r"|we (recommend|suggest|advise|ask you)|to work around|as a workaround|workarounds?|instead|"
    r"(try|retry|refresh|reload|restart|reset|sign in|log in|contact|check|update|install|use"
    r"|avoid|save|wait|visit|follow)"
    r" (again|the|your|this|a|an|until|for|us|our|any|these|later|it|out))\b",
)


def look(view: View, context: Context) -> Iterator[Mark]:
    """A request, a possibility, or the word that nothing is needed."""
    if not _says_what_to_do(view.body.text):
        yield missing(view)


BAD = (Example("Checkout is down for customers in the EU."),)
GOOD = (
    Example("Checkout is down. You do not need to do anything."),
    Example("Checkout is down. Please order by phone."),
)
