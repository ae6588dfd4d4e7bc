"""STR-014: a personal update to an account tells nothing that is not public, unless there is an NDA."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules.lint._context import Context, Statement
from clarion.rules.lint._prose import says
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark

ID = "STR-014"
FAMILY = "legal"
SEVERITY = "block"
ROLE = "legal"
EVERYWHERE = False
WHY = "It tells one account a fact that is not public yet, and there is no confidentiality agreement with it."
FIX = "Publish the fact first, leave it out, or have the agreement signed."


def look(view: View, context: Context) -> Iterator[Mark]:
    """Asked of updates to one account; an agreement that nobody recorded counts as none."""
    if context.account is None or context.nda_on_file:
        return
    assumed = ("nda_on_file",) if context.nda_on_file is None else ()
    for fact in context.not_yet_public:
        found = says(view, fact.phrases)
        if found is not None:
            reading, start, end = found
            yield Mark(reading, start, end, reason=f"{WHY} The fact: {fact.name}.", assumed=assumed)


_FACT = Statement("a second region is affected", ("second region", "Oslo region"))
_CONTEXT = Context(now=NOON, account="account-7", not_yet_public=(_FACT,), nda_on_file=False)
BAD = (
    Example("The second  region is affected too.", context=_CONTEXT),
    Example("The Oslo region.", context=Context(now=NOON, account="a", not_yet_public=(_FACT,))),
)
GOOD = (
    Example("Checkout is down.", context=_CONTEXT),
    Example(
        "The Oslo region.", context=Context(now=NOON, account="a", not_yet_public=(_FACT,), nda_on_file=True)
    ),
    Example("The Oslo region.", context=Context(now=NOON, not_yet_public=(_FACT,))),
)
