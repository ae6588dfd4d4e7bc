"""What a structural rule is: one module of this folder, found by being there.

It names ``ID`` (``STR-000``), ``FAMILY``, ``SEVERITY``, ``ROLE``, ``WHY``, ``FIX``, whether it holds
``EVERYWHERE`` or for outsiders only, and ``look(view, context)``, which gives a ``Mark`` for each thing
it finds. ``BAD`` and ``GOOD`` are examples: texts with contexts that it must find or leave alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from clarion.rules.lint._context import Context
from clarion.rules.lint._reading import Reading, View
from clarion.rules.lint._types import LintText

#: The moment at which the examples are judged.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that a structural rule found: where, and what is particular about it."""

    reading: Reading
    start: int = 0
    end: int = 0
    """An empty span says that something is missing from the reading."""
    severity: str | None = None
    reason: str | None = None
    advice: str | None = None
    replacement: str | None = None
    assumed: tuple[str, ...] = ()
    about: str = ""
    """Tells two findings of one rule apart that mark no words, such as two missing facts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what was known when it was written."""

    body: str
    title: str = "Problem with checkout"
    audience: str = "customers"
    context: Context = field(default_factory=lambda: Context(now=NOON))

    @property
    def text(self) -> LintText:
        return LintText(self.title, self.body, self.audience)


def missing(view: View, *, about: str = "", assumed: tuple[str, ...] = ()) -> Mark:
    """Something that the body should say and does not."""
    return Mark(view.body, about=about, assumed=assumed)
