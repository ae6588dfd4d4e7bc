"""Whatever is wrong with a request, the answer is a problem that names it, and nothing was done."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from clarion.store.models import Incident, LedgerEntry
from clarion.web.api import incidents as operations
from tests import factories as make
from tests.web.api.conftest import Program, problem

NEW = {"title": "T", "severity": "SEV-1", "category": "data", "components": []}


def json_of(text: str) -> bytes:
    return b'{"title": "T", "severity": "SEV-1", "category": "data", "components": [], %s}' % text.encode()


WRONG_FIELDS = [
    ("missing", {"title": "T", "severity": "SEV-1", "category": "data"}, "components", "This is needed."),
    ("unknown", NEW | {"approved_by": [1, 2]}, "approved_by", "There is no such field here. Leave it out."),
    ("a state set from outside", NEW | {"state": "resolved"}, "state", "There is no such field"),
    ("a number for a text", NEW | {"title": 7}, "title", "Write a text."),
    ("null for a text", NEW | {"title": None}, "title", "Write a text."),
    ("a text for a list", NEW | {"components": "x"}, "components", "Write a list."),
    ("a number in a list", NEW | {"components": [1]}, "components.0", "Write a text."),
    ("an empty title", NEW | {"title": " "}, "title", "Give the incident a title."),
    ("a long title", NEW | {"title": "x" * 301}, "title", "At most 300 characters fit here."),
    ("an unknown word", NEW | {"severity": "SEV-9"}, "severity", "'SEV-9' is not one of SEV-1"),
    ("no such component", NEW | {"components": ["nosuch"]}, "components", "There is no component 'nosuch'."),
    (
        "a time without a zone",
        NEW | {"detected_at": "2026-03-01T14:00:00"},
        "detected_at",
        "a time with its zone",
    ),
    ("a number for a time", NEW | {"detected_at": 1772373600}, "detected_at", "must be a text"),
    (
        "no such day",
        NEW | {"detected_at": "2026-02-30T14:00:00Z"},
        "detected_at",
        "is not a time that exists",
    ),
    ("a time ahead", NEW | {"detected_at": "2026-03-01T14:05:01Z"}, "detected_at", "lies in the future"),
    ("a key twice", json_of('"title": "U"'), "title", "stands twice in the same object"),
    ("NUL", json_of('"visibility": "a\\u0000"'), "visibility", "NUL character"),
    ("NUL in a name", json_of('"a\\u0000": 1'), "a\ufffd", "NUL character"),
    ("half a character", json_of('"visibility": "\\ud83d"'), "visibility", "half of a surrogate pair"),
    ("not an object", [NEW], "body", "Write an object."),
    ("no body", None, "body", "This is needed."),
]


@pytest.mark.parametrize(
    ("body", "field", "sentence"), [row[1:] for row in WRONG_FIELDS], ids=[row[0] for row in WRONG_FIELDS]
)
def test_a_value_that_does_not_fit_is_named(lead: Program, body: Any, field: str, sentence: str) -> None:
    found = problem(lead.call("POST", "/incidents", body), 422, "invalid")
    [error] = found["errors"]
    assert field == error["field"]
    assert sentence in error["detail"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "field", "sentence"),
    [
        ("/drafts/x/submit", {"version": "2"}, "version", "Write a whole number."),
        ("/drafts/x/submit", {"version": 2.0}, "version", "Write a whole number."),
        ("/drafts/x/submit", {"version": True}, "version", "Write a whole number."),
        ("/components", {"name": "Search", "public": "yes"}, "public", "Write true or false."),
        ("/components", {"name": "Search", "public": 1}, "public", "Write true or false."),
    ],
)
def test_types_are_not_guessed(lead: Program, path: str, body: Any, field: str, sentence: str) -> None:
    found = problem(lead.call("POST", path, body), 422, "invalid")
    assert [{"field": field, "detail": sentence}] == found["errors"]


def test_every_wrong_field_is_named_at_once(lead: Program) -> None:
    found = problem(lead.call("POST", "/incidents", {"titel": "T", "severity": 1}), 422, "invalid")
    fields = {"titel", "title", "severity", "category", "components"}
    assert fields == {error["field"] for error in found["errors"]}
    assert "And 2 more." in found["detail"]


UNREADABLE = [
    ("half an object", b'{"title": '),
    ("not JSON", b"title=T"),
    ("NaN", b'{"title": NaN}'),
    ("Infinity", b'{"title": -Infinity}'),
    ("not UTF-8", b'{"title": "\xff"}'),
    ("65 levels", b"[" * 65 + b"]" * 65),
    ("a very long number", b'{"title": ' + b"9" * 5000 + b"}"),
    ("a bare NUL", b'{"title": "\x00"}'),
]


@pytest.mark.parametrize("body", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_a_body_that_is_no_json_is_refused(lead: Program, body: bytes) -> None:
    found = problem(lead.call("POST", "/incidents", body), 400, "unreadable")
    assert ["body"] == [error["field"] for error in found["errors"]]


def test_a_body_over_the_limit_is_refused(lead: Program, settings: Any) -> None:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert 1_000_000 == limit
    body = b'{"title": "' + b"x" * limit + b'"}'
    found = problem(lead.call("POST", "/incidents", body), 413, "too_large")
    assert str(limit) in found["detail"]


def test_a_body_in_chunks_is_not_taken_for_none(lead: Program) -> None:
    """WSGI servers hand it on without a length, and it would look empty."""
    chunked = lead.call("POST", "/deliveries/x/retry", Transfer_Encoding="chunked", Content_Length="")
    problem(chunked, 411, "length_required")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("POST", "/nothing/at/all"),
        ("GET", "/"),
        ("GET", "/incidents/"),
        ("GET", "/incidents/nosuch"),
        ("GET", "/incidents/%00"),
        ("GET", "/incidents/%ff%fe"),
        ("GET", "/incidents/..%2f..%2fetc"),
        ("GET", "/policies/99999999999999999999999999"),
        ("GET", "/policies/-1"),
        ("PATCH", "/incidents/nosuch"),
    ],
)
def test_what_is_not_there_is_a_problem_too(lead: Program, method: str, path: str) -> None:
    problem(lead.call(method, path, {} if method == "PATCH" else None), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/incidents", {"GET", "POST"}),
        ("PUT", "/incidents/x", {"GET", "PATCH"}),
        ("POST", "/openapi.json", {"GET", "HEAD"}),
        ("POST", "/docs", {"GET", "HEAD"}),
        ("OPTIONS", "/me", {"GET"}),
    ],
)
def test_a_method_that_is_not_there_says_which_are(
    lead: Program, method: str, path: str, allowed: set[str]
) -> None:
    response = lead.call(method, path)
    problem(response, 405, "method_not_allowed")
    assert allowed == set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("statee=open", "statee"),
        ("state=ajar", "state"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=9" + "9" * 400, "limit"),
        ("cursor=x", "cursor"),
        ("cursor=WzFd.AAAA", "cursor"),
        ("state=%00", "state"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(lead: Program, query: str, field: str) -> None:
    """An unknown one too: a misspelt filter would answer something else than was asked."""
    found = problem(lead.call("GET", f"/incidents?{query}"), 422, "invalid")
    assert [field] == [error["field"] for error in found["errors"]]


def test_a_body_where_none_is_read_is_refused(lead: Program) -> None:
    found = problem(lead.call("POST", "/deliveries/x/retry", {"state": "sent"}), 422, "invalid")
    assert "takes no body" in found["detail"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(ValueError("secret detail"), 500, "internal"), (OperationalError("locked"), 503, "unavailable")],
)
@pytest.mark.parametrize("debug", [True, False])
def test_a_mistake_of_ours_shows_no_trace_and_does_nothing(
    lead: Program,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    error: Exception,
    status: int,
    code: str,
    debug: bool,
) -> None:
    def fails(row: Any) -> Any:
        raise error

    settings.DEBUG = debug
    monkeypatch.setattr(operations, "incident_out", fails)
    before = LedgerEntry.objects.count()
    response = lead.call("POST", "/incidents", NEW)
    problem(response, status, code)
    assert b"secret detail" not in response.content
    assert (0, before) == (Incident.objects.count(), LedgerEntry.objects.count())


@pytest.mark.django_db
def test_without_a_policy_it_says_what_to_do(now: Any) -> None:
    program = Program(make.api_key(make.person("communications_lead")))
    for call in (("GET", "/policy"), ("POST", "/incidents", NEW)):
        found = problem(program.call(*call), 503, "unavailable")
        assert "clarion init" in found["detail"]


def test_a_change_of_nothing_is_told_from_success(house: make.House, lead: Program) -> None:
    incident = house.incident()
    same = lead.call("PATCH", f"/incidents/{incident.id}", {"severity": incident.severity})
    problem(same, 409, "already_done")
    problem(lead.call("PATCH", f"/incidents/{incident.id}", {"title": None}), 422, "invalid")


def test_head_is_get_without_a_body(lead: Program) -> None:
    response = lead.call("HEAD", "/incidents")
    assert (200, b"") == (response.status_code, response.content)
