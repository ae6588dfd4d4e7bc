"""How an operation is declared, so that all of them behave alike.

An operation is a function with a docstring: its first line is the summary, the rest the description.
It gets a request whose key has been checked for the scope, and values that have been checked for form.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from clarion import pipeline
from clarion.rules.errors import Invalid
from clarion.store.idempotency import Reply
from clarion.web.api import errors, idempotency
from clarion.web.api.auth import KeyAuth, caller

View = Callable[..., Any]


def reads(router: Router, path: str, *, scope: str = "", out: Any) -> Callable[[View], View]:
    """Declares a GET; the function returns the model that is answered."""

    def declare(view: View) -> View:
        def answer(request: HttpRequest, **values: Any) -> HttpResponse:
            _refuse_unknown(request, known)
            return HttpResponse(view(request, **values).model_dump_json(), content_type="application/json")

        known = _register(router, "GET", path, view, answer, scope=scope, status=200, out=out)
        return view

    return declare


def writes(
    router: Router,
    path: str,
    *,
    scope: str = "",
    out: Any,
    method: str = "POST",
    status: int = 200,
    example: dict[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declares a write; the function returns the ledger entry and the model that is answered."""

    def declare(view: View) -> View:
        def answer(request: HttpRequest, **values: Any) -> HttpResponse:
            _refuse_unknown(request, known)
            if "body" not in values:
                _refuse_body(request)

            def act() -> Reply:
                entry, shown = view(request, **values)
                body = typing.cast(BaseModel, shown).model_dump_json()
                return Reply(status=status, body=body, entry_id=entry.entry_id)

            return idempotency.answer(request, act)

        known = _register(
            router, method, path, view, answer, scope=scope, status=status, out=out, example=example
        )
        return view

    return declare


def hands_out(router: Router, path: str, *, scope: str, media_type: str) -> Callable[[View], View]:
    """Declares a GET that hands out a file; the function returns ledger entry, file name and content.

    HEAD is refused: it would hand nothing out, and the ledger would say that it did.
    """

    def declare(view: View) -> View:
        def answer(request: HttpRequest, **values: Any) -> HttpResponse:
            if request.META["REQUEST_METHOD"] == "HEAD":
                detail = "This address answers GET."
                return errors.problem("method_not_allowed", detail, headers={"Allow": "GET"})
            _refuse_unknown(request, known)
            entry, name, content = view(request, **values)
            response = HttpResponse(content, content_type=media_type)
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            response["Ledger-Entry"] = entry.entry_id
            return response

        known = _register(
            router, "GET", path, view, answer, scope=scope, status=200, out=None, media_type=media_type
        )
        return view

    return declare


def do(request: HttpRequest, action: Callable[..., Any], **arguments: Any) -> Any:
    """Runs an action as the caller of this request, at its moment; returns the ledger entry."""
    who = caller(request)
    return pipeline.run(action, **arguments, actor=who.actor, now=who.now)


def subject_id(entry: Any) -> str:
    """``abc`` of an entry about ``incident:abc``."""
    return str(entry.subject.partition(":")[2])


def _register(
    router: Router,
    method: str,
    path: str,
    view: View,
    answer: View,
    *,
    scope: str,
    status: int,
    out: Any,
    example: dict[str, Any] | None = None,
    media_type: str = "",
) -> frozenset[str]:
    """Makes the operation known to Ninja; returns the names of its query parameters."""
    hints = typing.get_type_hints(view, include_extras=True)
    parameters = [
        parameter.replace(annotation=hints.get(name, parameter.annotation))
        for name, parameter in inspect.signature(view).parameters.items()
    ]
    wraps(view)(answer)
    answer.__doc__ = None  # Ninja would take the whole of it where a description is empty
    answer.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    more: dict[str, Any] = {"x-scope": scope}
    if example is not None:
        more["x-example"] = example
    if media_type:
        more["x-media-type"] = media_type
    summary, _, description = inspect.getdoc(view).partition("\n")  # type: ignore[union-attr]
    router.api_operation(
        [method],
        path,
        auth=KeyAuth(scope),
        response={status: out},
        operation_id=view.__name__,
        summary=summary.rstrip("."),
        description=description.strip(),
        openapi_extra=more,
    )(answer)
    in_path = {name for name in hints if f"{{{name}}}" in path or f":{name}}}" in path}
    return frozenset(hints) - in_path - {"request", "body", "return"}


def _refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    for name in request.GET:
        if name not in known:
            there = f" There are: {', '.join(sorted(known))}." if known else ""
            raise Invalid(f"There is no such parameter here. Leave it out.{there}", field=name[:100])


def _refuse_body(request: HttpRequest) -> None:
    """For operations that take none: whoever sends one expects it to matter."""
    if request.body.strip() not in (b"", b"{}"):
        raise Invalid("This takes no body. Leave it out.", field="body")
