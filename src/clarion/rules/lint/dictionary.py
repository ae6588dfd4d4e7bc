"""STR-008: names from the organisation's own lists stay out of texts for outsiders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import folded
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark

ID = "STR-008"
FAMILY = "sensitive"
SEVERITY = "block"
ROLE = "legal"
EVERYWHERE = False
WHY = "This name is on a list of names that outsiders should not read."
FIX = "Say it without the name."

#: What a name of each kind gives away, and what stands in for it. A supplier may be named after review.
_KINDS = {
    "customer": (
        "block",
        "It names a customer, which tells others who buys here and who is affected.",
        "a customer",
    ),
    "employee": ("block", "It names a member of staff.", "our team"),
    "code name": ("block", "It is a code name that is known inside only.", "part of the service"),
    "supplier": (
        "review",
        "It names a supplier, which touches contracts and shows what you depend on.",
        "a supplier",
    ),
    "internal name": ("block", "It is the internal name of a host or system.", "one of our servers"),
}


def look(view: View, context: Context) -> Iterator[Mark]:
    """Whole words, whatever the case: in title, body and links."""
    for kind, names in context.dictionaries.items():
        severity, reason, instead = _KINDS.get(kind, (SEVERITY, WHY, None))
        pattern = _pattern(tuple(names))
        for reading in view.readings if pattern else ():
            for match in pattern.finditer(reading.text) if pattern else ():
                yield Mark(
                    reading, match.start(), match.end(), severity=severity, reason=reason, replacement=instead
                )


@lru_cache(maxsize=32)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all names of a kind; the longest first, so that it marks the whole of a name."""
    plain = {" ".join(folded(name).split()) for name in names} - {""}
    ordered = sorted(plain, key=len, reverse=True)
    choices = "|".join(r"\s+".join(map(re.escape, name.split())) for name in ordered)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE) if choices else None


_LISTS = Context(
    now=NOON,
    dictionaries={"customer": ("Borealis Bank",), "code name": ("Tern",), "supplier": ("Granite Cloud",)},
)
BAD = (
    Example("Orders of BOREALIS  bank fail.", context=_LISTS),
    Example("Orders fail.", title="Tern is down", context=_LISTS),
    Example("Granite Cloud is looking into it.", context=_LISTS),
    Example("See [it](https://x.example/tern/1).", context=_LISTS),
)
GOOD = (Example("A customer's orders fail; eternity, external.", context=_LISTS), Example("Tern is down."))
