"""Settings: one's own keys for programs."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import people as actions
from clarion.rules.access import SCOPES
from clarion.store.ids import new_api_key
from clarion.store.queries import people
from clarion.web.console.base import WRITE, Looking, screen, show
from clarion.web.console.forms import ConsoleForm, Press


class NewKey(ConsoleForm):
    label = forms.CharField(max_length=120, label="What it is for")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES],
        help_text="A key can do no more than its owner, and no more than its scopes.",
        widget=forms.CheckboxSelectMultiple,
    )


@screen("keys:write")
def index(request: Looking) -> HttpResponse:
    return _page(request, NewKey())


def _page(request: Looking, form: ConsoleForm, refused: ConsoleForm | None = None) -> HttpResponse:
    context = {"keys": people.api_keys(request.user), "form": form, "refused": [refused] if refused else []}
    return show(request, "console/keys.html", context, status=(refused or form).status)


@screen("keys:write", methods=WRITE)
def add(request: Looking) -> HttpResponse:
    """Makes a key for the person who asks; its secret is shown this once."""
    form = NewKey(request.POST)
    secret = new_api_key()
    if form.readable() and form.submit(
        request, actions.create_api_key, owner_id=request.user.id, secret=secret, **form.cleaned_data
    ):
        return show(
            request, "console/key_added.html", {"label": form.cleaned_data["label"], "secret": secret}
        )
    return _page(request, form)


@screen("keys:write", methods=WRITE)
def revoke(request: Looking, key_id: str) -> HttpResponse:
    form = Press(request.POST)
    if form.readable() and form.submit(request, actions.revoke_api_key, key_id=key_id):
        return redirect("console:keys")
    return _page(request, NewKey(), form)
