"""Audiences, and texts that exist only for an audience.

A page, feed or channel that anybody can read takes ``PublicText``. An ``InternalText`` stays inside the
organisation, and a ``RestrictedText`` is for named people outside it, such as a regulator: neither can
become public. The type checker refuses it where it is written, and the constructor refuses it when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a text is for. ``public`` means anybody may read it, ``inside`` means the organisation alone."""

    name: str
    label: str
    public: bool = False
    inside: bool = False
    longest_words: int = 0
    """Words of a body that this audience reads to the end; 0 for no limit."""

    def __post_init__(self) -> None:
        if self.public and self.inside:
            raise WrongAudience(f"{self.label} cannot be the public and the inside at once")


class WrongAudience(ValueError):
    """A text was handed to a reader it was not written for."""


CUSTOMERS = Audience("customers", "Customers", public=True, longest_words=120)
KEY_ACCOUNTS = Audience("key_accounts", "Key accounts", longest_words=160)
PARTNERS = Audience("partners", "Partners", longest_words=160)
REGULATORS = Audience("regulators", "Regulators")
EXECUTIVES = Audience("executives", "Executives", inside=True, longest_words=150)
SUPPORT = Audience("support", "Support agents", inside=True)
INTERNAL = Audience("internal", "Internal teams", inside=True)

#: Those outside first, as screens show them.
AUDIENCES = {
    audience.name: audience
    for audience in (CUSTOMERS, KEY_ACCOUNTS, PARTNERS, REGULATORS, EXECUTIVES, SUPPORT, INTERNAL)
}


@dataclass(frozen=True, slots=True)
class Text:
    """A title and a body in Clarion's light Markdown, written for one audience."""

    audience: Audience
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class PublicText(Text):
    """A text that anybody may read."""

    def __post_init__(self) -> None:
        if not self.audience.public:
            raise WrongAudience(f"a text for {self.audience.label} may not be shown to the public")


@dataclass(frozen=True, slots=True)
class RestrictedText(Text):
    """A text for named people outside, which the public may not read."""

    def __post_init__(self) -> None:
        if self.audience.public or self.audience.inside:
            raise WrongAudience(f"a text for {self.audience.label} is not for named people outside")


@dataclass(frozen=True, slots=True)
class InternalText(Text):
    """A text that stays inside the organisation."""

    def __post_init__(self) -> None:
        if not self.audience.inside:
            raise WrongAudience(f"a text for {self.audience.label} is not an internal text")


def text_for(audience_name: str, title: str, body: str) -> PublicText | RestrictedText | InternalText:
    """The text as the type its audience allows; raises KeyError for an unknown audience."""
    audience = AUDIENCES[audience_name]
    if audience.public:
        return PublicText(audience, title, body)
    kind = InternalText if audience.inside else RestrictedText
    return kind(audience, title, body)
