"""The description of the whole API as OpenAPI 3.1, complete: scopes, problems, Idempotency-Keys, examples."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from clarion.rules.access import PERMISSIONS, ROLE_LABELS
from clarion.web.api.errors import KINDS
from clarion.web.api.schemas import Problem

PREFIX = "/api/v1/"
ABOUT = """\
Everything that Clarion's console does, for programs.

**Key.** Send `Authorization: Bearer clarion_…`. A key acts as its owner, within its scopes.

**Writes.** Every write may carry an `Idempotency-Key`: repeated with the same key and the same request, it
is done once, and the repeat gets the first answer with `Idempotent-Replayed: true`. Every write answers with
`Ledger-Entry`, the id of the ledger entry that records it.

**Lists** come in pieces of at most 100; follow `next` until it is null.

**Times** are RFC 3339. Clarion writes UTC with `Z`; a time without a zone is refused.

**Errors** are `application/problem+json` (RFC 9457); `errors` names each field. A field that does not exist
is refused.
"""
SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key, `clarion_…`. Which scope an operation needs is written in its description.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "Names this write, so that a repeat is done once. Kept for 24 hours. A UUID is good.",
}
LEDGER_ENTRY = {
    "Ledger-Entry": {"schema": {"type": "string"}, "description": "Id of the entry that records this."},
}
WRITE_HEADERS = LEDGER_ENTRY | {
    "Idempotent-Replayed": {"schema": {"const": "true"}, "description": "This answer was given before."},
}


def needed_by(scope: str) -> str:
    """The sentence that says which scope, and which of the owner's roles, an operation needs."""
    if not scope:
        return "Any valid key will do."
    roles = PERMISSIONS[scope]
    if roles == frozenset(ROLE_LABELS):
        return f"Scope `{scope}`."
    names = " or ".join(label for role, label in ROLE_LABELS.items() if role in roles)
    return f"Scope `{scope}`; the owner of the key needs the role {names}."


@lru_cache(maxsize=1)
def document(api: NinjaAPI) -> dict[str, Any]:
    """The OpenAPI document. The same object for every caller: do not change it."""
    found: dict[str, Any] = dict(OpenAPISchema(api, PREFIX))
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method, path)
    schemas = found["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    found["components"]["securitySchemes"] = {"key": SCHEME}
    found["components"]["responses"] = {code: _response(code) for code in KINDS}
    found["servers"] = [{"url": settings.CLARION.base_url}]
    return found


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    """Adds to one operation what all of them share."""
    scope = operation.pop("x-scope")
    example = operation.pop("x-example", None)
    media_type = operation.pop("x-media-type", "")
    described = [operation.get("description", ""), needed_by(scope)]
    operation["description"] = "\n\n".join(text for text in described if text)
    operation["security"] = [{"key": []}]
    operation["x-scope"] = scope
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        operation["requestBody"]["content"]["application/json"]["example"] = example
    if method != "get":
        operation["parameters"].append(IDEMPOTENCY_KEY)
        for response in operation["responses"].values():
            response["headers"] = WRITE_HEADERS
    if media_type:
        for response in operation["responses"].values():
            response.update(content={media_type: {}}, headers=LEDGER_ENTRY)
    operation["responses"] = {str(status): response for status, response in operation["responses"].items()}
    for code in problems_of(operation, method, path):
        operation["responses"].setdefault(str(KINDS[code].status), {"$ref": f"#/components/responses/{code}"})


def problems_of(operation: dict[str, Any], method: str, path: str) -> list[str]:
    """What this operation may answer besides success; of several with one status, the likeliest first."""
    found = ["unauthenticated", "invalid", "internal", "unavailable"]
    if operation["x-scope"]:
        found.append("forbidden")
    if "{" in path:
        found.append("not_found")
    if method != "get":
        found += ["conflict", "length_required", "too_large"]
    if "requestBody" in operation:
        found.append("unreadable")
    return sorted(found, key=lambda code: KINDS[code].status)


def _response(code: str) -> dict[str, Any]:
    kind = KINDS[code]
    same = [name for name, other in KINDS.items() if other.status == kind.status]
    example = {
        "type": f"{settings.CLARION.base_url}/api/v1/docs#problem-{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "code": code,
        "errors": [],
    }
    codes = f" `code` is one of: {', '.join(same)}." if len(same) > 1 else ""
    return {
        "description": f"{kind.title}. {kind.meaning}{codes}",
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": example,
            }
        },
    }
