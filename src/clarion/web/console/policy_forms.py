"""The forms with which the policy, its templates and lint rules are changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from django import forms

from clarion.actions import policy as actions
from clarion.rules.documents import KINDS
from clarion.rules.yaml_lines import LONGEST_DOCUMENT
from clarion.store.policies import documents
from clarion.store.queries import people
from clarion.web.console.base import Looking
from clarion.web.console.forms import ConsoleForm

LARGEST_NUMBER = 2_147_483_647


def _editor(label: str, help_text: str, *, rows: int, required: bool = False) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST_DOCUMENT,
        required=required,
        strip=False,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "class": "code"}),
    )


class Propose(ConsoleForm):
    """The three documents in force, to be changed. Those that are left as they are stay as they are."""

    base_number = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=5000, label="What it changes, and why")
    document = _editor(
        "The policy, as YAML", "Each line that is wrong is named when you propose it.", rows=30, required=True
    )
    templates = _editor(
        "The templates, as YAML",
        "The words of first drafts. Empty: those that come with Clarion.",
        rows=24,
    )
    lint_rules = _editor(
        "Lint rules of the organisation, as YAML",
        "They are in force beside those that come with Clarion, for every draft. Empty: none.",
        rows=14,
    )
    names: ClassVar[tuple[str, ...]] = tuple(KINDS)

    def propose(self, request: Looking) -> bool:
        """Runs the action; False when the form has to be shown again, with nothing lost that was typed."""
        if not self.readable():
            return False
        self.cleaned_data |= self._typed()
        if self.submit(request, actions.propose_policy, **self.cleaned_data):
            return True
        newest = people.policies().first()
        if newest is not None and newest.number != self.cleaned_data["base_number"]:
            self._move_to(newest)
        return False

    def _typed(self) -> dict[str, str]:
        """The documents with line ends as they are kept; a browser sends its own."""
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in self.names}

    def _move_to(self, newest: Any) -> None:
        """Another version is in force by now: what was not changed here is as it is there."""
        before = people.policies().filter(number=self.cleaned_data["base_number"]).first()
        old, new, typed = asdict(documents(before or newest)), asdict(documents(newest)), self._typed()
        untouched = {name: new[name] for name in self.names if typed[name] == old[name]}
        self.set_hidden(base_number=newest.number, **untouched)


def propose_form(newest: Any, posted: Any) -> Propose:
    return Propose(posted or None, initial={"base_number": newest.number, **asdict(documents(newest))})


class Approve(ConsoleForm):
    comment = forms.CharField(max_length=5000, label="Comment", required=False)
