"""The forms of the fact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms

from clarion.rules.access import DECIDER_ROLES
from clarion.rules.fact_checks import LONGEST_FACT
from clarion.rules.facts import CONFIDENCES, DEFAULT_CAVEAT, FACTS, Affected, FactSheet
from clarion.web.console import labels
from clarion.web.console.forms import ConsoleForm, choices, utc_field, wanted

#: What helps to fill a fact in; the words go on as texts use them.
HELP: Mapping[str, str] = {
    "known": "Told inside the organisation only.",
    "impact": "As the rest of “you may see …”, such as: declined card payments.",
    "reader_action": "A sentence, such as: Pay by invoice until then.",
    "our_action": "As the rest of “we are …”, such as: moving payments to the second provider.",
    "ruled_out": "One on each line.",
    "data_integrity": "A sentence, such as: No order was lost.",
    "started_at": "When readers were first affected, in UTC.",
    "mitigated_at": "Since when fewer are affected, or less, in UTC.",
    "restored_at": "Since when service is normal, in UTC.",
    "business_effect": "Told inside the organisation only.",
    "decisions": "For executives. Told inside only.",
    "contact": "For regulators, key accounts and partners.",
    "wrong": "What an earlier update said.",
    "jurisdictions": "One code on each line, such as GB-EAW or US. Those of the policy and of the incident's"
    " regions count besides.",
}
#: The facts as they stand together on the screen: heading, names, and whether they are open at once.
GROUPS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    (
        "What readers need",
        ("impact", "affected", "reader_action", "no_action_needed", "our_action", "ruled_out"),
        True,
    ),
    ("When", ("started_at", "detected_at", "mitigated_at", "restored_at", "watch_until"), True),
    ("Known, and stored data", ("known", "data_integrity", "residual"), True),
    ("For colleagues and partners", ("business_effect", "decisions", "contact"), False),
    ("Law", ("jurisdictions",), False),
    ("A correction", ("wrong", "right"), False),
    ("Afterwards", ("done", "planned"), False),
    ("Planned work", ("planned_start", "planned_end"), False),
)


class EditFacts(ConsoleForm):
    """The whole sheet but for cause and estimate; its fields are made from the sheet that is changed."""

    base_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, version: int, sheet: FactSheet) -> None:
        super().__init__(data, initial={"base_version": version}, auto_id="facts-%s")
        self.sheet = sheet
        for _, names, _ in GROUPS:
            for name in names:
                self._add(name)

    def _add(self, name: str) -> None:
        fact, value = FACTS[name], getattr(self.sheet, name)
        if fact.kind == "affected":
            self._add_affected(value)
        elif fact.kind == "moment":
            self.fields[name] = utc_field(fact.label, HELP.get(name, "In UTC."), required=False)
            self.fields[name].initial = value.astimezone(UTC) if value else None
        elif fact.kind == "flag":
            self.fields[name] = forms.BooleanField(label=fact.label, required=False, initial=value)
        else:
            shown = "\n".join(value) if fact.kind == "list" else value
            self.fields[name] = _long(fact.label, HELP.get(name, ""), shown)
        if fact.kind == "flag":
            return
        last = "affected.measuring" if fact.kind == "affected" else name
        wanted(self.fields[last])
        if fact.can_be_confirmed:
            self.fields[f"confirmed.{name}"] = forms.BooleanField(
                label=f"Confirmed: {fact.label.lower()}", required=False, initial=name in self.sheet.confirmed
            )

    def _add_affected(self, value: Affected) -> None:
        self.fields["affected.number"] = forms.IntegerField(
            label="How many customers", required=False, initial=value.number
        )
        self.fields["affected.percent"] = forms.FloatField(
            label="Share in %", required=False, initial=value.percent
        )
        self.fields["affected.regions"] = _long(
            "Regions", "One on each line.", "\n".join(value.regions), most=30 * 201
        )
        self.fields["affected.measuring"] = forms.BooleanField(
            label="It is being measured", required=False, initial=value.measuring
        )
        for part in ("number", "percent", "regions"):
            wanted(self.fields[f"affected.{part}"])

    def groups(self, states: Mapping[str, str]) -> list[dict[str, Any]]:
        """The fields for the page, fact by fact, with the state of each."""
        return [
            {
                "heading": heading,
                "open": is_open or any(self._wrong(name) for name in names),
                "short": all(FACTS[name].kind == "moment" for name in names),
                "facts": [self._shown(name, states[name]) for name in names],
            }
            for heading, names, is_open in GROUPS
        ]

    def _wrong(self, name: str) -> bool:
        return any(field.partition(".")[0] == name for field in self.errors)

    def _shown(self, name: str, state: str) -> dict[str, Any]:
        parts = [field for field in self.fields if field == name or field.startswith(f"{name}.")]
        tick = f"confirmed.{name}"
        return {
            "label": FACTS[name].label,
            "state": state,
            "plain": FACTS[name].kind == "flag",
            "fields": [self[field] for field in parts],
            "confirmed": self[tick] if tick in self.fields else None,
        }

    def _kept(self, name: str, typed: datetime | None) -> datetime | None:
        """The moment as it was recorded where the field shows just that: it has no place for seconds."""
        was: datetime | None = getattr(self.sheet, name)
        same = was is not None and typed == was.replace(second=0, microsecond=0)
        return was if same else typed

    def values(self) -> dict[str, Any]:
        """The arguments of ``record_facts``."""
        read = self.cleaned_data
        told = {name: read[name] for name in FACTS if name in self.fields}
        affected = {part: read[f"affected.{part}"] for part in ("number", "percent", "measuring")}
        told |= {name: _lines(read[name]) for name in told if FACTS[name].kind == "list"}
        told |= {
            "affected": Affected(**affected, regions=_lines(read["affected.regions"])),
            "confirmed": frozenset(name for name in FACTS if read.get(f"confirmed.{name}")),
        }
        told |= {name: told[name].replace("\r\n", "\n") for name in told if _is_text(name)}
        told |= {name: self._kept(name, told[name]) for name in told if _is_moment(name)}
        return {"base_version": read["base_version"], "facts": told}


def _is_text(name: str) -> bool:
    return name in FACTS and FACTS[name].kind == "text"


def _is_moment(name: str) -> bool:
    return name in FACTS and FACTS[name].kind == "moment"


def _long(label: str, help_text: str, initial: str, most: int = LONGEST_FACT + 5000) -> forms.CharField:
    """Some lines of text; what is too long is said by the action, in its own words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        initial=initial,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class RecordCause(ConsoleForm):
    base_version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Cause",
        required=False,
        max_length=5000,
        help_text="As the rest of “the cause is …”. Empty takes it back.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confirmed = forms.BooleanField(label="I confirm it, as an engineer", required=False)

    def __init__(self, *args: Any, may_confirm: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="cause-%s", **kwargs)
        wanted(self.fields["text"])
        if not may_confirm:
            self.fields["confirmed"].widget = forms.HiddenInput()


class Determine(ConsoleForm):
    """The answer to one question, by somebody who may give it."""

    base_version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=choices({"yes": "Yes", "no": "No", "open": "Not known"}))
    reason = forms.CharField(max_length=5000, label="What it rests on")

    def __init__(self, *args: Any, fact: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{fact}-%s", **kwargs)


class DecideDisclosure(ConsoleForm):
    audiences = forms.MultipleChoiceField(
        label="Who may read of it", required=False, widget=forms.CheckboxSelectMultiple
    )
    role = forms.ChoiceField(
        label="You decide as", choices=[(r, labels.label("role", r)) for r in DECIDER_ROLES]
    )
    reason = forms.CharField(max_length=5000, label="Why before it is confirmed")
    expires_at = utc_field("Until (UTC)", "The decision ends by itself then.")

    def __init__(self, *args: Any, audiences: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="disclosure-%s", **kwargs)
        self.fields["audiences"].choices = audiences  # type: ignore[attr-defined]
        wanted(self.fields["audiences"])


class RecordEstimate(ConsoleForm):
    at = utc_field("Normal service by (UTC)", "What engineering expects.")
    basis = forms.CharField(
        label="Based on",
        max_length=5000,
        help_text="Told inside only.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    assessor_id = forms.ChoiceField(label="Whose assessment it is")
    confidence = forms.ChoiceField(choices=choices({name: name.capitalize() for name in CONFIDENCES}))
    expires_at = utc_field(
        "Holds until (UTC)",
        "Empty: until its own time. Then a new one, or its withdrawal, is due.",
        required=False,
    )
    caveat = forms.CharField(
        label="Caveat", max_length=5000, initial=DEFAULT_CAVEAT, help_text="Told with the estimate, always."
    )
    places = {"assessor": "assessor_id", "estimate": "at"}

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="estimate-%s", **kwargs)
        self.fields["assessor_id"].choices = people  # type: ignore[attr-defined]
