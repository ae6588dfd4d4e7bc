"""Long lists in pieces: each piece begins after the last row of the one before, however the list grows."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from clarion.rules.errors import Invalid
from clarion.store import tokens


def piece(
    found: QuerySet[Any], *, by: Sequence[str], name: str, cursor: str, limit: int
) -> tuple[list[Any], str]:
    """Up to ``limit`` rows after ``cursor``, and the cursor for the next piece (empty at the end).

    ``by`` are the order's fields, a minus for descending; together they name one row. ``name`` is the
    list's own: a cursor is signed for it and opens no other. Raises Invalid for any other cursor.
    """
    fields = [field.removeprefix("-") for field in by]
    if cursor:
        found = found.filter(_after(by, fields, _read(cursor, name)))
    rows = list(found.order_by(*by)[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, _write([getattr(rows[-1], field) for field in fields], name) if more else ""


def _after(by: Sequence[str], fields: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come later: later in the first field, or equal there and later in the next, and so on."""
    condition = Q()
    for place, order in enumerate(by):
        step = "lt" if order.startswith("-") else "gt"
        equal = dict(zip(fields[:place], values[:place], strict=True))
        condition |= Q(**equal, **{f"{fields[place]}__{step}": values[place]})
    return condition


def _write(values: Sequence[Any], name: str) -> str:
    plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    packed = base64.urlsafe_b64encode(json.dumps(plain).encode())
    return tokens.token(f"cursor.{name}", packed.decode("ascii"))


def _read(cursor: str, name: str) -> list[Any]:
    packed = tokens.value_of(f"cursor.{name}", cursor)
    if packed is None:
        raise Invalid(
            "This cursor does not belong to this list. Follow `next` as it was given.", field="cursor"
        )
    values: list[Any] = json.loads(base64.urlsafe_b64decode(packed))
    return values
