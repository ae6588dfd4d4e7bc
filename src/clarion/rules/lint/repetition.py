"""STR-013: an update that repeats the last one."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from clarion.rules.lint._context import Context, Published
from clarion.rules.lint._prose import words
from clarion.rules.lint._reading import View, read_published
from clarion.rules.lint._structure import NOON, Example, Mark

ID = "STR-013"
FAMILY = "structure"
SEVERITY = "warn"
ROLE = "clarity"
EVERYWHERE = True
WHY = "The text is almost the same as the last update, so readers learn to skip it."
FIX = "Say what has changed or been ruled out since."

ALIKE = 0.9
#: Only so many words of each are compared, since comparing takes time in the square of their number.
MOST_WORDS = 400


def look(view: View, context: Context) -> Iterator[Mark]:
    """Compared word by word, without numbers: another time of the next update is no news."""
    if context.last is None:
        return
    before = _words(read_published(context.last.title, context.last.body).body.text)
    now = _words(view.body.text)
    if before and now and similarity(before, now) > ALIKE:
        yield Mark(view.body, about="same")


def similarity(one: list[str], other: list[str]) -> float:
    """The share of words that two texts have in common in the same order, from 0 to 1."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() <= ALIKE or matcher.quick_ratio() <= ALIKE:
        return 0.0
    return matcher.ratio()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in words(text)[:MOST_WORDS]]


_LAST = Published("", "Some orders still fail. Our team works on it. Next update by 12:00 UTC.")
BAD = (
    Example(
        "Some orders still fail. Our team works on it. Next update by 13:00 UTC.",
        context=Context(now=NOON, last=_LAST),
    ),
)
GOOD = (
    Example(
        "We have ruled out the network. Next update by 13:00 UTC.", context=Context(now=NOON, last=_LAST)
    ),
    Example(_LAST.body),
)
