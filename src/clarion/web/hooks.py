"""``POST /hooks/<source>``: what tools report."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clarion import pipeline
from clarion.actions import intake
from clarion.rules.errors import AlreadyDone, Conflict, NotFound
from clarion.rules.intake import Unreadable, Unverified

log = logging.getLogger("clarion.hooks")


def problem(status: int, title: str, detail: str) -> JsonResponse:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _body(request: HttpRequest) -> bytes | HttpResponse:
    """The bytes that were sent; a refusal for none, for too many, and for those that WSGI cannot show."""
    limit = settings.CLARION.hook_limit_bytes
    large = f"A hook holds at most {limit} bytes. Send fewer alerts at once."
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():  # sent in chunks, it would look empty to us, and an alert would be lost
        detail = "The body came without its length, in chunks perhaps. Send it whole, with Content-Length."
        return problem(411, "Length required", f"{detail} Nothing was kept.")
    if not length.strip("0"):
        return problem(400, "Empty", "The request has no body, so there is nothing to keep.")
    try:
        too_large = len(length) > 18 or int(length) > limit  # Python reads no number of any length
        return problem(413, "Too large", large) if too_large else request.body
    except RequestDataTooBig:
        return problem(413, "Too large", large)
    except UnreadablePostError:
        return problem(400, "Cut short", "The request ended before its body did.")


@csrf_exempt
@require_POST
def receive(request: HttpRequest, slug: str) -> HttpResponse:
    """202 once the bytes are kept, whether they can be read or not; 503 when they could not be kept."""
    body = _body(request)
    if isinstance(body, HttpResponse):
        return body
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        entry = pipeline.run(
            intake.receive_hook, slug=slug, headers=headers, body=body, now=datetime.now(UTC)
        )
    except (Unverified, NotFound):
        # One answer for a wrong secret and for a source that does not exist.
        return problem(401, "Not accepted", "This request does not prove that it comes from a known source.")
    except AlreadyDone:
        return JsonResponse({"status": "already held"}, status=202)
    except Conflict as error:
        return problem(409, "Conflict", error.message)
    except Unreadable as error:
        return problem(400, "Unreadable", str(error))
    except (DatabaseError, OSError):
        log.exception("a hook for %s could not be kept", slug)
        return problem(503, "Not kept", "It could not be stored. Send it again.")
    status = "quarantined" if entry.kind == "hook.quarantined" else "accepted"
    answer = {"status": status, "id": entry.subject.partition(":")[2]}
    if entry.data["problem"]:
        answer["problem"] = entry.data["problem"]
    return JsonResponse(answer, status=202)
