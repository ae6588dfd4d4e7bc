"""Audiences, and texts that exist only for an audience.

A page, feed or channel that reaches outsiders takes ``PublicText``. An ``InternalText`` cannot become
one: the type checker refuses it where it is written, and the constructor refuses it when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a text is for. ``public`` means outsiders read it."""

    name: str
    label: str
    public: bool


CUSTOMERS = Audience("customers", "Customers", public=True)
INTERNAL = Audience("internal", "Internal teams", public=False)

AUDIENCES = {audience.name: audience for audience in (CUSTOMERS, INTERNAL)}


class WrongAudience(ValueError):
    """A text was handed to a reader it was not written for."""


@dataclass(frozen=True, slots=True)
class Text:
    """A title and a body in Clarion's light Markdown, written for one audience."""

    audience: Audience
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class PublicText(Text):
    """A text that outsiders may read."""

    def __post_init__(self) -> None:
        if not self.audience.public:
            raise WrongAudience(f"a text for {self.audience.label} may not be shown to the public")


@dataclass(frozen=True, slots=True)
class InternalText(Text):
    """A text that stays inside the organisation."""

    def __post_init__(self) -> None:
        if self.audience.public:
            raise WrongAudience(f"a text for {self.audience.label} is not an internal text")


def text_for(audience_name: str, title: str, body: str) -> PublicText | InternalText:
    """The text as the type its audience allows; raises KeyError for an unknown audience."""
    audience = AUDIENCES[audience_name]
    kind = PublicText if audience.public else InternalText
    return kind(audience, title, body)
