"""STR-008: names from the organisation's own lists stay out of texts for outsiders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import folded
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark
from clarion.rules.names import KINDS, Kind

ID = "STR-008"
FAMILY = "sensitive"
SEVERITY = "block"
ROLE = "legal"
EVERYWHERE = False
WHY = "This name is on a list of names that outsiders should not read."
FIX = "Say it without the name."

#: The kind that nobody registers: whoever has an account is known.
COLLEAGUE = "colleague"
_KINDS: Mapping[str, Kind] = {
    **KINDS,
    COLLEAGUE: Kind("Colleague", "block", "It names a member of staff.", "our team"),
}
_OTHER = Kind("Other", SEVERITY, WHY, None)
_WORD = re.compile(r"\w+")


def look(view: View, context: Context) -> Iterator[Mark]:
    """Whole words, whatever the case: in title, body and links."""
    for kind, names in context.dictionaries.items():
        said = _KINDS.get(kind, _OTHER)
        index = _index(tuple(names))
        for reading in view.readings if index else ():
            for start, end in _spans(reading.text, index):
                yield Mark(
                    reading, start, end, severity=said.severity, reason=said.why, replacement=said.instead
                )


def _spans(text: str, index: _Index) -> Iterator[tuple[int, int]]:
    """Where names stand, none within another."""
    end = 0
    for word in _WORD.finditer(text):
        pattern = index.get(word[0].casefold())
        if pattern is None or word.start() < end:
            continue
        match = pattern.match(text, word.start())
        if match:
            end = match.end()
            yield match.span()


_Index = Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=32)
def _index(names: tuple[str, ...]) -> _Index:
    """By their first word, the names that begin with it; the longest first, so that the whole is marked.

    Kept by what it is made of. A text then costs a look for each of its words, however many names there
    are.
    """
    by_word: dict[str, set[str]] = {}
    for name in names:
        plain = " ".join(folded(name).split())
        if word := _WORD.search(plain):
            by_word.setdefault(word[0].casefold(), set()).add(plain[word.start() :])
    return {word: _pattern(those) for word, those in by_word.items()}


def _pattern(names: set[str]) -> re.Pattern[str]:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    choices = "|".join(r"\s+".join(map(re.escape, name.split())) for name in ordered)
    return re.compile(rf"(?:{choices})(?!\w)", re.IGNORECASE)


_LISTS = Context(
    now=NOON,
    dictionaries={"customer": ("Borealis Bank",), "code_name": ("Tern",), "supplier": ("Granite Cloud",)},
)
BAD = (
    Example("Orders of BOREALIS  bank fail.", context=_LISTS),
    Example("Orders fail.", title="Tern is down", context=_LISTS),
    Example("Granite Cloud is looking into it.", context=_LISTS),
    Example("See [it](https://x.example/tern/1).", context=_LISTS),
)
GOOD = (Example("A customer's orders fail; eternity, external.", context=_LISTS), Example("Tern is down."))
