"""Forms that lose nothing: a refusal comes back at its field, beside what was typed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import IntegrityError

from clarion import pipeline
from clarion.rules.draft import LONGEST_BODY, LONGEST_TITLE
from clarion.rules.errors import AlreadyDone, Conflict, Refusal
from clarion.rules.times import zone_names
from clarion.web.console.base import Looking

log = logging.getLogger("clarion.console")


class ConsoleForm(forms.Form):
    """A form for one action.

    ``places`` says which of its fields shows a refusal about a differently named argument.
    """

    places: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = "Fill this in."
        self.status = 200
        """HTTP status of a page that shows this form as it now is."""
        self.entry: Any = None
        """The ledger entry, once the action has written one."""

    def submit(self, request: Looking, action: Callable[..., Any], **arguments: Any) -> bool:
        """Runs the action as this person; False when the form has to be shown again, with ``status``.

        What somebody else has done already counts as done, and is said in a message.
        """
        try:
            self.entry = pipeline.run(action, actor=request.actor, now=request.now, **arguments)
        except AlreadyDone as refusal:
            messages.info(request, refusal.message)
        except Refusal as refusal:
            self.refuse(refusal)
            return False
        except IntegrityError:
            log.warning("two writes met", exc_info=True)
            text = "Somebody changed this at the same moment. Look at it as it is now, then try again."
            self.refuse(Conflict(text))
            return False
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal at its field, or at the head of the form when it has none."""
        self.status = refusal.status
        for each in (refusal, *refusal.also):
            name = self.places.get(each.field, each.field)
            shown = name in self.fields and not self.fields[name].widget.is_hidden
            self.add_error(name if shown else None, each.message)

    def readable(self) -> bool:
        """True when every field could be read; otherwise sets the status to show the form again with."""
        if self.is_valid():
            return True
        self.status = 422
        for bound in self.hidden_fields():
            if bound.errors:
                # Nobody can mend what they cannot see.
                self.add_error(
                    None, "Part of this form was missing. Look at the page as it is now, then try again."
                )
                break
        return False

    def set_hidden(self, **values: Any) -> None:
        """Puts what is true now into hidden fields of a form that was refused; what was typed stays."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, value in values.items():
            data[name] = str(value)
        self.data = data


class Press(ConsoleForm):
    """A form that is only a button."""


class Reason(ConsoleForm):
    """A button that wants to be told why."""

    reason = forms.CharField(max_length=5000, widget=forms.TextInput, label="Reason")


def wanted(field: forms.Field) -> None:
    """Leaves the word optional away: whether this may be empty is for the action to say."""
    field.wanted = True  # type: ignore[attr-defined]


def text_fields(name: str, begun: Mapping[str, str], *, language: str = "") -> dict[str, forms.CharField]:
    """Title and body of the text for one audience, ``begun`` with these words, by the names of the fields.

    What is wrong with a text is said by the action, so nothing is checked twice here. ``language`` is that of
    the words, where it is not the page's.
    """
    spoken = {"lang": language} if language else {}
    fields = {
        f"texts.{name}.title": forms.CharField(
            label="Title",
            max_length=LONGEST_TITLE,
            initial=begun["title"],
            required=False,
            widget=forms.TextInput(attrs=spoken),
        ),
        f"texts.{name}.body": forms.CharField(
            label="Text",
            max_length=LONGEST_BODY,
            initial=begun["body"],
            required=False,
            strip=False,
            widget=forms.Textarea(attrs={"rows": 9, **spoken}),
        ),
    }
    for field in fields.values():
        wanted(field)
    return fields


def utc_field(label: str, help_text: str, *, required: bool = True) -> forms.DateTimeField:
    """A moment typed in UTC, as the browser's own control shows it."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write a date and a time in UTC, such as 2026-11-23 14:05."},
    )


def zones() -> list[tuple[str, str]]:
    """UTC first, then every zone by name."""
    found = sorted(
        name for name in zone_names() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [("Etc/UTC", "UTC"), *((name, name.replace("_", " ")) for name in found)]


def choices(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(labels.items())
