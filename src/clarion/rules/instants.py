"""Times in texts are references to instants, written ``{2026-11-25T15:30Z}`` and shown to each reader in
UTC and in their own zone.

What people approve is the reference, so that no rendering and no change of a zone's rules can change what
was said. One form only: UTC, to the minute or the second, after ISO 8601 and RFC 3339.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from clarion.rules.times import spoken_time
from clarion.rules.types import require_aware
from clarion.rules.wording import ENGLISH, Wording

#: How one is written, for people who are told so.
EXAMPLE = "{2026-11-25T15:30Z}"
#: Years outside of this are slips of the pen, and some cannot be said in every zone.
YEARS = range(1970, 3000)

REFERENCE = re.compile(r"\{([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)Z\}")
#: Braces around what looks like a date or a clock: somebody meant a reference.
_MEANT = re.compile(r"\{[^{}\n]{0,20}?(?:[0-9]{4}-[0-9]|[0-9]:[0-9])[^{}\n]{0,40}\}")
#: What stays as it is in a Markdown source: fenced and inline code, and any sign after a backslash.
KEPT = re.compile(
    r"(?P<kept>^(?P<fence>```++|~~~++)[^\n]*+\n[\s\S]*?(?:^(?P=fence)[^\n]*$|\Z)"
    r"|(?<!`)(?P<ticks>`++)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)(?P=ticks)(?!`)|\\[\s\S])|(?P<reference>"
    + REFERENCE.pattern
    + ")",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in a text: the instant in UTC, and where it stands, in characters."""

    at: datetime
    start: int
    end: int


def reference(moment: datetime) -> str:
    """How an instant is written into a text, to the minute. Raises ValueError without a zone."""
    return f"{{{require_aware(moment).replace(tzinfo=None).isoformat(timespec='minutes')}Z}}"


def read(written: str) -> datetime | None:
    """The instant that ``{…Z}`` refers to; None when there is no such moment or it is no reference."""
    match = REFERENCE.fullmatch(written)
    if match is None:
        return None
    try:
        at = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.year in YEARS else None


def references(body: str) -> list[Found]:
    """The references of a text in light Markdown, in order; those in code are literal and not among them."""
    found = []
    for match in KEPT.finditer(body):
        at = read(match["reference"] or "")
        if at is not None:
            found.append(Found(at, match.start(), match.end()))
    return found


def broken(body: str) -> list[str]:
    """What somebody meant as a reference and is none, such as ``{2026-02-30T10:00Z}`` or ``{15:30}``."""
    prose = KEPT.sub(lambda match: " " if match["kept"] else match[0], body)
    return [match[0] for match in _MEANT.finditer(prose) if read(match[0]) is None]


def spoken(line: str, zone: str, words: Wording = ENGLISH) -> str:
    """A plain line, such as a title, with its references said in UTC and in the zone."""
    return REFERENCE.sub(_in(zone, words), line)


def spoken_markdown(body: str, zone: str, words: Wording = ENGLISH) -> str:
    """A text in light Markdown with its references said in UTC and in the zone; code stays as it is."""
    say = _in(zone, words)
    return KEPT.sub(lambda match: match[0] if match["kept"] else say(match), body)


def _in(zone: str, words: Wording) -> Callable[[re.Match[str]], str]:
    def say(match: re.Match[str]) -> str:
        at = read(match["reference"] if "reference" in match.re.groupindex else match[0])
        return match[0] if at is None else spoken_time(at, zone, words)

    return say
