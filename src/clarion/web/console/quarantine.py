"""Reports of tools, and those that could not be read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import intake as actions
from clarion.store.queries import intake
from clarion.web.console.base import WRITE, Looking, choice, kept_filters, page_of, screen, show
from clarion.web.console.forms import ConsoleForm, Press, Reason
from clarion.web.console.labels import HOOK_LABELS

#: More of a body than this is not shown; its bytes are kept whole.
MOST_SHOWN = 64 * 1024


@screen("hooks:read")
def index(request: Looking) -> HttpResponse:
    state = choice(request, "state", (*HOOK_LABELS, "all"), "quarantined")
    page = page_of(request, intake.hooks(state="" if state == "all" else state).defer("body"))
    states = {**HOOK_LABELS, "all": "All"}
    context = {"page": page, "state": state, "states": states, "filters": kept_filters(request)}
    return show(request, "console/quarantine.html", context)


@screen("hooks:read")
def page(request: Looking, hook_id: str) -> HttpResponse:
    return _page(request, hook_id, {})


def _page(request: Looking, hook_id: str, given: dict[str, ConsoleForm]) -> HttpResponse:
    hook = intake.hook(hook_id)
    body = bytes(hook.body)
    context = {
        "hook": hook,
        # Shown as text whatever it is: the template escapes it, and no browser gets it as a document.
        "body": body[:MOST_SHOWN].decode("utf-8", errors="replace"),
        "size": len(body),
        "cut": len(body) > MOST_SHOWN,
        "signals": hook.signals.select_related("incident").order_by("started_at"),
        "discard": given.get("discard") or Reason(auto_id="discard-%s"),
        "refused": given.values(),
    }
    status = max((form.status for form in given.values()), default=200)
    return show(request, "console/hook.html", context, status=status)


@screen("hooks:read", methods=WRITE)
def replay(request: Looking, hook_id: str) -> HttpResponse:
    form = Press(request.POST)
    if form.readable() and form.submit(request, actions.replay_hook, hook_id=hook_id):
        messages.success(request, "It is being read again.") if form.entry else None
        return redirect("console:hook", hook_id)
    return _page(request, hook_id, {"replay": form})


@screen("hooks:read", methods=WRITE)
def discard(request: Looking, hook_id: str) -> HttpResponse:
    form = Reason(request.POST, auto_id="discard-%s")
    if form.readable() and form.submit(
        request, actions.discard_hook, hook_id=hook_id, reason=form.cleaned_data["reason"]
    ):
        messages.success(request, "It is discarded. Its bytes stay on record.") if form.entry else None
        return redirect("console:quarantine")
    return _page(request, hook_id, {"discard": form})
