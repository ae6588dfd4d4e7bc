"""Settings: the tools that may report, and adding one."""

from __future__ import annotations

import dataclasses
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse

from clarion import plugins
from clarion.actions import setup as actions
from clarion.store.ids import new_secret
from clarion.store.queries import incidents, intake
from clarion.web.console.base import WRITE, Looking, screen, show
from clarion.web.console.forms import ConsoleForm
from clarion.web.console.labels import source_labels


class NewSource(ConsoleForm):
    slug = forms.SlugField(
        max_length=60,
        label="Name in its address",
        help_text="Lower-case letters, digits and hyphens: /hooks/<name>.",
    )
    kind = forms.ChoiceField(label="Tool")
    component_id = forms.ChoiceField(
        required=False, label="Component", help_text="For alerts that name no component themselves."
    )
    places = {"config": "kind", "component": "component_id"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(source_labels().items())  # type: ignore[attr-defined]
        found = incidents.components().filter(is_group=False)
        self.fields["component_id"].choices = [("", "None"), *((c.id, c.name) for c in found)]  # type: ignore[attr-defined]


@screen("settings:write")
def index(request: Looking) -> HttpResponse:
    return _page(request, NewSource())


def _page(request: Looking, form: ConsoleForm) -> HttpResponse:
    found = [
        {
            "source": source,
            "kind": source_labels().get(source.kind, source.kind),
            "url": hook_url(source.slug),
        }
        for source in intake.sources().select_related("default_component")
    ]
    return show(request, "console/sources.html", {"sources": found, "form": form}, status=form.status)


def hook_url(slug: str) -> str:
    return f"{settings.CLARION.base_url}/hooks/{slug}"


@screen("settings:write", methods=WRITE)
def add(request: Looking) -> HttpResponse:
    """Adds a source with a fresh secret, which is shown this once."""
    form = NewSource(request.POST)
    if form.readable():
        read = form.cleaned_data
        secret, config = fresh_config(read["kind"])
        if form.submit(
            request,
            actions.add_source,
            slug=read["slug"],
            kind=read["kind"],
            config=config,
            component_id=read["component_id"] or None,
        ):
            context = {
                "slug": read["slug"],
                "url": hook_url(read["slug"]),
                "secret": secret,
                "kind": read["kind"],
            }
            return show(request, "console/source_added.html", context)
    return _page(request, form)


def fresh_config(kind: str) -> tuple[str, dict[str, Any]]:
    """A new secret and the settings that accept it, for a tool that asks for a list of secrets.

    A signing secret has the form of Standard Webhooks, a bearer token is 256 random bits.
    """
    names = [field.name for field in dataclasses.fields(plugins.get("clarion.sources", kind).Config)]
    if "secrets" in names:
        secret = new_secret()
        return secret, {"secrets": [secret]}
    secret = secrets.token_urlsafe(32)
    return secret, {"tokens": [secret]}
