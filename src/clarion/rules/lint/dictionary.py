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
_BEFORE = re.compile(r"^\W+")


def look(view: View, context: Context) -> Iterator[Mark]:
    """Whole words, whatever the case: in title, body and links.

    What stops a text comes first, since not all is counted where there is much of it.
    """
    said_of = {kind: _KINDS.get(kind, _OTHER) for kind in context.dictionaries}
    for kind in sorted(said_of, key=lambda kind: said_of[kind].severity != SEVERITY):
        said, names = said_of[kind], context.dictionaries[kind]
        index = _index(tuple(names))
        for reading in view.readings:
            if index.keys().isdisjoint(reading.words):
                continue
            for start, end in _spans(reading.text, index):
                yield Mark(
                    reading, start, end, severity=said.severity, reason=said.why, replacement=said.instead
                )


def _spans(text: str, index: _Index) -> Iterator[tuple[int, int]]:
    """Where names stand, none within another, the longest of those that begin at a word."""
    found = list(_WORD.finditer(text))
    words = [word[0].casefold() for word in found]
    end = 0
    for place, word in enumerate(words):
        if word not in index or found[place].start() < end:
            continue
        lengths, names = index[word]
        for length in lengths:
            spelled = names.get(tuple(words[place : place + length]))
            match = _pattern(spelled).match(text, found[place].start()) if spelled else None
            if match:
                end = match.end()
                yield match.span()
                break


#: By first word: of how many words the names are that begin with it, the most first, and those names.
_Index = Mapping[str, tuple[tuple[int, ...], Mapping[tuple[str, ...], tuple[str, ...]]]]


@lru_cache(maxsize=32)
def _index(names: tuple[str, ...]) -> _Index:
    """The names as they are looked for: a text costs a look for each of its words, not for each name."""
    by_word: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}
    for name in dict.fromkeys(names):
        plain = " ".join(folded(name).split())
        words = tuple(word.casefold() for word in _WORD.findall(plain))
        if words:
            spelled = _BEFORE.sub("", plain)
            those = by_word.setdefault(words[0], {})
            those[words] = (*those.get(words, ()), spelled)
    return {
        first: (tuple(sorted({len(words) for words in those}, reverse=True)), those)
        for first, those in by_word.items()
    }


@lru_cache(maxsize=4096)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these names, which differ in what stands between their words."""
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
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
