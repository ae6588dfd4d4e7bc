"""How programs are shown the times in texts: as readers see them, and those that are no references yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from pydantic import Field

from clarion.rules.bare_times import Placed, in_texts
from clarion.rules.instants import spoken
from clarion.rules.prose import to_plain
from clarion.web.api.schemas import Output, Stamp


class TextOut(Output):
    title: str
    body: str


class BareTimeOut(Output):
    """A time typed as words: readers of other zones cannot tell when it is."""

    audience: str
    part: str = Field(description="`title` or `body`.")
    start: int = Field(description="Where it begins in that part, in characters.")
    end: int
    words: str
    code: str = Field(description="`no_reference`, `twice`, `never`, `which_zone`, `which_day`, `no_clock`.")
    text: str = Field(description="What is wrong with it, as a sentence.")
    instants: list[Stamp] = Field(description="What it can mean; two where clocks go back.")
    suggestion: str = Field(description="The reference to write instead; empty when that cannot be said.")


def read_as(texts: Mapping[str, Mapping[str, str]]) -> dict[str, TextOut]:
    """The texts by audience as readers of the page get them: plain, times in UTC and in the page's zone."""
    zone = settings.CLARION.time_zone
    return {
        name: TextOut(title=spoken(text["title"], zone), body=to_plain(text["body"], zone))
        for name, text in texts.items()
    }


def bare_times_out(texts: Mapping[str, Mapping[str, str]], near: datetime) -> list[BareTimeOut]:
    """The times in words of these texts, written at about ``near``."""
    return [_out(placed) for placed in in_texts(texts, zone=settings.CLARION.time_zone, near=near)]


def _out(placed: Placed) -> BareTimeOut:
    bare = placed.bare
    return BareTimeOut(
        audience=placed.audience,
        part=placed.part,
        start=bare.start,
        end=bare.end,
        words=bare.words,
        code=bare.reason.code,
        text=bare.reason.text,
        instants=list(bare.instants),
        suggestion=bare.suggestion,
    )
