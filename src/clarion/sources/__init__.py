"""Inbound tools, one per file. Leaves: no Django, no database, no knowledge of each other.

Every source module has:

``LABEL``
    what people call it.
``Config``
    a frozen dataclass of its settings; secrets are tuples, so that an old and a new one both work
    while they are exchanged.
``verify(config, request, *, now) -> None``
    raises ``Unverified`` unless the request proves that it comes from the source.
``delivery_id(request) -> str``
    what names this delivery: equal for a repeat of it, different for anything new.
``parse(body: bytes) -> list[Signal]``
    raises ``Unreadable`` naming the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from clarion.rules.intake import HookRequest, Signal


class Source(Protocol):
    LABEL: str
    Config: type[Any]

    def verify(self, config: Any, request: HookRequest, *, now: datetime) -> None: ...
    def delivery_id(self, request: HookRequest) -> str: ...
    def parse(self, body: bytes) -> Sequence[Signal]: ...
