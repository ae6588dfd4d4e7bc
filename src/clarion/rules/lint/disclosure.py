"""STR-012: a confirmed fact that must be told is in the text."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules.lint._context import Context, Statement
from clarion.rules.lint._prose import says
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark

ID = "STR-012"
FAMILY = "structure"
SEVERITY = "block"
ROLE = "legal"
EVERYWHERE = False
WHY = "A fact is confirmed and must be told, and the text leaves it out."
FIX = "Tell the fact in one of its agreed forms."


def look(view: View, context: Context) -> Iterator[Mark]:
    """One finding for each fact that is left out."""
    for fact in context.must_disclose:
        if says(view, fact.phrases) is None:
            reason = f"It is confirmed and must be told: {fact.name}. The text leaves it out."
            advice = f'Say it, such as: "{fact.phrases[0]}".' if fact.phrases else FIX
            yield Mark(view.body, reason=reason, advice=advice, about=fact.name)


_FACT = Statement(
    "e-mail addresses were viewed", ("email addresses were viewed", "e-mail addresses were viewed")
)
_CONTEXT = Context(now=NOON, must_disclose=(_FACT,))
BAD = (Example("Checkout is down.", context=_CONTEXT),)
GOOD = (Example("Some E-Mail\naddresses were viewed.", context=_CONTEXT), Example("Checkout is down."))
