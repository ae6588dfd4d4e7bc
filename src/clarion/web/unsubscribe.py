"""``/unsubscribe/<token>``: the reader's own link out (RFC 8058).

Mail programs and scanners fetch links before anybody reads them, so looking never acts: only a POST
with ``List-Unsubscribe=One-Click`` does. It needs no cookie, since the token itself is the proof; the
form on the page sends the same field.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clarion import pipeline
from clarion.actions import subscriber as actions
from clarion.rules.access import Actor
from clarion.rules.errors import AlreadyDone, NotFound
from clarion.store.queries import single
from clarion.store.tokens import value_of

FIELD, VALUE = "List-Unsubscribe", "One-Click"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the form, or ends the subscription; a wrong token gets the 404 page of any wrong address."""
    subscriber_id = value_of("unsubscribe", token)
    if subscriber_id is None:
        raise Http404
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS, POST"})
    try:
        reader = single.subscriber(subscriber_id)
    except NotFound:
        raise Http404 from None
    if request.method != "POST":
        return _show(request, reader.state, reader)
    if request.POST.get(FIELD) != VALUE:
        return HttpResponseBadRequest(
            f"Send the form field {FIELD}={VALUE} to unsubscribe.\n", content_type="text/plain; charset=utf-8"
        )
    with suppress(AlreadyDone):
        pipeline.run(
            actions.unsubscribe,
            subscriber_id=subscriber_id,
            actor=Actor(name=f"subscriber:{subscriber_id}"),
            now=datetime.now(UTC),
        )
    return _show(request, "unsubscribed", reader)


def _show(request: HttpRequest, state: str, reader: object) -> HttpResponse:
    context = {
        "state": state,
        "reader": reader,
        "page_name": settings.CLARION.page_name,
        "home": settings.CLARION.base_url,
    }
    answer = render(request, "clarion/unsubscribe.html", context)
    # The address is a key: no shared cache may hold it, and no page it links to may learn it.
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
