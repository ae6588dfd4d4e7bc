"""STR-009: short sentences, in words that the audience can read at once."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules.lint._context import Context
from clarion.rules.lint._prose import grade, words
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import Example, Mark

ID = "STR-009"
FAMILY = "structure"
SEVERITY = "info"
ROLE = "clarity"
EVERYWHERE = True
WHY = "The sentence has more than 25 words."
FIX = "Split it: one thought in each sentence."

MOST_WORDS = 25
#: School years that a reader needs. Customers: at most 8; the others are house defaults.
GRADES = {"customers": 8.0, "executives": 11.0, "support": 10.0, "internal": 12.0, "regulators": 14.0}
OTHER_GRADE = 8.0
#: Below so many words the formula says little.
ENOUGH_WORDS = 15


def look(view: View, context: Context) -> Iterator[Mark]:
    """Each long sentence, and the body as a whole when its reading grade is too high."""
    for start, end in view.body.sentences:
        count = len(words(view.body.text[start:end]))
        if count > MOST_WORDS:
            yield Mark(
                view.body, start, end, reason=f"The sentence has {count} words, more than {MOST_WORDS}."
            )
    limit = GRADES.get(view.text.audience, OTHER_GRADE)
    if len(words(view.body.text)) >= ENOUGH_WORDS and (level := grade(view.body)) > limit:
        reason = (
            f"Reading this takes about {level:.0f} years of school; for these readers keep to {limit:.0f}."
        )
        yield Mark(view.body, reason=reason, advice="Use shorter words and sentences.", about="grade")


BAD = (
    Example(" ".join(["word"] * 26) + "."),
    Example(
        "Considerable authentication degradation necessitated reconfiguration of interdependent "
        "infrastructure components. Organisational stakeholders experienced intermittent "
        "unavailability of transactional functionality."
    ),
)
GOOD = (
    Example(" ".join(["word"] * 25) + "."),
    Example("Pages load slowly. You do not need to do anything. " * 4),
)
