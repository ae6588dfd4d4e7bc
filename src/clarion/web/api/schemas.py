"""The forms that all operations share: strict on the way in, complete on the way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query
from ninja.parser import Parser
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from clarion.rules import strictjson, terms
from clarion.rules.access import REVIEW_ROLES, ROLE_LABELS, SCOPES
from clarion.rules.draft import PHASES
from clarion.rules.intake import Unreadable
from clarion.rules.policy.facts import CONFIRMATIONS, words_of
from clarion.rules.types import require_aware
from clarion.store.queries import paging

LONGEST_TITLE = 300
LONGEST_TEXT = 5000


class StrictParser(Parser):
    """JSON in the one way Clarion reads it; texts without NUL, which no database and no mail can carry."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises Unreadable naming the place."""
        value = strictjson.load(request.body)
        if b"\\u0000" in request.body:  # as a plain byte it is no JSON
            _refuse_nul(value, "")
        return value


def _refuse_nul(value: Any, path: str) -> None:
    if isinstance(value, str) and "\x00" in value:
        raise Unreadable(path or "body", "holds a NUL character. Take it out.")
    if isinstance(value, dict):
        for name, item in value.items():
            place = f"{path}.{strictjson.shown_key(name)}" if path else strictjson.shown_key(name)
            _refuse_nul(name, place)
            _refuse_nul(item, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_nul(item, f"{path}[{index}]")


def _read_moment(value: Any) -> datetime:
    """An RFC 3339 text as aware UTC; ValueError with a sentence for anything else."""
    try:
        return strictjson.Node(value).moment()
    except Unreadable as error:
        raise ValueError(f"It {error.problem}") from None


def _write_moment(value: datetime) -> str:
    return require_aware(value).replace(tzinfo=None).isoformat() + "Z"


Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    Field(
        description="RFC 3339 with its zone, such as 2026-03-01T14:05:00Z.",
        json_schema_extra={"format": "date-time"},
    ),
]
Stamp = Annotated[
    datetime,
    PlainSerializer(_write_moment, return_type=str),
    Field(description="RFC 3339, UTC.", json_schema_extra={"format": "date-time"}),
]


def _words(words: Sequence[str]) -> Any:
    """Lists the words in the docs; the action refuses others, in the same words as on every face."""
    return Field(json_schema_extra={"enum": list(words)})


Title = Annotated[str, Field(max_length=LONGEST_TITLE)]
LongText = Annotated[str, Field(max_length=LONGEST_TEXT)]
Severity = Annotated[str, _words(terms.SEVERITIES)]
Category = Annotated[str, _words(terms.CATEGORIES)]
Confirmation = Annotated[str, _words(CONFIRMATIONS)]
OutageScope = Annotated[str, _words(words_of("outage_scope"))]
BusinessImpact = Annotated[str, _words(words_of("business_impact"))]
StakeholderVisibility = Annotated[str, _words(words_of("stakeholder_visibility"))]
Visibility = Annotated[str, _words(("public", "private"))]
IncidentState = Annotated[str, _words(tuple(terms.STATE_LABELS))]
ComponentStatus = Annotated[str, _words(terms.COMPONENT_STATUSES)]
Phase = Annotated[str, _words(PHASES)]
ReviewRole = Annotated[str, _words(REVIEW_ROLES)]
Role = Annotated[str, _words(tuple(ROLE_LABELS))]
Scope = Annotated[str, _words(SCOPES)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str, Query(max_length=2000, description="From `next` of the piece before.")]


class Input(BaseModel):
    """What a program sends: exactly these fields, exactly these types. An unknown field is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Output(BaseModel):
    """What Clarion answers."""

    model_config = ConfigDict(extra="ignore")


class ReasonOut(Output):
    """Why: a stable code for programs and a sentence for people."""

    code: str
    text: str


class FieldProblem(Output):
    """One field that does not fit."""

    field: str
    detail: str


class Problem(Output):
    """An error, after RFC 9457."""

    type: str = Field(description="Address of the description of this kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What is wrong with this request, and what to do.")
    code: str = Field(description="The kind of problem, for programs.")
    errors: list[FieldProblem]


Item = TypeVar("Item")


class Page(Output, Generic[Item]):
    """A piece of a list."""

    items: list[Item]
    next: str | None = Field(description="Address of the next piece; null at the end.")


def page(
    request: HttpRequest,
    found: QuerySet[Any],
    show: Callable[[Any], Item],
    *,
    by: Sequence[str],
    limit: int,
    cursor: str,
) -> Page[Item]:
    """The piece of ``found`` that the request asks for, in the order ``by``."""
    rows, after = paging.piece(found, by=by, name=request.path, cursor=cursor, limit=limit)
    query = {name: value for name, value in request.GET.items() if name != "cursor"}
    address = f"{request.path}?{urlencode(query | {'cursor': after})}" if after else None
    return Page(items=[show(row) for row in rows], next=address)
