"""Names: the register of those that stay inside or need care."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from clarion.actions import name as actions
from clarion.rules.errors import Invalid
from clarion.rules.names import KINDS, LONGEST_NAME, LONGEST_NOTE, MOST_LINES
from clarion.store.queries import names as queries
from clarion.web.api.auth import caller
from clarion.web.api.operations import do, reads, subject_id, writes
from clarion.web.api.schemas import Cursor, Input, Limit, Output, Page, Stamp, page

router = Router(tags=["names"])


def _read_day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("Write a day such as 2027-03-31.") from None


Kind = Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Day = Annotated[date, BeforeValidator(_read_day), Field(json_schema_extra={"format": "date"})]
LAST_DAY = "The last day, in UTC, on which it is looked for; null: for good."


class NameIn(Input):
    kind: Kind
    name: Name
    aliases: list[Name] = Field(default=[], description="Other spellings.")
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    ends_on: Day | None = Field(default=None, description=LAST_DAY)


class NamesIn(Input):
    csv: Annotated[
        str,
        Field(
            max_length=500_000,
            description=f"At most {MOST_LINES} lines: kind, name, aliases (`|` between), note, ends_on.",
        ),
    ]


class NameOut(Output):
    id: str
    kind: Kind
    name: str
    aliases: list[str]
    note: str
    ends_on: date | None = Field(description=LAST_DAY)
    state: Annotated[str, Field(json_schema_extra={"enum": list(queries.STATES)})]
    created_at: Stamp
    retired_at: Stamp | None


class RefusedLine(Output):
    line: int = Field(description="From 1, as in the text that was sent.")
    field: str
    detail: str


class NamesAdded(Output):
    """What became of each line: added, or refused with the reason."""

    added: list[str] = Field(description="Ids, in the order of the lines.")
    refused: list[RefusedLine]


def _shown(request: HttpRequest, row: Any) -> NameOut:
    plain = {name: getattr(row, name) for name in NameOut.model_fields if name != "state"}
    return NameOut(**plain, state=queries.state_of(row, caller(request).now))


@reads(router, "/names", scope="names:read", out=Page[NameOut])
def list_names(
    request: HttpRequest,
    kind: Annotated[str, Query(description=f"One of {', '.join(KINDS)}.")] = "",
    state: Annotated[str, Query(description=f"One of {', '.join(queries.STATES)}.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[NameOut]:
    """List the names on the register, in the order of the alphabet."""
    for field, given, known in (("kind", kind, KINDS), ("state", state, queries.STATES)):
        if given and given not in known:
            raise Invalid(f"{given!r} is not one of {', '.join(known)}.", field=field)
    found = queries.names(kind=kind, state=state, now=caller(request).now)
    return page(
        request, found, lambda row: _shown(request, row), by=("key", "id"), limit=limit, cursor=cursor
    )


@writes(
    router,
    "/names",
    scope="names:write",
    status=201,
    out=NameOut,
    example={"kind": "customer", "name": "Example Bank", "aliases": ["ExBank"], "ends_on": "2099-12-31"},
)
def add_name(request: HttpRequest, body: NameIn) -> tuple[Any, NameOut]:
    """Put a name on the register: texts for outsiders are searched for it from now on."""
    entry = do(request, actions.add_name, **body.model_dump())
    return entry, _shown(request, queries.name(subject_id(entry)))


@writes(
    router,
    "/names/import",
    scope="names:write",
    status=201,
    out=NamesAdded,
    example={"csv": "kind,name,aliases\nsupplier,Example Cloud,ExCloud|EC Hosting\n"},
)
def import_names(request: HttpRequest, body: NamesIn) -> tuple[Any, NamesAdded]:
    """Put many names on the register.

    Lines that cannot be added are refused by number, with the reason; the others are added. When none can
    be, nothing is.
    """
    entry = do(request, actions.import_names, csv=body.csv)
    refused = [RefusedLine(**each) for each in entry.data["refused"]]
    return entry, NamesAdded(added=list(entry.data["added"]), refused=refused)


@reads(router, "/names/{name_id}", scope="names:read", out=NameOut)
def read_name(request: HttpRequest, name_id: str) -> NameOut:
    """Read one name."""
    return _shown(request, queries.name(name_id))


@writes(
    router,
    "/names/{name_id}",
    method="PUT",
    scope="names:write",
    out=NameOut,
    example={"kind": "customer", "name": "Example Bank", "aliases": ["ExBank", "Example Banking"]},
)
def change_name(request: HttpRequest, name_id: str, body: NameIn) -> tuple[Any, NameOut]:
    """Say anew what the register holds of a name; what is left out is empty."""
    entry = do(request, actions.change_name, name_id=name_id, **body.model_dump())
    return entry, _shown(request, queries.name(name_id))


@writes(router, "/names/{name_id}", method="DELETE", scope="names:write", out=NameOut)
def retire_name(request: HttpRequest, name_id: str) -> tuple[Any, NameOut]:
    """Take a name off the register: texts may say it from now on. It stays on record."""
    entry = do(request, actions.retire_name, name_id=name_id)
    return entry, _shown(request, queries.name(name_id))
