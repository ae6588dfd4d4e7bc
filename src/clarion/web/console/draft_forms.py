"""The forms around a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from clarion.rules.review import DECISIONS
from clarion.store.queries.findings import Findings
from clarion.web.console.forms import ConsoleForm


class Ticked(ConsoleForm):
    """A form by which a person also answers for the findings that were on the screen (``shown``)."""

    shown = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)
    read = forms.BooleanField(required=False)

    def count(self) -> int:
        """How many findings the tick is about; without any there is nothing to tick."""
        return len(str(self["shown"].value() or "").split())

    def ticked(self) -> list[str]:
        """Fingerprints of what this person says to have read."""
        return self.cleaned_data["shown"].split() if self.cleaned_data["read"] else []

    def show_again(self, found: Findings) -> None:
        """After a refusal: the tick is about what the page shows now."""
        self.set_hidden(shown=" ".join(self.fingerprints(found)))

    def fingerprints(self, found: Findings) -> list[str]:
        """Of these findings, those that the tick is about."""
        return []


class SubmitDraft(Ticked):
    """Asks for review of the version that was on the screen."""

    places: ClassVar[Mapping[str, str]] = {"confirmed": "read"}
    version = forms.IntegerField(widget=forms.HiddenInput)
    read = forms.BooleanField(required=False, label="I have read the warnings, and they may stand.")
    reason = forms.CharField(max_length=5000, required=False, label="Why they may stand")

    def fingerprints(self, found: Findings) -> list[str]:
        return found.warnings


class BaseVersion(ConsoleForm):
    """A button that goes on from the version that was on the screen."""

    base_version = forms.IntegerField(widget=forms.HiddenInput)


class Comment(ConsoleForm):
    body = forms.CharField(
        max_length=5000,
        label="Comment",
        help_text="A remark approves nothing and voids nothing.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Decision(Ticked):
    """One person's word on the exact text that was shown: version and digest travel with it."""

    places: ClassVar[Mapping[str, str]] = {"looked_at": "read"}
    read = forms.BooleanField(required=False, label="I have looked at everything found for my role.")

    role = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[(word, word) for word in DECISIONS], widget=forms.HiddenInput)
    comment = forms.CharField(
        max_length=5000,
        required=False,
        label="Remark",
        help_text="Needed when you ask for changes: say what should change.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def fingerprints(self, found: Findings) -> list[str]:
        return found.to_look_at(str(self.data.get("role", "")))

    def word(self) -> dict[str, Any]:
        """The arguments of ``decide``."""
        names = ("role", "version", "digest", "decision", "comment")
        return {name: self.cleaned_data[name] for name in names} | {"looked_at": self.ticked()}
