"""A quick no: which patterns can match a text at all, asked of all of them at once.

RE2 answers for a hundred patterns in one pass over the text. It knows no looking around and is slow with
counted repetition, so it gets a wider pattern than the rule's own: everything the rule matches and more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2  # type: ignore[import-untyped]

_COUNTED = re.compile(r"\{(\d+),(\d*)\}")
_LOOKING = ("(?=", "(?!", "(?<=", "(?<!")
MEMORY = 64 * 1024 * 1024


def widened(pattern: str) -> str:
    """A pattern for RE2 that matches wherever this one does."""
    return _COUNTED.sub(_uncounted, _without_looking(pattern))


def _uncounted(match: re.Match[str]) -> str:
    least = int(match[1])
    return {0: "*", 1: "+"}.get(least, f"{{{min(least, 4)},}}")


def _without_looking(pattern: str) -> str:
    """The pattern without lookahead and lookbehind, which only ever narrow a match."""
    kept: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern.startswith(_LOOKING, position):
            position = _closing(pattern, position) + 1
            kept.append("(?:)")
        else:
            width = 2 if pattern[position] == "\\" else 1
            kept.append(pattern[position : position + width])
            position += width
    return "".join(kept)


def _closing(pattern: str, start: int) -> int:
    """Where the group that opens here closes."""
    depth, position, in_class = 0, start, False
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
            position += pattern.startswith("]", position + 1)
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return position
        position += 1
    raise ValueError(f"unbalanced group at {start} in {pattern!r}")


class Prefilter:
    """Asks all patterns at once. Safe for several threads."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """``patterns`` in RE2's form, as ``widened`` gives them. Raises ``re2.error`` for any other."""
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.never_capture = True
        options.max_mem = MEMORY
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()
        self._any = bool(patterns)

    def possible(self, text: str) -> list[int]:
        """Numbers of the patterns that may match somewhere in the text, in their order."""
        return sorted(self._set.Match(text) or ()) if self._any and text else []
