"""Settings: people and their roles."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import people as actions
from clarion.rules.access import ROLE_LABELS
from clarion.store.people import roles_of
from clarion.store.queries import ledger, people, single
from clarion.web.console import sentences
from clarion.web.console.base import WRITE, Looking, screen, show
from clarion.web.console.forms import ConsoleForm, Press, choices, zones

ROLES = choices(ROLE_LABELS)


class NewPerson(ConsoleForm):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.CharField(
        max_length=254,
        label="Mail address",
        help_text="They sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        max_length=500,
        strip=False,
        label="First password",
        help_text="At least 12 characters. Tell it to them in person.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )
    time_zone = forms.ChoiceField(choices=zones, label="Time zone", initial="Etc/UTC")
    roles = forms.MultipleChoiceField(choices=ROLES, required=False, widget=forms.CheckboxSelectMultiple)
    places = {"role": "roles"}


class Role(ConsoleForm):
    role = forms.ChoiceField(choices=ROLES)


@screen("settings:write")
def index(request: Looking) -> HttpResponse:
    return _list(request, NewPerson())


def _list(request: Looking, form: ConsoleForm) -> HttpResponse:
    context = {"people": people.people(), "form": form}
    return show(request, "console/people.html", context, status=form.status)


@screen("settings:write", methods=WRITE)
def add(request: Looking) -> HttpResponse:
    form = NewPerson(request.POST)
    if form.readable() and form.submit(request, actions.create_person, **form.cleaned_data):
        messages.success(request, f"{form.cleaned_data['name']} can sign in now.")
        return redirect("console:people")
    return _list(request, form)


@screen("settings:write")
def page(request: Looking, user_id: str) -> HttpResponse:
    return _page(request, user_id, None)


def _page(request: Looking, user_id: str, refused: ConsoleForm | None) -> HttpResponse:
    person = single.person(user_id)
    held = roles_of(person)
    names = sentences.Names(people=ledger.actor_names())
    context = {
        "person": person,
        "held": [(role, text) for role, text in ROLES if role in held],
        "others": [(role, text) for role, text in ROLES if role not in held],
        "keys": people.api_keys(person),
        "history": [
            sentences.line(entry, ledger.read(entry).data, ledger.texts_of(entry, request.actor), names)
            for entry in ledger.entries(subject=f"user:{person.id}").order_by("-id")[:50]
        ],
        "refused": [refused] if refused else [],
    }
    return show(request, "console/person.html", context, status=refused.status if refused else 200)


@screen("settings:write", methods=WRITE)
def grant(request: Looking, user_id: str) -> HttpResponse:
    form = Role(request.POST)
    if form.readable() and form.submit(
        request, actions.grant_role, user_id=user_id, role=form.cleaned_data["role"]
    ):
        return redirect("console:person", user_id)
    return _page(request, user_id, form)


@screen("settings:write", methods=WRITE)
def revoke(request: Looking, user_id: str) -> HttpResponse:
    form = Role(request.POST)
    if form.readable() and form.submit(
        request, actions.revoke_role, user_id=user_id, role=form.cleaned_data["role"]
    ):
        return redirect("console:person", user_id)
    return _page(request, user_id, form)


@screen("settings:write", methods=WRITE)
def deactivate(request: Looking, user_id: str) -> HttpResponse:
    form = Press(request.POST)
    if form.readable() and form.submit(request, actions.deactivate_person, user_id=user_id):
        messages.success(request, "The account and its API keys are switched off.") if form.entry else None
        return redirect("console:person", user_id)
    return _page(request, user_id, form)
