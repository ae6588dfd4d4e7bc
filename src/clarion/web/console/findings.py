"""Findings at their place in the text: shown, overridden by counsel, mended by one press."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import draft as draft_actions
from clarion.actions import finding as actions
from clarion.rules.errors import Conflict, Refusal
from clarion.store.queries import findings as queries
from clarion.web.console.base import WRITE, Looking, screen
from clarion.web.console.drafts import draft_page
from clarion.web.console.forms import ConsoleForm


class Override(ConsoleForm):
    """Counsel's reason to let one finding stand in the version that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=5000, required=False, widget=forms.TextInput, label="Reason")


class Apply(ConsoleForm):
    """A button that writes the suggestion into the version that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


@screen("drafts:read", methods=WRITE)
def waive(request: Looking, draft_id: str, fingerprint: str) -> HttpResponse:
    """Counsel lets the draft go on with this finding in it."""
    form = Override(request.POST, auto_id=f"waive-{fingerprint}-%s")
    if form.readable() and form.submit(
        request, actions.waive_finding, draft_id=draft_id, fingerprint=fingerprint, **form.cleaned_data
    ):
        messages.success(request, "Your override is recorded, with its reason.") if form.entry else None
        return redirect("console:draft", draft_id)
    return draft_page(request, draft_id, {f"waive-{fingerprint}": form})


@screen("drafts:read", methods=WRITE)
def apply(request: Looking, draft_id: str, fingerprint: str) -> HttpResponse:
    """Writes the next version with the suggested text in the place of what was found."""
    form = Apply(request.POST)
    if not form.readable():
        return draft_page(request, draft_id, {"apply": form})
    try:
        version = queries.shown(draft_id, form.cleaned_data["version"])
    except Conflict as conflict:
        form.refuse(conflict)
        return draft_page(request, draft_id, {"apply": form})
    try:
        written = queries.rewritten(version, fingerprint, request.now)
    except Refusal as refusal:
        messages.info(request, refusal.message)
        return redirect("console:draft", draft_id)
    if form.submit(request, draft_actions.edit_draft, **written):
        messages.success(request, f"Version {version.number + 1} is saved with the suggested words.")
        return redirect("console:draft", draft_id)
    return draft_page(request, draft_id, {"apply": form})
