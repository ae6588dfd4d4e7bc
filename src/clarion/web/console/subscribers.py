"""Subscribers: who asked to be told, adding one, letting one go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion import plugins
from clarion.actions import subscriber as actions
from clarion.rules.audience import AUDIENCES
from clarion.store.queries import delivery, single
from clarion.web.console.base import WRITE, Looking, choice, kept_filters, page_of, screen, show
from clarion.web.console.forms import ConsoleForm, Press, zones
from clarion.web.console.labels import SUBSCRIBER_LABELS


def readers_zones() -> list[tuple[str, str]]:
    """Every zone, and first of all the page's own."""
    return [("", f"As on the page ({settings.CLARION.time_zone})"), *zones()]


class NewSubscriber(ConsoleForm):
    channel = forms.ChoiceField()
    address = forms.CharField(max_length=2000, help_text="A mail address, or the https address of a webhook.")
    audience = forms.ChoiceField(label="Reads the text for")
    language = forms.ChoiceField(required=False)
    time_zone = forms.ChoiceField(
        choices=readers_zones,
        required=False,
        label="Time zone of the reader",
        help_text="Times are said in UTC and in this zone.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = plugins.modules("clarion.channels")
        self.fields["channel"].choices = [(name, module.LABEL) for name, module in found.items()]  # type: ignore[attr-defined]
        self.fields["language"].choices = [(each.tag, each.name) for each in settings.CLARION.languages]  # type: ignore[attr-defined]
        public = [(each.name, each.label) for each in AUDIENCES.values() if each.public]
        self.fields["audience"].choices = public  # type: ignore[attr-defined]


@screen("subscribers:read")
def index(request: Looking) -> HttpResponse:
    return _page(request, NewSubscriber())


def _page(request: Looking, form: ConsoleForm, refused: ConsoleForm | None = None) -> HttpResponse:
    state = choice(request, "state", (*SUBSCRIBER_LABELS, "all"), "active")
    context = {
        "page": page_of(request, delivery.subscribers(state="" if state == "all" else state)),
        "state": state,
        "states": {**SUBSCRIBER_LABELS, "all": "All"},
        "filters": kept_filters(request),
        "form": form,
        "refused": [refused] if refused else [],
    }
    return show(request, "console/subscribers.html", context, status=(refused or form).status)


@screen("subscribers:read", methods=WRITE)
def add(request: Looking) -> HttpResponse:
    """Adds a reader. The signing secret of a webhook is shown this once, so it is not redirected away."""
    form = NewSubscriber(request.POST)
    if not (form.readable() and form.submit(request, actions.add_subscriber, **form.cleaned_data)):
        return _page(request, form)
    added = single.subscriber(form.entry.subject.partition(":")[2])
    if added.secret:
        return show(request, "console/subscriber_added.html", {"subscriber": added, "secret": added.secret})
    messages.success(request, f"{added.address} is subscribed.")
    return redirect("console:subscribers")


@screen("subscribers:read", methods=WRITE)
def unsubscribe(request: Looking, subscriber_id: str) -> HttpResponse:
    form = Press(request.POST)
    if form.readable() and form.submit(request, actions.unsubscribe, subscriber_id=subscriber_id):
        messages.success(request, "The subscription has ended.") if form.entry else None
        return redirect("console:subscribers")
    return _page(request, NewSubscriber(), form)
