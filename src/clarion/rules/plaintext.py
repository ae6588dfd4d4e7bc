"""Text from outside made fit for a screen, a log line, a database column and a link.

A terminal obeys escape sequences, and a log is read line by line: a title that carries either could
forge what a person sees. So they are replaced, visibly, with U+FFFD. A cut ends in ``…``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from clarion.rules.errors import Invalid

LONGEST_LINK = 2000

#: Escape sequences of ECMA-48: CSI with its parameters, and OSC, DCS, SOS, PM, APC with their text. The
#: text is bounded, so that a body full of unfinished sequences is still read in linear time.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,100}[ -/]{0,10}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]{0,300}(?:\x07|\x1b\\|\x9c)"
)
#: Controls, writing-direction overrides (they show a text in another order than it is stored), lone
#: surrogates and non-characters. Line end and tab are left to the caller.
_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
#: What no database column takes: PostgreSQL no NUL, and UTF-8 no half of a surrogate pair.
_NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK = re.compile(r"\s+")


def one_line(text: str, limit: int) -> str:
    """At most ``limit`` characters on one line: blanks and line ends become one space, controls U+FFFD."""
    without_escapes = _ESCAPES.sub("\ufffd", text)
    return cut(_NOT_SHOWN.sub("\ufffd", _BLANK.sub(" ", without_escapes).strip()), limit)


def some_lines(text: str, limit: int) -> str:
    """At most ``limit`` characters; line ends become ``\\n``, controls U+FFFD."""
    without_escapes = _ESCAPES.sub("\ufffd", text)
    return cut(_NOT_SHOWN.sub("\ufffd", _LINE_ENDS.sub("\n", without_escapes)).strip(), limit)


def require_storable(**texts: object) -> None:
    """Passes when every text can be kept as it is; raises Invalid naming the argument otherwise.

    For what people and programs write: their words are refused rather than changed. A mapping or list is
    looked through, its keys too; what is no text passes.
    """
    for field, value in texts.items():
        if any(_NOT_KEPT.search(text) for text in _texts_in(value)):
            raise Invalid("This holds a NUL or half of a character. Take it out.", field=field)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts_in(pair)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)


def cut(text: str, limit: int) -> str:
    """The text, or its beginning and ``…`` when it has more than ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def stable_name(text: str, limit: int) -> str:
    """A name of at most ``limit`` characters (21 or more) that stays the same for the same text.

    A name that must be cleaned or cut gets part of its SHA-256 at the end, so that two different names
    never become one.
    """
    shown = one_line(text, limit)
    if shown == text:
        return text
    return f"{shown[: limit - 17]}~{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def web_link(text: str) -> str:
    """The text if it is an absolute ``http`` or ``https`` link that may be shown; otherwise ``""``.

    A link with a user name or password in it is not shown: it would hand the password to every reader.
    """
    if len(text) > LONGEST_LINK or one_line(text, LONGEST_LINK) != text or _BLANK.search(text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:  # such as an unfinished IPv6 address
        return ""
    fit = parts.scheme in ("http", "https") and host and "@" not in parts.netloc and "\\" not in text
    return text if fit else ""
