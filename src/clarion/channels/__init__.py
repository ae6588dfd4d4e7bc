"""Outbound channels, one per file. Leaves: no Django, no database, no knowledge of each other.

Every channel module has:

``LABEL``
    what people call it.
``Config``
    a frozen dataclass of its settings.
``clean_address(address: str, *, config: Config | None = None) -> str``
    the address in the one form that is stored; raises ``BadAddress`` with a sentence for a person.
``new_secret() -> str`` and ``clean_secret(secret: str) -> str``, only on a channel that signs
    a new secret for a reader; one that a reader brought, or ``BadAddress``.
``connect(config: Config) -> contextmanager of Session``
    opens what is kept open over many sends. ``Session.send(message, parcel, *, now) -> Outcome`` gives
    ``Sent``, ``Retry`` or ``Refused`` and raises nothing: the channel alone knows what is worth
    another try. No outcome's text contains a secret. On the channel that reaches our own people there is
    ``notify(notice, parcel, *, now) -> Outcome`` besides.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from clarion.rules.delivery import Message, Outcome, Parcel
from clarion.rules.notices import Notice


class BadAddress(ValueError):
    """The address cannot be used on this channel; the message says why and what would do."""


class Session(Protocol):
    def send(self, message: Message, parcel: Parcel, *, now: datetime) -> Outcome: ...


class NoticeSession(Protocol):
    def notify(self, notice: Notice, parcel: Parcel, *, now: datetime) -> Outcome: ...


class Channel(Protocol):
    LABEL: str
    Config: type[Any]

    def clean_address(self, address: str, *, config: Any = None) -> str: ...
    def connect(self, config: Any) -> AbstractContextManager[Session]: ...
