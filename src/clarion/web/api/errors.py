"""Every refusal as RFC 9457 has it: ``application/problem+json``, one sentence, the fields by name."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from clarion.rules.errors import Refusal
from clarion.rules.intake import Unreadable
from clarion.store.policies import NoPolicy

log = logging.getLogger("clarion.api")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem: its status, its title, and what the docs say about it."""

    status: int
    title: str
    meaning: str


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(
        400, "The body cannot be read", "The body is not JSON, or ended early. Nothing was done."
    ),
    "unauthenticated": Kind(
        401, "No valid key", "No key was sent, or it is unknown, revoked, or its owner is switched off."
    ),
    "forbidden": Kind(
        403,
        "Not allowed",
        "The key lacks the scope, or its owner the role; or the rules of review forbid it.",
    ),
    "not_found": Kind(404, "Not found", "There is nothing at this address."),
    "method_not_allowed": Kind(405, "Method not allowed", "The header `Allow` lists what is possible here."),
    "conflict": Kind(
        409,
        "Conflict",
        "It has changed meanwhile, or its state does not allow this. Read it again, then decide.",
    ),
    "already_done": Kind(409, "Already done", "Nothing is left to do. A repeat may take this for success."),
    "in_progress": Kind(
        409,
        "Still being done",
        "The same request, with the same Idempotency-Key, is being worked on. Ask again in a moment.",
    ),
    "length_required": Kind(
        411, "Length required", "The body was sent in chunks; send it whole, with Content-Length."
    ),
    "too_large": Kind(413, "Too large", "The body is larger than the limit. Nothing was done."),
    "invalid": Kind(422, "Invalid", "A value is missing, wrong or unknown; `errors` names each field."),
    "key_reused": Kind(422, "Idempotency-Key used before", "The key was used for another request."),
    "internal": Kind(
        500, "Clarion failed", "A mistake of ours; it is in the server's log. Nothing was done."
    ),
    "unavailable": Kind(
        503,
        "Not available now",
        "The database is busy or gone, entries wait for their seal, or no policy or key is installed. "
        "Try again later.",
    ),
}

#: What pydantic found, in plain words. ``{…}`` come from its context.
SENTENCES: Mapping[str, str] = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field here. Leave it out.",
    "string_type": "Write a text.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "At most {max_length} characters fit here.",
    "string_pattern_mismatch": "This is not written as it must be: {pattern}.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "Write a whole number.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "greater_than_equal": "Write {ge} or more.",
    "less_than_equal": "Write {le} or less.",
    "list_type": "Write a list.",
    "too_long": "At most {max_length} fit here.",
    "dict_type": "Write an object.",
    "model_type": "Write an object.",
    "model_attributes_type": "Write an object.",
    "value_error": "{error}",
}


def problem(
    code: str,
    detail: str,
    *,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer for a code of ``KINDS``; ``errors`` are ``{"field", "detail"}``."""
    kind = KINDS[code]
    body = {
        "type": f"{settings.CLARION.base_url}/api/v1/docs#problem-{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
    }
    return HttpResponse(
        json.dumps(body), status=kind.status, content_type="application/problem+json", headers=headers
    )


def of_refusal(refusal: Refusal) -> HttpResponse:
    """What an action answered when it could not do what was asked."""
    every = (refusal, *refusal.also)
    errors = [{"field": each.field, "detail": each.message} for each in every if each.field]
    code = refusal.code if refusal.code in KINDS else "conflict"
    headers = {"Retry-After": "1"} if code == "in_progress" else None
    if refusal.status >= 500:
        log.error("a request could not be served: %s", refusal.message)
    return problem(code, "\n".join(each.message for each in every), errors=errors, headers=headers)


def of_validation(found: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """Every field that does not fit, in plain words."""
    errors = [{"field": _field(error["loc"]), "detail": _sentence(error)} for error in found]
    shown = " ".join(f"{error['field']}: {error['detail']}" for error in errors[:3])
    more = f" And {len(errors) - 3} more." if len(errors) > 3 else ""
    return problem("invalid", shown + more, errors=errors)


def _field(loc: tuple[Any, ...]) -> str:
    """``("body", "body", "texts", "customers", "title")`` → ``texts.customers.title``."""
    path = loc[2:] if loc[:1] == ("body",) else loc[1:]
    return ".".join(str(part) for part in path) or "body"


def _sentence(error: Mapping[str, Any]) -> str:
    pattern = SENTENCES.get(error["type"])
    if pattern is None:
        return f"{error['msg']}."
    return pattern.format(**error.get("ctx", {}))


def of_unreadable(error: Unreadable) -> HttpResponse:
    """400 for a body that is no JSON; 422 when a field of it can be named."""
    code = "unreadable" if error.field == "body" else "invalid"
    return problem(code, str(error), errors=[{"field": error.field, "detail": error.problem}])


def too_large() -> HttpResponse:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return problem("too_large", f"A body holds at most {limit} bytes.")


def _of_http_error(error: HttpError) -> HttpResponse:
    """Ninja's own refusals: no key, or a body that its parser refused."""
    if isinstance(error.__cause__, Unreadable):
        return of_unreadable(error.__cause__)
    if error.status_code == 401:
        detail = "Send a key: `Authorization: Bearer clarion_…`. This one is missing, unknown or revoked."
        return problem("unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="clarion"'})
    return problem("unreadable", "The body cannot be read as JSON.")


def of_failure(error: Exception) -> HttpResponse:
    """What nobody asked for: logged with its trace, answered without it."""
    if isinstance(error, IntegrityError):
        log.warning("two writes met", exc_info=error)
        return problem(
            "conflict", "Something it refers to was changed at the same time. Read it, then retry."
        )
    log.error("a request failed", exc_info=error)
    if isinstance(error, OperationalError):
        return problem(
            "unavailable", "The database does not answer. Try again.", headers={"Retry-After": "1"}
        )
    if isinstance(error, NoPolicy):
        return problem("unavailable", str(error))
    return problem("internal", "Clarion failed at this. Nothing was done; the server's log says why.")


def install(api: NinjaAPI) -> None:
    """Makes every exception of an operation one of these answers."""

    def on(kind: type[Exception], answer: Any) -> None:
        def handle(request: HttpRequest, error: Any) -> HttpResponse:
            return answer(error)  # type: ignore[no-any-return]

        api.add_exception_handler(kind, handle)

    on(Refusal, of_refusal)
    on(ValidationError, lambda error: of_validation(error.errors))
    on(HttpError, _of_http_error)
    on(Http404, lambda error: problem("not_found", "There is nothing at this address."))
    on(RequestDataTooBig, lambda error: too_large())
    on(UnreadablePostError, lambda error: problem("unreadable", "The request ended before its body did."))
    on(Exception, of_failure)
