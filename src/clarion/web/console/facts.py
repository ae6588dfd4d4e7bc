"""What is known about an incident, as a form and in words."""

from __future__ import annotations

from typing import Any

from django import forms

from clarion.rules.policy.facts import ASSESSED, DUTY_TAGS, FIELDS, NAMES, UNKNOWN, words_of
from clarion.web.console import labels
from clarion.web.console.forms import ConsoleForm

NONE = "none"


class AssessIncident(ConsoleForm):
    """A field for each fact; what nobody knows stays ``unknown``."""

    confirmation = forms.ChoiceField(
        choices=[(word, labels.label("confirmation", word)) for word in words_of("confirmation")],
        widget=forms.RadioSelect,
        label=NAMES["confirmation"],
    )
    outage_scope = forms.ChoiceField(
        choices=[(word, labels.label("outage_scope", word)) for word in words_of("outage_scope")],
        label=NAMES["outage_scope"],
    )
    business_impact = forms.ChoiceField(
        choices=[(word, labels.label("business_impact", word)) for word in words_of("business_impact")],
        label=NAMES["business_impact"],
    )
    stakeholder_visibility = forms.ChoiceField(
        choices=[
            (word, labels.label("stakeholder_visibility", word))
            for word in words_of("stakeholder_visibility")
        ],
        label=NAMES["stakeholder_visibility"],
    )
    duties = forms.CharField(
        label=NAMES["duties"],
        required=False,
        max_length=2000,
        help_text=f"Tags with commas between, such as {', '.join(DUTY_TAGS[:3])}; none, or unknown.",
    )
    regions = forms.CharField(
        label=NAMES["regions"],
        required=False,
        max_length=2000,
        help_text="Such as EU, US-CA; none, or unknown.",
    )
    customers_affected = forms.CharField(
        label=NAMES["customers_affected"],
        required=False,
        max_length=20,
        help_text="A whole number, or unknown.",
    )

    def __init__(self, data: Any = None, *, incident: Any) -> None:
        super().__init__(data, initial=_initial(incident), auto_id="assess-%s")

    def facts(self) -> dict[str, Any]:
        """The argument of ``assess_incident``."""
        return {name: _read(name, self.cleaned_data[name]) for name in ASSESSED}


def _initial(incident: Any) -> dict[str, str]:
    return {name: _shown(name, getattr(incident, name)) for name in ASSESSED}


def _shown(name: str, value: Any) -> str:
    if value is None:
        return UNKNOWN
    return (", ".join(value) or NONE) if isinstance(value, list) else str(value)


def _read(name: str, text: str) -> Any:
    """What was typed as the action takes it; what cannot be read is left to it to refuse."""
    kind, typed = FIELDS[name].kind, text.strip()
    if kind == "word":
        return typed
    if typed.lower() in ("", UNKNOWN):
        return None
    if kind == "number":
        plain = typed.replace(",", "").replace(" ", "")
        return int(plain) if plain.isascii() and plain.isdecimal() else typed
    return [] if typed.lower() == NONE else [tag.strip() for tag in typed.split(",") if tag.strip()]


def facts_in_words(incident: Any) -> list[dict[str, str]]:
    """Each assessed fact with its name, as the page tells it."""
    return [{"label": NAMES[name], "value": _told(name, getattr(incident, name))} for name in ASSESSED]


def _told(name: str, value: Any) -> str:
    if FIELDS[name].kind == "word":
        return labels.label(name, value)
    if isinstance(value, int):
        return f"{value:,}"
    return _shown(name, value).capitalize() if not value else ", ".join(value)
