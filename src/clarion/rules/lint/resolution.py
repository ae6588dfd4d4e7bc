"""STR-006: resolved only after monitoring for the stability window, and with a word about stored data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import says_somewhere
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark, missing
from clarion.rules.types import require_aware

ID = "STR-006"
FAMILY = "structure"
SEVERITY = "review"
ROLE = "accuracy"
EVERYWHERE = False
WHY = "The incident is called resolved before the service has been watched for long enough."
FIX = "Call it monitoring until the window is over, then resolve it."
NO_speaks_of_data = "The resolution does not say what became of stored data, which is the next question."
SAY_speaks_of_data = (
    'Say what is known: "Orders placed between 09:10 and 09:42 UTC were kept." Or when it will be known.'
)

_speaks_of_data = says_somewhere(
    r"\b(data|records?|orders?|files?|messages?|payments?|entries|backlog|jobs?|events?"
    r"|changes?|content|information"
    r"|transactions?|e?-?mails?|builds?|(re-?)?(queued|delivered|processed|sent)|nothing (was"
    r"|is) (lost|missing))\b",
)


def look(view: View, context: Context) -> Iterator[Mark]:
    """Asked of an update that makes the incident resolved."""
    if context.state != "resolved":
        return
    since = context.monitoring_since
    minutes = int(context.stability_window.total_seconds() // 60)
    if since is None:
        reason = (
            f"Nobody has recorded since when the service is monitored; it has to be for {minutes} minutes."
        )
        yield Mark(view.body, reason=reason, about="window")
    elif context.now - require_aware(since) < context.stability_window:
        passed = max(0, int((context.now - require_aware(since)).total_seconds() // 60))
        reason = f"The service has been monitored for {passed} minutes, and {minutes} are asked for."
        yield Mark(view.body, reason=reason, about="window")
    if not _speaks_of_data(view.body.text):
        yield Mark(missing(view).reading, reason=NO_speaks_of_data, advice=SAY_speaks_of_data, about="data")


_WATCHED = Context(now=NOON, state="resolved", monitoring_since=NOON - timedelta(minutes=30))
BAD = (
    Example("Checkout works normally. No orders are missing.", context=Context(now=NOON, state="resolved")),
    Example(
        "Checkout works normally. No orders are missing.",
        context=Context(now=NOON, state="resolved", monitoring_since=NOON - timedelta(minutes=29)),
    ),
    Example("Checkout works normally.", context=_WATCHED),
)
GOOD = (
    Example("Checkout works normally. Orders were kept.", context=_WATCHED),
    Example("Checkout works again.", context=Context(now=NOON, state="monitoring")),
)
