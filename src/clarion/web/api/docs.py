"""The API for people to read: one page of our own, made from the OpenAPI document, without a script."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clarion.rules.access import PERMISSIONS, ROLE_LABELS
from clarion.web.api.errors import KINDS


def page(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """Every operation by noun, with its parameters, an example and what it may answer."""
    nouns: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            shown = _operation(path, method, operation, document)
            nouns.setdefault(operation["tags"][0], []).append(shown)
    scopes = [
        {"name": name, "roles": ", ".join(ROLE_LABELS[role] for role in ROLE_LABELS if role in roles)}
        for name, roles in PERMISSIONS.items()
    ]
    about = [_plain(part) for part in document["info"]["description"].strip().split("\n\n")]
    return render(
        request,
        "api/docs.html",
        {
            "about": about,
            "nouns": nouns,
            "scopes": scopes,
            "problems": KINDS,
            "server": document["servers"][0]["url"],
        },
    )


def _operation(path: str, method: str, operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": operation["summary"],
        "description": [_plain(part) for part in operation["description"].split("\n\n")],
        "parameters": operation["parameters"],
        "fields": _fields(content.get("schema", {}), document),
        "example": json.dumps(content["example"], indent=2, ensure_ascii=False) if content else "",
        "answers": sorted(operation["responses"]),
    }


def _fields(schema: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a body with what the schema says of each."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if not name:
        return []
    body = document["components"]["schemas"][name]
    needed = set(body.get("required", ()))
    return [
        {
            "name": field,
            "needed": field in needed,
            "words": ", ".join(details.get("enum", ())),
            "text": details.get("description", ""),
        }
        for field, details in body["properties"].items()
    ]


def _plain(text: str) -> str:
    """Markdown's two marks taken out: the template shows plain text."""
    return text.replace("**", "").replace("`", "")
