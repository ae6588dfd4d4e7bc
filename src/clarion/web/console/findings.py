"""Findings at their place in the text: shown, overridden by counsel, mended by one press."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import draft as draft_actions
from clarion.actions import finding as actions
from clarion.rules.errors import Conflict, Refusal
from clarion.store.queries import findings as queries
from clarion.web.console.base import WRITE, Looking, screen
from clarion.web.console.forms import ConsoleForm


class Override(ConsoleForm):
    """Counsel's reason to let one finding stand in the version that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=5000, required=False, widget=forms.TextInput, label="Reason")


class Apply(ConsoleForm):
    """A button that writes the suggestion into the version that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def beside(texts: Iterable[dict[str, Any]], found: queries.Findings) -> list[dict[str, Any]]:
    """The labelled texts, each with its findings and with its source in marked pieces."""
    shown = []
    for text in texts:
        lines = found.of(text["audience"])
        title = pieces(text["title"], lines, ("title",))
        shown.append({**text, "findings": lines, "marked": [*title, ("\n\n", ""), *marked_body(text, lines)]})
    return shown


def marked_body(text: dict[str, Any], lines: Iterable[queries.FindingLine]) -> list[tuple[str, str]]:
    return pieces(text["body"], lines, ("body", "link"))


def pieces(words: str, lines: Iterable[queries.FindingLine], parts: tuple[str, ...]) -> list[tuple[str, str]]:
    """The words cut at what is found in these parts: each piece with its severity, empty between.

    Where findings overlap, the one that begins first is marked; all of them are listed beside the text.
    """
    return list(_cut(words, sorted(_spans(lines, parts))))


def _spans(lines: Iterable[queries.FindingLine], parts: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    for line in lines:
        finding = line.found.finding
        if finding.place.part in parts and finding.words and not line.waiver:
            yield finding.place.start, finding.place.end, finding.severity


def _cut(words: str, spans: list[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    done = 0
    for start, end, severity in spans:
        if start < done:
            continue
        if start > done:
            yield words[done:start], ""
        yield words[start:end], severity
        done = end
    if done < len(words):
        yield words[done:], ""


@screen("drafts:read", methods=WRITE)
def waive(request: Looking, draft_id: str, fingerprint: str) -> HttpResponse:
    """Counsel lets the draft go on with this finding in it."""
    from clarion.web.console.drafts import draft_page

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
    from clarion.web.console.drafts import draft_page

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
