"""``/health``: what `clarion check` says, for machines."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from clarion.store import health


@require_safe
def check(request: HttpRequest) -> JsonResponse:
    """200 when everything works, else 503 and the names of what does not.

    A stranger learns the names only; what is wrong in detail is for a signed-in person or the shell.
    """
    findings = health.check(datetime.now(UTC))
    ok = all(finding.ok for finding in findings)
    known = _signed_in(request)
    body = {
        "ok": ok,
        "checks": [{"name": f.name, "ok": f.ok, **({"text": f.text} if known else {})} for f in findings],
    }
    return JsonResponse(body, status=200 if ok else 503, headers={"Cache-Control": "no-store"})


def _signed_in(request: HttpRequest) -> bool:
    """Sessions live in the database too: with it gone, everybody is a stranger, and still gets an answer."""
    try:
        return request.user.is_authenticated
    except Error:
        return False
