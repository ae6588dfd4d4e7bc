"""JSON from outside, read strictly: what two readers could understand differently is refused.

Refused are duplicate keys, ``NaN`` and ``Infinity``, numbers too long or too large to keep, bytes that
are not UTF-8, lone surrogates, and nesting deeper than ``DEEPEST``. Source: RFC 8259 and the
interoperable subset of it in RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from clarion.rules.intake import Unreadable
from clarion.rules.plaintext import cut, one_line, some_lines, stable_name

DEEPEST = 64
#: The web's own, smaller limit answers 413 before a body gets here.
MOST_BYTES = 4_000_000
LONGEST_NUMBER = 40

#: A string (even an unfinished one, so that no character is looked at twice) or a bracket outside strings.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)
#: RFC 3339: a date, a time and a zone.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def load(body: bytes, *, max_bytes: int = MOST_BYTES) -> Any:
    """The value that ``body`` holds. Raises Unreadable naming the place, and nothing else."""
    if len(body) > max_bytes:
        raise Unreadable("body", f"has {len(body)} bytes; at most {max_bytes} are read. Send less at once.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("body", f"is not UTF-8 at byte {error.start}. Send JSON in UTF-8.") from None
    _refuse_deep(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise Unreadable("body", problem) from None
    if "\\u" in text:  # decoded UTF-8 holds no surrogates, so only an escape can bring one in
        _refuse_lone_surrogates(value)
    return value


def _refuse_deep(text: str) -> None:
    """Counts brackets before the parser runs, since the parser would recurse into them.

    In a text that is no JSON the count may be off, but the parser stops at its first mistake, and up to
    there the count is right.
    """
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth > DEEPEST:
                raise Unreadable("body", f"is nested more than {DEEPEST} levels deep. Send a flatter one.")
        elif token[0] in ("]", "}"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(shown_key(name), "stands twice in the same object. Send each key once.")
        found[name] = value
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise Unreadable("body", f"holds {word}, which is not JSON. Send a number, a text or null instead.")


def _float(digits: str) -> float:
    number = float(digits)
    if len(digits) > LONGEST_NUMBER or not math.isfinite(number):
        raise Unreadable("body", "holds a number too large or too long to keep. Send it as text.")
    return number


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Unreadable("body", "holds a number too large or too long to keep. Send it as text.")
    return int(digits)


def _refuse_lone_surrogates(value: Any) -> None:
    waiting = [("", value)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, dict):
            waiting.extend((path, name) for name in found)
            waiting.extend((_join(path, name), item) for name, item in found.items())
        elif isinstance(found, list):
            waiting.extend((f"{path}[{index}]", item) for index, item in enumerate(found))
        elif isinstance(found, str) and any("\ud800" <= character <= "\udfff" for character in found):
            Node(found, path).refuse(
                "holds half of a surrogate pair, which is no character. Send whole ones."
            )


def shown_key(name: str) -> str:
    """A key as it may stand in a message: on one line, short, and never empty."""
    return one_line(name, 60) or '""'


def _join(path: str, name: str) -> str:
    return cut(f"{path}.{shown_key(name)}", 200) if path else shown_key(name)


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value that knows where it stands, so that every complaint names the place.

    An optional value may be missing or ``null``. Every method raises Unreadable and nothing else.
    """

    value: Any
    path: str = ""
    """Such as ``alerts[2].startsAt``; empty for the whole, which messages call ``body``."""

    def at(self, name: str) -> Node:
        """The member of that name; a missing one is ``null``."""
        return Node(self.members().get(name), _join(self.path, name))

    def refuse(self, problem: str) -> NoReturn:
        raise Unreadable(self.path or "body", problem)

    def members(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            self.refuse(f"must be an object, not {_kind(self.value)}.")
        return self.value

    def items(self) -> list[Node]:
        """The members of a list of at least one."""
        if not isinstance(self.value, list):
            self.refuse(f"must be a list, not {_kind(self.value)}.")
        if not self.value:
            self.refuse("is empty. Send at least one.")
        return [Node(item, f"{self.path}[{index}]") for index, item in enumerate(self.value)]

    def text(self) -> str:
        """A text that is not blank, as it was sent."""
        if not isinstance(self.value, str):
            self.refuse(f"must be a text, not {_kind(self.value)}.")
        if not self.value.strip():
            self.refuse("is empty. Send a text.")
        return self.value

    def optional_text(self) -> str:
        """A text as it was sent; ``""`` for none."""
        if self.value is None or self.value == "":
            return ""
        if not isinstance(self.value, str):
            self.refuse(f"must be a text, not {_kind(self.value)}.")
        return self.value

    def name(self, limit: int) -> str:
        """A text that identifies: never changed, so refused when it is too long or holds controls."""
        text = self.text()
        if len(text) > limit:
            self.refuse(f"has {len(text)} characters; at most {limit} are kept. Send a shorter one.")
        if one_line(text, limit) != text:
            self.refuse("must be one line without control characters and without needless spaces.")
        return text

    def one_of(self, words: Iterable[str]) -> str:
        allowed = tuple(words)
        if self.value not in allowed or not isinstance(self.value, str):
            self.refuse(f"must be {' or '.join(allowed)}.")
        return self.value

    def count(self) -> int:
        """A whole number of at least 0; 0 for none."""
        if self.value is None:
            return 0
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            self.refuse("must be a whole number of at least 0.")
        return self.value

    def moment(self) -> datetime:
        """An RFC 3339 time as aware UTC; digits finer than a microsecond are dropped."""
        text = self.text()
        if not _MOMENT.fullmatch(text):
            self.refuse("must be a time with its zone, such as 2026-03-01T14:05:00Z.")
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse("is not a time that exists. Check month, day, hour and zone.")

    def words(self, *, limit: int) -> dict[str, str]:
        """An object of texts made fit to show, each cut at ``limit`` characters; empty for none."""
        if self.value is None:
            return {}
        found = {}
        for name in self.members():
            text = self.at(name).optional_text()
            found[stable_name(name, 100)] = some_lines(text, limit)
        return found


def _kind(value: Any) -> str:
    """What a value is, said without repeating it: it may be long, or not for every reader."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
