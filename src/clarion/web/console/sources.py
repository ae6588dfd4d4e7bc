"""Settings: the tools that may report, adding one, exchanging its secret, switching it off."""

from __future__ import annotations

import dataclasses
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion import plugins
from clarion.actions import setup as actions
from clarion.store.ids import new_secret
from clarion.store.queries import incidents, intake, single
from clarion.web.console.base import WRITE, Looking, screen, show
from clarion.web.console.forms import ConsoleForm, Press
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


def _page(request: Looking, form: ConsoleForm, refused: ConsoleForm | None = None) -> HttpResponse:
    """``form`` adds a source; ``refused`` is a button of the list that could not be obeyed."""
    found = [
        {
            "source": source,
            "kind": source_labels().get(source.kind, source.kind),
            "url": hook_url(source.slug),
            "secrets": len(source.config.get(secrets_of(source.kind), ())),
        }
        for source in intake.sources().select_related("default_component")
    ]
    context = {"sources": found, "form": form, "refused": refused}
    return show(request, "console/sources.html", context, status=(refused or form).status)


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
            return _handed_over(request, read["slug"], read["kind"], secret)
    return _page(request, form)


def _handed_over(
    request: Looking, slug: str, kind: str, secret: str, *, exchanged: bool = False
) -> HttpResponse:
    """The page that shows a secret, this once."""
    context = {"slug": slug, "url": hook_url(slug), "secret": secret, "kind": kind, "exchanged": exchanged}
    return show(request, "console/source_added.html", context)


@screen("settings:write", methods=WRITE)
def switch(request: Looking, slug: str) -> HttpResponse:
    """Off or on, as the button said: ``enabled`` is ``yes`` or anything else."""
    return _change(request, slug, enabled=request.POST.get("enabled") == "yes")


@screen("settings:write", methods=WRITE)
def new_secret_for(request: Looking, slug: str) -> HttpResponse:
    """A fresh secret beside those that count, shown this once."""
    source = single.source(slug)
    secret, fresh = fresh_config(source.kind)
    name = secrets_of(source.kind)
    config = {**source.config, name: [*source.config[name], *fresh[name]]}
    form = Press(request.POST)
    if form.submit(request, actions.change_source, slug=slug, config=config):
        return _handed_over(request, slug, source.kind, secret, exchanged=True)
    return _page(request, NewSource(), form)


@screen("settings:write", methods=WRITE)
def retire(request: Looking, slug: str) -> HttpResponse:
    """Only the newest secret counts from now on."""
    source = single.source(slug)
    name = secrets_of(source.kind)
    return _change(request, slug, config={**source.config, name: source.config[name][-1:]})


def _change(request: Looking, slug: str, **changes: Any) -> HttpResponse:
    form = Press(request.POST)
    if form.submit(request, actions.change_source, slug=slug, **changes):
        return redirect("console:sources")
    return _page(request, NewSource(), form)


def secrets_of(kind: str) -> str:
    """The setting that lists what this kind of source accepts as proof."""
    names = {field.name for field in dataclasses.fields(plugins.get("clarion.sources", kind).Config)}
    return "secrets" if "secrets" in names else "tokens"


def fresh_config(kind: str) -> tuple[str, dict[str, Any]]:
    """A new secret and the settings that accept it, for a tool that asks for a list of secrets.

    A signing secret has the form of Standard Webhooks, a bearer token is 256 random bits.
    """
    name = secrets_of(kind)
    secret = new_secret() if name == "secrets" else secrets.token_urlsafe(32)
    return secret, {name: [secret]}
