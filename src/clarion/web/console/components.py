"""Components: the parts of the service that updates can speak of."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import setup as actions
from clarion.store.queries import incidents
from clarion.web.console.base import WRITE, Looking, screen, show
from clarion.web.console.forms import ConsoleForm


class NewComponent(ConsoleForm):
    name = forms.CharField(max_length=120)
    description = forms.CharField(
        max_length=500, required=False, help_text="One line that readers see below the name."
    )
    position = forms.IntegerField(
        min_value=0, max_value=10_000, initial=1, help_text="Smaller numbers stand higher."
    )
    public = forms.BooleanField(required=False, initial=True, label="Shown on the status page")


@screen("components:read")
def index(request: Looking) -> HttpResponse:
    return _page(request, NewComponent())


def _page(request: Looking, form: ConsoleForm) -> HttpResponse:
    context = {"components": incidents.components(), "form": form}
    return show(request, "console/components.html", context, status=form.status)


@screen("components:read", methods=WRITE)
def add(request: Looking) -> HttpResponse:
    form = NewComponent(request.POST)
    if form.readable() and form.submit(request, actions.add_component, **form.cleaned_data):
        messages.success(request, f"{form.cleaned_data['name']} is added.")
        return redirect("console:components")
    return _page(request, form)
