"""What a delivery is made of, what can come of it, and when it is tried again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from clarion.rules.audience import PublicText
from clarion.rules.wording import Wording, wording

STATES = ("pending", "claimed", "sent", "deferred", "failed", "suppressed")
FINAL_STATES = frozenset({"sent", "failed", "suppressed"})

#: First wait after a temporary failure; each further one doubles it.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
#: After this many tries, or this long, a delivery is given up and says why.
MOST_ATTEMPTS = 30
LONGEST_LIFE = timedelta(days=2)

_NOT_IN_ADDRESS = r"""\s<>()\[\]{},;:"'@"""
#: Shaped like a mail address, also with the @ as a URL writes it. Bounded, so that no text takes long.
_ADDRESS = re.compile(rf"[^{_NOT_IN_ADDRESS}]{{1,256}}(?:@|%40)[^{_NOT_IN_ADDRESS}]{{1,256}}", re.IGNORECASE)
#: Of what a peer says, no more is looked at.
_LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Message:
    """One published update as all readers of one audience and zone get it; the personal part is a Parcel."""

    update_id: str
    incident_id: str
    text: PublicText
    state: str
    """Canonical incident state, such as ``investigating``."""
    impact: str
    components: tuple[str, ...]
    published_at: datetime
    next_update_at: datetime | None
    page_name: str
    page_url: str
    incident_url: str
    time_zone: str
    """IANA name of the reader's zone, or the page's; times are said in UTC and in it."""
    first_of_incident: bool
    """The first message opens the mail thread that later ones answer."""
    language: str = "en"
    """Tag of the language of ``text`` (RFC 5646)."""
    language_name: str = "English"
    """What its speakers call it."""
    instead_of: str = ""
    """The language that these readers asked for and that is not there, by its name; else empty."""
    reader_language: str = "en"
    """Tag of the language that these readers asked for; what Clarion itself writes is in it."""

    @property
    def words(self) -> Wording:
        """What stands around the text."""
        return wording(self.reader_language)

    @property
    def text_words(self) -> Wording:
        """What is said inside the text, such as times."""
        return wording(self.language)

    @property
    def language_note(self) -> str:
        """Why the words are not in the language that was asked for; empty when they are."""
        if not self.instead_of:
            return ""
        return self.words.say("mail.no_text", wanted=self.instead_of, language=self.language_name)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one reader. ``delivery_id`` is the same on every try, so repeats are recognisable."""

    delivery_id: str
    address: str
    """Mail address, or URL of a webhook."""
    secret: str
    """Signing secret of a webhook (``whsec_…``); empty for mail."""
    unsubscribe_url: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The next hop accepted it. That is not yet received, and is never called so."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; worth another try. ``after`` is the peer's own wish in seconds, if it said one."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Will never be accepted like this."""

    reason: str


Outcome = Sent | Retry | Refused


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of a delivery after a try."""

    state: str
    reason: str
    next_at: datetime | None


def without_addresses(text: str) -> str:
    """The text with whatever is shaped like a mail address as “…”, for records that are kept for good."""
    return _ADDRESS.sub("…", text[:_LONGEST_REASON])


def wait_before(delivery_id: str, attempt: int) -> timedelta:
    """Doubling wait with ±25 % spread; the spread comes from the id, so that it can be replayed."""
    plain: timedelta = min(FIRST_WAIT * 2 ** max(attempt - 1, 0), LONGEST_WAIT)
    draw = sha256(f"{delivery_id}:{attempt}".encode()).digest()[0] / 255
    return plain * (0.75 + draw / 2)


def after_attempt(
    outcome: Outcome, *, delivery_id: str, attempt: int, created_at: datetime, now: datetime
) -> NextStep:
    """The next state of a delivery after its ``attempt``-th try (counted from 1)."""
    if isinstance(outcome, Sent):
        return NextStep("sent", outcome.detail, None)
    if isinstance(outcome, Refused):
        return NextStep("failed", outcome.reason, None)
    if attempt >= MOST_ATTEMPTS or now - created_at >= LONGEST_LIFE:
        return NextStep("failed", f"given up after {attempt} tries: {outcome.reason}", None)
    wait = wait_before(delivery_id, attempt)
    if outcome.after is not None:
        wait = max(wait, min(timedelta(seconds=outcome.after), LONGEST_WAIT))
    return NextStep("deferred", outcome.reason, now + wait)
