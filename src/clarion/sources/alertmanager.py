"""Prometheus Alertmanager, webhook version 4.

One message speaks of one group; it holds one or more alerts, firing and resolved mixed, and is
repeated every ``repeat_interval``. Alertmanager signs nothing: a bearer token is all it can show.
Sources: ``notify/webhook`` and ``template`` of github.com/prometheus/alertmanager, and messages
captured from version 0.25.0.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

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
from clarion.rules.plaintext import one_line, some_lines, stable_name, web_link
from clarion.rules.strictjson import Node, load

LABEL = "Prometheus Alertmanager"

SHORTEST_TOKEN = 16
#: How Go writes the time that is none; Alertmanager sends it as the end of what still fires.
NO_TIME = "0001-01-01T00:00:00Z"

_TOKEN = re.compile(rf"[!-~]{{{SHORTEST_TOKEN},}}")


@dataclass(frozen=True, slots=True)
class Config:
    """``tokens``: every bearer token that is accepted; an old and a new one while they are exchanged."""

    tokens: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", () if isinstance(self.tokens, str) else tuple(self.tokens))
        if not self.tokens:
            raise ValueError("tokens: give a list of at least one bearer token")
        if not all(isinstance(token, str) and _TOKEN.fullmatch(token) for token in self.tokens):
            raise ValueError(
                f"tokens: each must have at least {SHORTEST_TOKEN} letters, digits or signs, and no space"
            )


def verify(config: Config, request: HookRequest, *, now: datetime) -> None:
    """Raises Unverified unless ``Authorization: Bearer …`` carries one of the tokens (RFC 6750).

    Digests are compared, all of them and in constant time, so that the time taken tells neither how
    much of a guess was right nor how long a token is.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    given_digest = sha256(given.strip(" ").encode("utf-8", "replace")).digest()
    matches = [
        hmac.compare_digest(sha256(token.encode("ascii")).digest(), given_digest) for token in config.tokens
    ]
    if scheme.lower() != "bearer" or not any(matches):
        raise Unverified


def delivery_id(request: HookRequest) -> str:
    """The SHA-256 of the body in hex: Alertmanager numbers nothing, but repeats itself exactly."""
    return sha256(request.body).hexdigest()


def parse(body: bytes) -> list[Signal]:
    """One signal per alert, in their order. Raises Unreadable naming the field."""
    message = Node(load(body))
    version = message.at("version")
    if version.value != "4":
        version.refuse('must be "4", the version of Alertmanager\'s webhook that is read here.')
    message.at("status").one_of(("firing", "resolved"))
    group = stable_name(message.at("groupKey").text(), LONGEST_GROUP)
    common = message.at("commonAnnotations").words(limit=LONGEST_SUMMARY)
    left_out = message.at("truncatedAlerts").count()
    return [_signal(alert, group, common, left_out) for alert in message.at("alerts").items()]


def _signal(alert: Node, group: str, common: dict[str, str], left_out: int) -> Signal:
    labels = alert.at("labels").words(limit=LONGEST_LABEL)
    # Common annotations are those that all alerts share: an alert's own always come first.
    annotations = common | alert.at("annotations").words(limit=LONGEST_SUMMARY)
    title = annotations.get("summary") or labels.get("alertname") or "Alert without a name"
    summary = annotations.get("description") or annotations.get("message") or ""
    status = alert.at("status").one_of(("firing", "resolved"))
    return Signal(
        key=stable_name(alert.at("fingerprint").text(), LONGEST_KEY),
        group=group,
        status=status,
        title=one_line(title, LONGEST_TITLE),
        started_at=alert.at("startsAt").moment(),
        ended_at=_end(alert.at("endsAt"), status),
        severity=one_line(labels.get("severity", ""), LONGEST_SEVERITY),
        summary=_with_note(summary, left_out),
        labels=labels,
        link=web_link(alert.at("generatorURL").optional_text()),
    )


def _end(ends_at: Node, status: str) -> datetime | None:
    """When the alert ended. A firing one has not, even if the tool says when it would time out."""
    if ends_at.value in (None, NO_TIME):
        return None
    moment = ends_at.moment()
    return moment if status == "resolved" else None


def _with_note(summary: str, left_out: int) -> str:
    """``max_alerts`` makes Alertmanager leave alerts out; nobody may take what is left for everything."""
    if not left_out:
        return summary
    alerts = "1 more alert" if left_out == 1 else f"{left_out} more alerts"
    note = f"Alertmanager left out {alerts} of this group (max_alerts)."
    return some_lines(f"{note}\n{summary}", LONGEST_SUMMARY)
