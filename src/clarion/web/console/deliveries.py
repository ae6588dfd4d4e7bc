"""The delivery log: each update and reader, where it stands, and what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from clarion.actions import deliver as actions
from clarion.rules.delivery import STATES
from clarion.store.queries import delivery, single
from clarion.web.console.base import WRITE, Looking, choice, id_in, kept_filters, page_of, screen, show
from clarion.web.console.forms import ConsoleForm, Press
from clarion.web.console.labels import DELIVERY_LABELS, channel_labels

#: The states in which trying again makes sense.
RETRIABLE = ("failed", "deferred")


@screen("deliveries:read")
def index(request: Looking) -> HttpResponse:
    return _page(request, None)


def _page(request: Looking, refused: ConsoleForm | None) -> HttpResponse:
    channels = {name: text for name, text in channel_labels().items() if name != "status_page"}
    state = choice(request, "state", STATES)
    channel = choice(request, "channel", tuple(channels))
    incident = id_in(request, "incident")
    found = delivery.deliveries(state=state)
    if channel:
        found = found.filter(channel=channel)
    if incident:
        found = found.filter(update__incident=incident)
    context = {
        "page": page_of(request, found),
        "state": state,
        "channel": channel,
        "incident": incident,
        "states": {state: DELIVERY_LABELS[state] for state in STATES},
        "channels": channels,
        "retriable": RETRIABLE,
        "filters": kept_filters(request),
        "refused": [refused] if refused else [],
    }
    return show(request, "console/deliveries.html", context, status=refused.status if refused else 200)


@screen("deliveries:read", methods=WRITE)
def retry(request: Looking, public_id: str) -> HttpResponse:
    form = Press(request.POST)
    if form.readable() and form.submit(request, actions.retry_delivery, public_id=public_id):
        reader = single.delivery(public_id).subscriber.address
        messages.success(request, f"The delivery to {reader} is tried again, under the same id.")
        back = request.POST.get("back", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return redirect(back if safe else "console:deliveries")
    return _page(request, form)
