"""The OpenAPI document is whole and true: what it promises of an operation, that operation does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from clarion.rules.access import PERMISSIONS
from clarion.store import idempotency as kept
from clarion.store.policies import default_document
from clarion.web.api import app, openapi
from clarion.web.api.errors import KINDS
from tests import factories as make
from tests.web.api.conftest import Program, problem

DOCUMENT = openapi.document(app.api)
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
WITH_BODY = [name for name, (_, _, operation) in OPERATIONS.items() if "requestBody" in operation]
WRITES = [name for name, (method, _, _) in OPERATIONS.items() if method != "GET"]
WITH_SCOPE = [name for name, (_, _, operation) in OPERATIONS.items() if operation["x-scope"]]
WITH_ID = [name for name, (_, path, _) in OPERATIONS.items() if "{" in path]


def promised(name: str, status: int) -> bool:
    return str(status) in OPERATIONS[name][2]["responses"]


def call(program: Program, name: str, body: Any = "example", query: str = "", **headers: str) -> Any:
    """The operation about something that does not exist, with the body of its own example."""
    method, path, operation = OPERATIONS[name]
    address = re.sub(r"\{[a-z_]+\}", "0", path) + query
    if body == "example":
        content = operation.get("requestBody", {}).get("content", {})
        body = content["application/json"]["example"] if content else None
    return program.call(method, address, body, **headers)


@pytest.fixture
def everything(house: make.House) -> Program:
    """A program whose owner holds every role and whose key has every scope."""
    roles = ("communications_lead", "accuracy", "clarity", "legal", "auditor", "administrator")
    return Program(make.api_key(make.person(*roles)))


def test_it_is_openapi_3_1_and_needs_no_key() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert (200, "application/json") == (response.status_code, response.headers["Content-Type"])
    found = response.json()
    assert re.fullmatch(r"3\.1\.\d+", found["openapi"])
    assert {"title", "version", "description"} <= set(found["info"])
    assert {"key"} == set(found["components"]["securitySchemes"])
    assert found["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert [{"url"}] == [set(server) for server in found["servers"]]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(json.loads(json.dumps(DOCUMENT)))):
        place: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_explains_itself(name: str) -> None:
    """Its own name, a summary, a description with its scope, what it answers, and who may call it."""
    method, path, operation = OPERATIONS[name]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
    assert operation["summary"] and not operation["summary"].endswith(".")
    scope = operation["x-scope"]
    assert scope == "" or (scope in PERMISSIONS and f"`{scope}`" in operation["description"])
    assert operation["description"]
    assert [{"key": []}] == operation["security"]
    assert 1 == len(operation["tags"])
    assert 1 == len([status for status in operation["responses"] if status.startswith("2")])
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            assert response["$ref"].startswith("#/components/responses/")
            assert str(KINDS[response["$ref"].rpartition("/")[2]].status) == status
    in_path = {item["name"] for item in operation["parameters"] if item["in"] == "path"}
    assert set(re.findall(r"\{([a-z_]+)\}", path)) == in_path
    named = {item["name"] for item in operation["parameters"]}
    assert ("Idempotency-Key" in named) == (method != "GET")
    assert ("requestBody" in operation) <= (method != "GET")


def test_ids_of_operations_are_unique() -> None:
    count = sum(len(methods) for methods in DOCUMENT["paths"].values())
    assert count == len(OPERATIONS) > 40


@pytest.mark.parametrize("name", OPERATIONS)
def test_401_is_true(house: make.House, name: str) -> None:
    assert promised(name, 401)
    problem(call(Program(), name), 401, "unauthenticated")


@pytest.mark.parametrize("name", OPERATIONS)
def test_403_is_true(house: make.House, name: str) -> None:
    """Any other scope does not help; an operation without a scope promises no 403."""
    scope = OPERATIONS[name][2]["x-scope"]
    others = [other for other in PERMISSIONS if other != scope]
    response = call(Program(make.api_key(house.administrator, *others)), name)
    if name in WITH_SCOPE:
        assert promised(name, 403)
        problem(response, 403, "forbidden")
    else:
        assert not promised(name, 403)
        assert 200 == response.status_code


@pytest.mark.parametrize("name", OPERATIONS)
def test_404_is_true(everything: Program, name: str) -> None:
    """And the body of the example has the right form: it is not that which is refused."""
    response = call(everything, name)
    assert promised(name, 404) == (name in WITH_ID)
    if name in WITH_ID:
        problem(response, 404, "not_found")


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(WITH_ID)))
def test_every_example_works(everything: Program, name: str) -> None:
    document = {"document": default_document() + "\n", "reason": "One line more."}
    body: Any = document if name == "propose_policy" else "example"
    response = call(everything, name, body)
    assert promised(name, response.status_code), response.content
    assert response.status_code in (200, 201), response.content


@pytest.mark.parametrize("name", OPERATIONS)
def test_422_is_true(everything: Program, name: str) -> None:
    assert promised(name, 422)
    found = problem(call(everything, name, query="?colour=red"), 422, "invalid")
    assert ["colour"] == [error["field"] for error in found["errors"]]


@pytest.mark.parametrize("name", WITH_BODY)
def test_no_body_takes_a_field_it_does_not_name(everything: Program, name: str) -> None:
    example = OPERATIONS[name][2]["requestBody"]["content"]["application/json"]["example"]
    found = problem(call(everything, name, example | {"approved_by": [1, 2]}), 422, "invalid")
    assert ["approved_by"] == [error["field"] for error in found["errors"]]


@pytest.mark.parametrize("name", OPERATIONS)
def test_400_is_true(everything: Program, name: str) -> None:
    assert promised(name, 400) == (name in WITH_BODY)
    if name in WITH_BODY:
        problem(call(everything, name, b"{"), 400, "unreadable")


@pytest.mark.parametrize("name", OPERATIONS)
def test_411_is_true(everything: Program, name: str) -> None:
    assert promised(name, 411) == (name in WRITES)
    if name in WRITES:
        chunked = call(everything, name, Transfer_Encoding="chunked", Content_Length="")
        problem(chunked, 411, "length_required")


@pytest.mark.parametrize("name", OPERATIONS)
def test_413_is_true(everything: Program, name: str) -> None:
    assert promised(name, 413) == (name in WRITES)
    if name in WRITES:
        problem(call(everything, name, b" " * 1_000_001), 413, "too_large")


@pytest.mark.parametrize("name", OPERATIONS)
def test_409_is_true(everything: Program, name: str) -> None:
    assert promised(name, 409) == (name in WRITES)
    if name in WRITES:
        busy = (everything.get("/me")["key"], "one")
        kept._busy.add(busy)
        try:
            problem(call(everything, name, Idempotency_Key="one"), 409, "in_progress")
        finally:
            kept._busy.discard(busy)


def test_the_page_for_people_shows_every_operation_and_loads_nothing_foreign(settings: Any) -> None:
    response = Client().get("/api/v1/docs")
    text = response.content.decode()
    assert 200 == response.status_code
    for name, (_, path, _) in OPERATIONS.items():
        assert f'id="{name}"' in text
        assert path in text
    for code in KINDS:
        assert f'id="problem-{code}"' in text
    assert "<script" not in text
    assert "style=" not in text
    assert ["/static/clarion/api-docs.css"] == re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert set(re.findall(r'href="([^"#][^"]*)"', text)) == {"openapi.json", "/static/clarion/api-docs.css"}
