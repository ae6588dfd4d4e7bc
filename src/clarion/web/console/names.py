"""The register of protected names: what is on it, adding one or many, changing and retiring one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import name as actions
from clarion.rules.names import COLUMNS, KINDS, LONGEST_NAME, LONGEST_NOTE, read_csv
from clarion.store.queries import ledger, names
from clarion.web.console import sentences
from clarion.web.console.base import WRITE, Looking, choice, kept_filters, page_of, screen, show
from clarion.web.console.forms import ConsoleForm, Press, choices
from clarion.web.console.labels import NAME_STATE_LABELS

KIND_LABELS = {code: kind.label for code, kind in KINDS.items()}


class EditName(ConsoleForm):
    kind = forms.ChoiceField(choices=choices(KIND_LABELS))
    name = forms.CharField(max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    aliases = forms.CharField(
        label="Other spellings",
        help_text="One on each line.",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        help_text="For those who keep the register.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="In UTC. Empty: it is looked for until somebody retires it.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day such as 2027-03-31."},
    )

    def values(self) -> dict[str, Any]:
        """The arguments of ``add_name`` and ``change_name``."""
        return {**self.cleaned_data, "aliases": self.cleaned_data["aliases"].splitlines()}


class ImportNames(ConsoleForm):
    csv = forms.CharField(
        label="Lines",
        max_length=500_000,
        strip=False,
        help_text=f"{', '.join(COLUMNS)}; | between other spellings. The last three may be left out.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def kept(self, request: Looking) -> ImportNames | None:
        """After sending: a form with the lines that were not taken and why; None when all were."""
        refused = self.entry.data["refused"] if self.entry else []
        if not refused:
            return None
        numbers = {each["line"] for each in refused}
        table = read_csv(self.cleaned_data["csv"], today=request.now.date())
        form = ImportNames({"csv": table.only(numbers)}, auto_id="lines-%s")
        for each in refused:
            form.add_error("csv", f"Line {each['line']}: {each['detail']}")
        return form


@screen("names:read")
def index(request: Looking) -> HttpResponse:
    return _list(request)


def _list(
    request: Looking, form: EditName | None = None, lines: ImportNames | None = None, *, refused: Any = None
) -> HttpResponse:
    form, lines = form or EditName(auto_id="name-%s"), lines or ImportNames(auto_id="lines-%s")
    state = choice(request, "state", (*NAME_STATE_LABELS, "all"), "protected")
    kind = choice(request, "kind", tuple(KINDS))
    found = names.names(kind=kind, state="" if state == "all" else state, now=request.now)
    page = page_of(request, found)
    context = {
        "page": page,
        "rows": [(row, names.state_of(row, request.now)) for row in page],
        "state": state,
        "states": {**NAME_STATE_LABELS, "all": "All"},
        "kind": kind,
        "kinds": KIND_LABELS,
        "filters": kept_filters(request),
        "form": form,
        "lines": lines,
        "refused": [refused] if refused else [],
    }
    return show(
        request,
        "console/names.html",
        context,
        status=max(form.status, lines.status, getattr(refused, "status", 0)),
    )


@screen("names:read", methods=WRITE)
def add(request: Looking) -> HttpResponse:
    form = EditName(request.POST, auto_id="name-%s")
    if form.readable() and form.submit(request, actions.add_name, **form.values()):
        messages.success(request, "The name is on the register. Texts are searched for it from now on.")
        return redirect("console:names")
    return _list(request, form)


@screen("names:read", methods=WRITE)
def add_many(request: Looking) -> HttpResponse:
    """Takes the lines that can be taken; the others come back in the form, each with its reason."""
    form = ImportNames(request.POST, auto_id="lines-%s")
    if not (form.readable() and form.submit(request, actions.import_names, **form.cleaned_data)):
        return _list(request, lines=form)
    messages.success(request, f"{form.entry.data['count']} names are on the register.")
    left = form.kept(request)
    return _list(request, lines=left) if left else redirect("console:names")


@screen("names:read")
def page(request: Looking, name_id: str) -> HttpResponse:
    return _page(request, name_id, None)


def _page(request: Looking, name_id: str, form: ConsoleForm | None) -> HttpResponse:
    row = names.name(name_id)
    told = {field: getattr(row, field) for field in ("kind", "name", "note", "ends_on")}
    edit = (
        form if isinstance(form, EditName) else EditName(initial={**told, "aliases": "\n".join(row.aliases)})
    )
    who = sentences.Names(people=ledger.actor_names())
    context = {
        "name": row,
        "state": names.state_of(row, request.now),
        "form": edit,
        "refused": [form] if form and form is not edit else [],
        "history": [
            sentences.line(entry, ledger.read(entry).data, {}, who)
            for entry in ledger.entries(subject=f"name:{row.id}").order_by("-id")[:50]
        ],
    }
    return show(request, "console/name.html", context, status=form.status if form else 200)


@screen("names:read", methods=WRITE)
def change(request: Looking, name_id: str) -> HttpResponse:
    form = EditName(request.POST)
    if form.readable() and form.submit(request, actions.change_name, name_id=name_id, **form.values()):
        if form.entry:
            messages.success(request, "The register says so from now on.")
        return redirect("console:name", name_id)
    return _page(request, name_id, form)


@screen("names:read", methods=WRITE)
def retire(request: Looking, name_id: str) -> HttpResponse:
    form = Press(request.POST)
    if form.readable() and form.submit(request, actions.retire_name, name_id=name_id):
        if form.entry:
            messages.success(request, "The name is retired; texts may say it.")
        return redirect("console:names")
    return _page(request, name_id, form)
