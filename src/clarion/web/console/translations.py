"""Translations: writing one beside the original, and deciding on one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import translation as actions
from clarion.rules import translation as rules
from clarion.rules.review import DECISIONS
from clarion.store.queries import translations as queries
from clarion.web.console import labels
from clarion.web.console.base import BOTH, WRITE, Looking, screen, show
from clarion.web.console.forms import ConsoleForm, text_fields


class WriteTranslation(ConsoleForm):
    """The texts for outsiders in one language. ``version`` is the one that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, version: Any, language: str, earlier: dict[str, Any]) -> None:
        super().__init__(data, initial={"version": version.number})
        self.originals = rules.to_translate(version.texts)
        for name in self.originals:
            begun = earlier.get(name, {"title": "", "body": ""})
            self.fields |= text_fields(name, begun, language=language)

    def rows(self) -> list[dict[str, Any]]:
        """Original and fields, audience by audience, for the page."""
        return [
            {
                "audience": name,
                "label": labels.label("audience", name),
                "original": text,
                "title": self[f"texts.{name}.title"],
                "body": self[f"texts.{name}.body"],
            }
            for name, text in self.originals.items()
        ]

    def texts(self) -> dict[str, dict[str, str]]:
        read = self.cleaned_data
        return {
            name: {part: read[f"texts.{name}.{part}"] for part in ("title", "body")}
            for name in self.originals
        }


class DecideTranslation(ConsoleForm):
    """One person's word on the exact translation that was shown."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[(word, word) for word in DECISIONS], widget=forms.HiddenInput)
    comment = forms.CharField(
        max_length=5000,
        required=False,
        label="Remark",
        help_text="Needed when you ask for changes: say what should change.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@screen("drafts:read", methods=BOTH)
def page(request: Looking, draft_id: str, language: str) -> HttpResponse:
    """The original beside its translation: written here, and decided on here."""
    version = queries.newest_version(draft_id)
    line = queries.line(version, language)
    earlier = queries.earlier_words(version, language)
    form = WriteTranslation(request.POST or None, version=version, language=language, earlier=earlier)
    sent = request.method == "POST" and form.readable()
    if sent and form.submit(
        request,
        actions.write_translation,
        draft_id=draft_id,
        version=form.cleaned_data["version"],
        language=language,
        texts=form.texts(),
    ):
        messages.success(request, "The translation is saved. Somebody else must read it now.")
        return redirect("console:translation", draft_id, language)
    if form.is_bound:
        form.set_hidden(version=version.number)
    return _show(request, version, line, form, None)


def _show(
    request: Looking, version: Any, line: Any, form: WriteTranslation, decided: DecideTranslation | None
) -> HttpResponse:
    row = line.translation
    decision = decided or (DecideTranslation(initial={"digest": row.digest}) if row else None)
    context = {
        "draft": version.draft,
        "incident": version.draft.incident,
        "version": version,
        "line": line,
        "row": row,
        "texts": _beside(version, row) if row else [],
        "verdict": queries.verdict(row, request.user) if row else None,
        "form": form,
        "decision": decision,
        "refused": [decided] if decided else [],
        "writing": form.is_bound or row is None or row.state == "changes_requested",
    }
    status = max(form.status, decided.status if decided else 200)
    return show(request, "console/translation.html", context, status=status)


def _beside(version: Any, row: Any) -> list[dict[str, Any]]:
    return [
        {
            "audience": name,
            "label": labels.label("audience", name),
            "original": text,
            "translated": row.texts[name],
        }
        for name, text in rules.to_translate(version.texts).items()
    ]


@screen("drafts:read", methods=WRITE)
def decide(request: Looking, translation_id: str) -> HttpResponse:
    """Approves or asks for changes to exactly what was read."""
    row = queries.one(translation_id)
    form = DecideTranslation(request.POST)
    if form.readable() and form.submit(
        request, actions.review_translation, translation_id=translation_id, **form.cleaned_data
    ):
        if form.entry:
            messages.success(request, ANSWERS[form.entry.kind])
        return redirect("console:translation", row.draft_id, row.language)
    version = queries.newest_version(row.draft_id)
    line = queries.line(version, row.language)
    if line.translation is not None:
        form.set_hidden(digest=line.translation.digest)
    earlier = queries.earlier_words(version, row.language)
    write = WriteTranslation(None, version=version, language=row.language, earlier=earlier)
    return _show(request, version, line, write, form)


ANSWERS = {
    "translation.approved": "Your approval is recorded. Readers of this language see these words.",
    "translation.changes_requested": "Your wish for changes is recorded.",
}
