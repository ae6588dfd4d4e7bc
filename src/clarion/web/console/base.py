"""What every screen stands on: who looks, what they may do, what time it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from clarion.rules.access import PERMISSIONS, Actor, may
from clarion.rules.errors import NotFound
from clarion.rules.types import Verdict
from clarion.store.people import as_actor
from clarion.store.queries import intake

READ = ("GET", "HEAD")
WRITE = ("POST",)
BOTH = (*READ, *WRITE)
PER_PAGE = 50
_ID = re.compile(r"[a-z0-9]{1,26}")


class Looking(HttpRequest):
    """A request by a signed-in person. Only a shape for the type checker: nothing makes one."""

    user: Any
    htmx: Any
    actor: Actor
    now: datetime


View = Callable[..., HttpResponse]


def screen(
    permission: str | None = "incidents:read", *, methods: Sequence[str] = READ
) -> Callable[[View], View]:
    """A view for signed-in people who hold the permission (None: for whoever is signed in).

    Strangers are sent to the login, whether the address leads anywhere or not. What an action or a query
    cannot find is one and the same 404 page.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: Looking, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_login(request)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            request.actor, request.now = as_actor(request.user), datetime.now(UTC)
            verdict = may(request.actor, permission) if permission else None
            try:
                answer = (
                    _refused(request, verdict)
                    if verdict and not verdict.allowed
                    else view(request, *args, **kwargs)
                )
            except NotFound as error:
                raise Http404(error.message) from None
            # What is internal must not stay in a browser after its person has left.
            answer.headers.setdefault("Cache-Control", "no-store, private")
            return answer

        return inner

    return wrap


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment must not be filled with a login form: the whole page goes there instead.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    back = request.get_full_path() if request.method in READ else reverse("console:board")
    return redirect_to_login(back, settings.LOGIN_URL)


def _refused(request: Looking, verdict: Verdict) -> HttpResponse:
    return show(request, "console/refused.html", {"because": verdict.because}, status=403)


def show(
    request: Looking, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A whole page, with what the frame around it needs."""
    frame = {
        "can": can(request.actor),
        "now": request.now,
        "quarantined": intake.hooks(state="quarantined").count(),
        "status_page": settings.CLARION.base_url,
    }
    return render(request, template, {**frame, **(context or {})}, status=status)


def can(actor: Actor) -> dict[str, Verdict]:
    """Every permission as a verdict with its reason, named for templates: ``can.drafts_write.allowed``."""
    return {name.replace(":", "_"): may(actor, name) for name in PERMISSIONS}


def page_of(request: HttpRequest, found: Any, per_page: int = PER_PAGE) -> Page[Any]:
    """The page asked for by ``?page=``; the nearest one that exists for any nonsense."""
    return Paginator(found, per_page).get_page(request.GET.get("page"))


def choice(request: HttpRequest, name: str, choices: Sequence[str], default: str = "") -> str:
    """A filter from the address; anything unknown counts as the default."""
    value = request.GET.get(name, default)
    return value if value in choices else default


def id_in(request: HttpRequest, name: str) -> str:
    """An id from the address; empty for anything that cannot be one."""
    value = request.GET.get(name, "")
    return value if _ID.fullmatch(value) else ""


def kept_filters(request: HttpRequest) -> str:
    """The address's filters without the page number, for links to other pages."""
    return urlencode([(name, str(value)) for name, value in request.GET.items() if name != "page" and value])
