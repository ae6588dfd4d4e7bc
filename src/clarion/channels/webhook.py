"""Signed JSON to a web address, after Standard Webhooks (https://www.standardwebhooks.com).

Addresses come from readers, so a call may never reach anything but the public internet. The one
sound place to decide is the socket's own address when it is opened: no name, redirect or second
answer of a name server comes after that.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from standardwebhooks import Webhook

from clarion.channels import BadAddress
from clarion.channels._guard import is_public, parse
from clarion.channels._post import Poster
from clarion.rules.delivery import Message, Outcome, Parcel, Refused, Retry, Sent
from clarion.rules.instants import spoken, spoken_markdown
from clarion.rules.prose import to_plain
from clarion.rules.terms import STATUSPAGE_STATES
from clarion.rules.types import require_aware

LABEL = "Webhook"

#: Longest wait an endpoint may ask for, in seconds.
LONGEST_WISH = 24 * 3600.0
KEPT_BODIES = 32
FIXED_HEADERS = {"content-type": "application/json", "user-agent": "Clarion/0.1 (status updates)"}
#: Signing keys are 24 to 64 bytes (Standard Webhooks, "Signature scheme").
KEY_BYTES = range(24, 65)
#: The same for every failure below HTTP, so that nobody can explore a network by its answers.
UNREACHABLE = "the endpoint could not be reached"

_log = logging.getLogger(__name__)
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TRY_AGAIN = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class Config:
    """How endpoints are called. Times in seconds."""

    timeout: float = 15.0
    """For the whole call."""
    connect_timeout: float = 5.0
    ports: tuple[int, ...] = (80, 443, 8080, 8443)
    allow_private: tuple[str, ...] = ()
    """``host:port`` pairs, exactly as in the address, that may be called though they are not public."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""


def new_secret() -> str:
    """A new signing secret of 32 random bytes, as ``whsec_`` and base64."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode("ascii")


def clean_secret(secret: str) -> str:
    """The signing secret that a receiver brought; raises BadAddress when it cannot sign."""
    try:
        _key(secret)
    except BadSecret as error:
        raise BadAddress("A signing secret is `whsec_` and 24 to 64 bytes in base64.") from error
    return secret


def clean_address(address: str, *, config: Config | None = None) -> str:
    """The web address in its one plain form; raises BadAddress with a sentence for a person.

    Refuses early what could never be called. A name is not looked up: where it leads is judged when
    the socket is opened, each time. ``config`` brings the ports and the private pairs in force.
    """
    config = config or Config()
    url = parse(address)
    if url.pair in config.allow_private:
        return str(url)
    if url.port not in config.ports:
        ports = ", ".join(map(str, config.ports))
        raise BadAddress(f"Port {url.port} is not called. Use one of: {ports}.")
    is_number = ":" in url.host or url.host.rpartition(".")[2].isdigit()
    if is_number and not is_public(url.host):
        raise BadAddress("This address is not on the public internet, so it is not called.")
    if not is_number and ("." not in url.host or url.host.endswith((".localhost", ".local", ".internal"))):
        raise BadAddress("Use the full public name of the endpoint, such as hooks.example.org.")
    return str(url)


@contextmanager
def connect(config: Config) -> Iterator[Session]:
    """A session for one thread; keeps connections open between calls."""
    session = Session(config)
    try:
        yield session
    finally:
        session.close()


class Session:
    """Posts one delivery after another. Not for use by two threads at once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._poster = Poster(
            timeout=config.timeout, connect_timeout=config.connect_timeout, ca_file=config.ca_file
        )
        self._body = lru_cache(maxsize=KEPT_BODIES)(body_without_link)

    def send(self, message: Message, parcel: Parcel, *, now: datetime) -> Outcome:
        """Posts the update. Every try has the same webhook-id and body; ``now`` dates and signs it."""
        try:
            url = clean_address(parcel.address, config=self._config)
            body = self._body(message) + json.dumps(parcel.unsubscribe_url) + "}}"
            headers = {**FIXED_HEADERS, **signed_headers(parcel, body, now=now)}
        except (BadAddress, BadSecret) as error:
            return Refused(str(error))
        except Exception:
            _log.exception("delivery %s: the body could not be composed", parcel.delivery_id)
            return Refused("the body could not be composed; see the log")
        private = parse(url).pair in self._config.allow_private
        error_code = self._poster.post(url, headers, body.encode("ascii"), private=private)
        status = self._poster.status
        if not 200 <= status < 600:
            _log.info("delivery %s: no answer, curl error %d", parcel.delivery_id, error_code)
            return Retry(UNREACHABLE)
        return outcome_of(status, self._poster.retry_after, now=now)

    def close(self) -> None:
        self._poster.close()


class BadSecret(ValueError):
    """The signing secret is missing or malformed; create a new one"""


def signed_headers(parcel: Parcel, body: str, *, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks; raises BadSecret.

    ``parcel.secret`` may hold several secrets with spaces between, while an old one is replaced.
    """
    moment = require_aware(now)
    message_id = webhook_id(parcel.delivery_id)
    keys = [_key(secret) for secret in parcel.secret.split()]
    if not keys:
        raise BadSecret(BadSecret.__doc__)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, moment, body) for key in keys),
    }


def webhook_id(delivery_id: str) -> str:
    """The delivery's id, or its hash when it could not stand in a header or a signature."""
    if _PLAIN_ID.fullmatch(delivery_id):
        return delivery_id
    return sha256(delivery_id.encode("utf-8", "replace")).hexdigest()


def body_without_link(message: Message) -> str:
    """The JSON of a message up to the value of ``unsubscribe_url``, its last member. Pure ASCII."""
    text, zone, words = message.text, message.time_zone, message.text_words
    data: dict[str, Any] = {
        "page": {"name": message.page_name, "url": message.page_url},
        "incident": {
            "id": message.incident_id,
            "title": spoken(text.title, zone, words),
            "state": message.state,
            "status": STATUSPAGE_STATES.get(message.state, message.state),
            "impact": message.impact,
            "url": message.incident_url,
        },
        "update": {
            "id": message.update_id,
            "language": message.language,
            "body": spoken_markdown(text.body, zone, words),
            "body_plain": to_plain(text.body, zone, words),
            "published_at": _stamp(message.published_at),
        },
        "components": [{"name": name} for name in message.components],
        "next_update_at": _stamp(message.next_update_at),
        "unsubscribe_url": "",
    }
    payload = {"type": "update.published", "timestamp": _stamp(message.published_at), "data": data}
    return json.dumps(payload, separators=(",", ":")).removesuffix('""}}')


def outcome_of(status: int, retry_after: str, *, now: datetime) -> Outcome:
    """What an answer means. A 2xx status is an acceptance, whatever becomes of the rest of it."""
    if status < 300:
        return Sent(f"the endpoint answered {status}")
    if status < 400:
        return Refused(f"the endpoint answered {status}; redirects are not followed, enter the final address")
    if status == 410:
        return Refused("the endpoint answered 410: it wants no more deliveries")
    if status >= 500 or status in _TRY_AGAIN:
        return Retry(f"the endpoint answered {status}", after=wish(retry_after, now=now))
    return Refused(f"the endpoint answered {status}")


def wish(retry_after: str, *, now: datetime) -> float | None:
    """Seconds until the moment in a Retry-After header (RFC 9110 section 10.2.3), or None.

    Never below 0 nor above ``LONGEST_WISH``.
    """
    value = retry_after.strip()
    if re.fullmatch("[0-9]{1,10}", value):
        return min(float(value), LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_WISH)


def _stamp(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return require_aware(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith("whsec_") or len(key) not in KEY_BYTES:
        raise BadSecret(BadSecret.__doc__)
    return key
