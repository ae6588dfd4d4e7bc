"""Clarion's own JSON format for any tool or script, signed as Standard Webhooks prescribe.

A body is ``{"signals": [...]}`` or one signal alone. A signal has ``key``, ``status`` (``firing`` or
``resolved``), ``title`` and ``started_at`` (RFC 3339), and may have ``group``, ``ended_at``,
``severity``, ``summary``, ``labels`` and ``link``. Any other key is refused by name, since a mistyped
one would otherwise be lost in silence; keys that start with ``x-`` are the sender's own and ignored.

What identifies (key, group) is refused when it is too long. What people read (title, summary, label
values) is cut instead, and ends in ``…``: no signal is lost over a long title.

Source of the signature: Standard Webhooks 1.0.0, github.com/standard-webhooks/standard-webhooks.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime

from clarion.rules.intake import (
    LONGEST_GROUP,
    LONGEST_KEY,
    LONGEST_LABEL,
    LONGEST_SEVERITY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    HookRequest,
    Signal,
    Unverified,
)
from clarion.rules.plaintext import LONGEST_LINK, one_line, some_lines, web_link
from clarion.rules.strictjson import Node, load, shown_key
from clarion.rules.types import require_aware

LABEL = "Signed JSON"

#: The standard's own tolerance, and the most that may be set: ids seen are remembered for longer.
LONGEST_TOLERANCE = 300
#: During an exchange of secrets a sender signs with two; more than this is nobody's honest request.
MOST_SIGNATURES = 10
MOST_SIGNALS = 500
MOST_LABELS = 64

SIGNAL_KEYS = (
    "key",
    "group",
    "status",
    "title",
    "started_at",
    "ended_at",
    "severity",
    "summary",
    "labels",
    "link",
)

#: Visible ASCII without the full stop, which separates the parts of what is signed.
_ID = re.compile(r"[!-\-/-~]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Config:
    """``secrets``: every ``whsec_…`` that is accepted; an old and a new one while they are exchanged.

    ``tolerance_seconds``: how far the sender's clock may be off, or a message be late, 1 to 300.
    """

    secrets: tuple[str, ...] = field(repr=False)
    tolerance_seconds: int = LONGEST_TOLERANCE

    def __post_init__(self) -> None:
        object.__setattr__(self, "secrets", () if isinstance(self.secrets, str) else tuple(self.secrets))
        if not self.secrets:
            raise ValueError("secrets: give a list of at least one signing secret")
        for secret in self.secrets:
            _key(secret)
        if not 1 <= self.tolerance_seconds <= LONGEST_TOLERANCE:
            raise ValueError(f"tolerance_seconds: must be 1 to {LONGEST_TOLERANCE}")


def _key(secret: str) -> bytes:
    """The bytes a ``whsec_…`` stands for; raises ValueError, which never repeats the secret."""
    problem = "secrets: each must be whsec_ and the base64 of 24 to 64 random bytes"
    if not isinstance(secret, str) or not secret.startswith("whsec_"):
        raise ValueError(problem)
    encoded = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        raise ValueError(problem) from None
    if not 24 <= len(key) <= 64:
        raise ValueError(problem)
    return key


def verify(config: Config, request: HookRequest, *, now: datetime) -> None:
    """Raises Unverified unless one ``v1`` signature over id, time and exact body is by one secret.

    The scheme is fixed here: nothing in a request can choose another. Every signature
    is compared with every secret in constant time, as text, so that only the one right spelling passes.
    """
    seconds = request.headers.get("webhook-timestamp", "")
    if not _SECONDS.fullmatch(seconds):
        raise Unverified
    signed = f"{delivery_id(request)}.{seconds}.".encode("ascii") + request.body
    given = request.headers.get("webhook-signature", "").split(" ")[: MOST_SIGNATURES + 1]
    expected = [_signature(secret, signed) for secret in config.secrets]
    matches = [
        hmac.compare_digest(right, found.encode("utf-8", "replace")) for right in expected for found in given
    ]
    in_time = abs(require_aware(now).timestamp() - int(seconds)) <= config.tolerance_seconds
    if len(given) > MOST_SIGNATURES or not in_time or not any(matches):
        raise Unverified


def _signature(secret: str, signed: bytes) -> bytes:
    return b"v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256"))


def delivery_id(request: HookRequest) -> str:
    """The header ``webhook-id``, the same on every try; raises Unverified without a usable one.

    The same id with another body is no repeat: whoever stores deliveries compares the bodies' hashes.
    """
    found = request.headers.get("webhook-id", "")
    if not _ID.fullmatch(found):
        raise Unverified
    return found


def parse(body: bytes) -> list[Signal]:
    """The signals in their order. Raises Unreadable naming the field."""
    message = Node(load(body))
    if "signals" not in message.members():
        return [_signal(message)]
    _refuse_unknown(message, ("signals",))
    items = message.at("signals").items()
    if len(items) > MOST_SIGNALS:
        message.at("signals").refuse(f"holds {len(items)} signals; at most {MOST_SIGNALS} are read at once.")
    return [_signal(item) for item in items]


def _signal(item: Node) -> Signal:
    _refuse_unknown(item, SIGNAL_KEYS)
    key = item.at("key").name(LONGEST_KEY)
    group = item.at("group")
    status = item.at("status").one_of(("firing", "resolved"))
    started_at = item.at("started_at").moment()
    labels = item.at("labels")
    if labels.value and len(labels.members()) > MOST_LABELS:
        labels.refuse(f"holds {len(labels.members())} labels; at most {MOST_LABELS} are kept. Send fewer.")
    return Signal(
        key=key,
        group=group.name(LONGEST_GROUP) if group.optional_text() else key,
        status=status,
        title=one_line(item.at("title").text(), LONGEST_TITLE),
        started_at=started_at,
        ended_at=_end(item.at("ended_at"), status, started_at),
        severity=one_line(item.at("severity").optional_text(), LONGEST_SEVERITY),
        summary=some_lines(item.at("summary").optional_text(), LONGEST_SUMMARY),
        labels=labels.words(limit=LONGEST_LABEL),
        link=_link(item.at("link")),
    )


def _refuse_unknown(node: Node, known: tuple[str, ...]) -> None:
    unknown = [shown_key(key) for key in node.members() if key not in known and not key.startswith("x-")]
    if unknown:
        names = ", ".join(unknown[:5])
        node.refuse(f"has unknown keys: {names}. Use {', '.join(known)}, or start your own keys with x-.")


def _end(ended_at: Node, status: str, started_at: datetime) -> datetime | None:
    if ended_at.value is None:
        return None
    if status == "firing":
        ended_at.refuse("does not fit a firing signal. Leave it out, or send status resolved.")
    moment = ended_at.moment()
    if moment < started_at:
        ended_at.refuse("lies before started_at. Check both times and their zones.")
    return moment


def _link(link: Node) -> str:
    address = link.optional_text()
    if address and not web_link(address):
        link.refuse(
            "must be an absolute https:// or http:// link without a password, of at most "
            f"{LONGEST_LINK} characters."
        )
    return address
