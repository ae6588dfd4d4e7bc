"""``/api/v1``: which nouns there are, and what surrounds every operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from clarion.web.api import (
    cadence,
    components,
    deadlines,
    deliveries,
    docs,
    drafts,
    errors,
    export,
    facts,
    findings,
    hooks,
    incidents,
    ledger,
    names,
    openapi,
    people,
    policy,
    reviews,
    schemas,
    subscribers,
    system,
    terms,
    translations,
    updates,
)

NOUNS = (
    incidents,
    export,
    facts,
    drafts,
    findings,
    reviews,
    translations,
    updates,
    cadence,
    deliveries,
    subscribers,
    hooks,
    components,
    deadlines,
    names,
    policy,
    ledger,
    people,
    system,
    terms,
)

api = NinjaAPI(
    title="Clarion",
    version="1",
    description=openapi.ABOUT,
    parser=schemas.StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
errors.install(api)
for noun in NOUNS:
    api.add_router("", noun.router)


def _around(view: Callable[..., Any]) -> Callable[..., Any]:
    """What holds for every operation: HEAD as GET, no NUL, 405 and caching in the API's own way."""

    @csrf_exempt
    def answer(request: HttpRequest, **values: Any) -> HttpResponse:
        refused = _refused(request)
        if refused is not None:
            return refused
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        response: HttpResponse = view(request, **values)
        if response.status_code == 405:
            allowed = response["Allow"]
            detail = f"This address answers {allowed}."
            response = errors.problem("method_not_allowed", detail, headers={"Allow": allowed})
        response["Cache-Control"] = "no-store"
        if head:
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return answer


def _refused(request: HttpRequest) -> HttpResponse | None:
    """The answer to what no operation should have to think of; None to go on."""
    if "\x00" in request.path:
        return _missing(request)
    for name, values in request.GET.lists():
        if any("\x00" in text for text in (name, *map(str, values))):
            found = {"field": name.replace("\x00", "\ufffd")[:100], "detail": "Take out the NUL character."}
            return errors.problem("invalid", "A parameter holds a NUL character.", errors=[found])
    length = request.headers.get("Content-Length", "")
    if not length and "Transfer-Encoding" in request.headers:  # WSGI would show us an empty body
        return errors.problem("length_required", "Send the body whole, with Content-Length.")
    if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return errors.too_large()
    return None


@csrf_exempt
def _missing(request: HttpRequest) -> HttpResponse:
    return errors.problem("not_found", "There is nothing at this address; /api/v1/docs lists what there is.")


def _openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(openapi.document(api))


def _docs(request: HttpRequest) -> HttpResponse:
    return docs.page(request, openapi.document(api))


def _patterns() -> list[URLPattern]:
    found = [
        URLPattern(pattern.pattern, _around(pattern.callback), pattern.default_args, pattern.name)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    read_only = [path("openapi.json", _only_get(_openapi)), path("docs", _only_get(_docs))]
    return [*read_only, *found, re_path("", _missing)]


def _only_get(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., Any]:
    @csrf_exempt
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            detail = "This address answers GET, HEAD."
            return errors.problem("method_not_allowed", detail, headers={"Allow": "GET, HEAD"})
        return view(request)

    return answer


urls = (_patterns(), "api", "api")
