"""The form in which the next version of a draft is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings

from clarion.rules import terms
from clarion.rules.bare_times import Placed, in_texts, with_references
from clarion.rules.prose import only_text
from clarion.rules.statements import CONFIRMATIONS, LONGEST_STATEMENT, Difference, Statements, stated
from clarion.store.queries.drafts import Disagreement
from clarion.store.queries.offers import Offer
from clarion.web.console import labels
from clarion.web.console.forms import ConsoleForm, choices, text_fields, utc_field, wanted

_EXPLAINS = re.compile(r"differences\.([0-9a-f]{16})")


class EditDraft(ConsoleForm):
    """Texts by audience, the state they announce, the components, and the next promise.

    Its fields are made from the version that is being changed; ``base_version`` says which one that was.
    ``offered`` are texts for the audiences that this version leaves out. A tick says who is carried; what is
    typed for somebody without one stays in the form and goes nowhere.
    """

    base_version = forms.IntegerField(widget=forms.HiddenInput)
    incident_state = forms.ChoiceField(
        choices=choices(terms.STATE_LABELS),
        label="State of the incident",
        help_text="As readers will see it.",
    )
    next_update_at = utc_field(
        "Next update by (UTC)",
        "A promise to readers. Leave empty only when the incident is over.",
        required=False,
    )

    no_change = forms.BooleanField(label="Nothing is new for readers", required=False)
    ruled_out = forms.CharField(
        label="Ruled out since the last update",
        help_text="Needed where nothing is new twice in a row, unless the next update is promised for later.",
        max_length=2000,
        required=False,
    )
    confirmed = forms.MultipleChoiceField(
        choices=choices(CONFIRMATIONS),
        required=False,
        label="Confirmed",
        help_text="A cause and the recovery are confirmed by accuracy reviewers, here or on the fact sheet.",
        widget=forms.CheckboxSelectMultiple,
    )
    watch_until = utc_field(
        "Watched until (UTC)", "While monitoring: until when the fix is watched.", required=False
    )
    data_integrity = forms.CharField(
        max_length=LONGEST_STATEMENT,
        required=False,
        label="Stored data",
        help_text="For the end: what is known of stored data, as a sentence.",
    )
    reason = forms.CharField(
        max_length=LONGEST_STATEMENT,
        required=False,
        label="Why all the same",
        help_text="Why the state is entered although something is missing, or why it goes back.",
    )
    places = {
        "statements.confirmed": "confirmed",
        "statements.watch_until": "watch_until",
        "statements.reason": "reason",
        "statements.data_integrity": "data_integrity",
    }

    def __init__(
        self,
        data: Any,
        *,
        version: Any,
        components: Iterable[Any],
        disagree: Sequence[Disagreement],
        offered: Mapping[str, Offer],
    ) -> None:
        self.version = version
        self.offered = offered
        at = version.next_update_at
        said = stated(version.statements)
        initial: dict[str, Any] = {
            "confirmed": sorted(said.confirmed),
            "watch_until": said.watch_until,
            "data_integrity": said.data_integrity,
            "reason": said.reason,
            "base_version": version.number,
            "incident_state": version.incident_state,
            "next_update_at": at.astimezone(UTC) if at else None,
            "no_change": version.no_change,
            "ruled_out": version.ruled_out,
        }
        super().__init__(data, initial=initial)
        # Those that policy names today: when they changed, the next version is written for the new ones.
        wants = version.draft.incident.requirements["audiences"]
        self.audiences = [name for name in labels.AUDIENCE_LABELS if name in wants]
        for name in self.audiences:
            self.fields |= text_fields(name, self._text_of(name))
            self._add_promise(name)
        self.places = {**self.places, **{f"texts.{name}": f"carry.{name}" for name in self.audiences}}
        self.disagree = disagree
        for each in disagree:
            self._add_explanation(each.found.key, each.found.text, each.explanation)
        # What somebody typed about values that are others by now is shown once more, beside the new ones.
        for name, typed in (data or {}).items():
            if typed and (match := _EXPLAINS.fullmatch(name)):
                self._add_explanation(match[1], "About what is not found any more", "")
        self.component_names: list[str] = []
        for component in components:
            if not component.is_group:
                self._add_component(component)

    def _text_of(self, name: str) -> dict[str, str]:
        if name in self.version.texts:
            return dict(self.version.texts[name])
        return self.offered[name].text if name in self.offered else {"title": "", "body": ""}

    def _add_promise(self, name: str) -> None:
        """The tick that says whether this audience is carried, and its own time where it has one."""
        self.fields[f"carry.{name}"] = forms.BooleanField(
            label="This update carries this text", required=False, initial=name not in self.version.left_out
        )
        version, offer = self.version, self.offered.get(name)
        at = version.promised_to(name) if name in version.texts else offer and offer.next_update_at
        field = utc_field(labels.label("audience", name), "", required=False)
        field.initial = at.astimezone(UTC) if at and at != version.next_update_at else None
        self.fields[f"next_update_for.{name}"] = field

    def _add_explanation(self, key: str, label: str, said: str) -> None:
        name = f"differences.{key}"
        field = forms.CharField(
            label=only_text(label), max_length=LONGEST_STATEMENT, initial=said, required=False
        )
        wanted(self.fields.setdefault(name, field))

    def _add_component(self, component: Any) -> None:
        name = f"component_statuses.{component.id}"
        self.fields[name] = forms.ChoiceField(
            label=component.name,
            required=False,
            choices=[("", f"Not mentioned ({labels.label('component', component.status).lower()})")]
            + choices(terms.COMPONENT_LABELS),
            initial=self.version.component_statuses.get(component.id, ""),
        )
        wanted(self.fields[name])
        self.component_names.append(name)

    def begun_on(self) -> int:
        """The version that whoever typed this had before them; 0 when that is not said."""
        said = str(self.data.get("base_version", "")) if self.is_bound else str(self.version.number)
        return int(said) if said.isdecimal() and len(said) < 9 else 0

    def bare_times(self, now: datetime) -> list[Placed]:
        """The times in words of what stands in the fields now."""
        typed = {
            name: {part: str(self[f"texts.{name}.{part}"].value() or "") for part in ("title", "body")}
            for name in self.audiences
        }
        return in_texts(typed, zone=settings.CLARION.time_zone, near=now)

    def use_references(self, now: datetime) -> None:
        """Writes every time in words that means one instant as a reference; all else stays as typed."""
        found = self.bare_times(now)
        for name in self.audiences:
            for part in ("title", "body"):
                bare = [each.bare for each in found if (each.audience, each.part) == (name, part)]
                field = f"texts.{name}.{part}"
                self.set_hidden(**{field: with_references(str(self[field].value() or ""), bare)})

    def texts(self) -> list[dict[str, Any]]:
        """The text fields, audience by audience, for the page."""
        return [
            {
                "audience": name,
                "label": labels.label("audience", name),
                "carry": self[f"carry.{name}"],
                "title": self[f"texts.{name}.title"],
                "body": self[f"texts.{name}.body"],
            }
            for name in self.audiences
        ]

    def differences(self) -> list[Any]:
        """A field for each contradiction of the version that is being changed, and for what was typed."""
        return [self[name] for name in self.fields if name.startswith("differences.")]

    def promises(self) -> list[Any]:
        """The fields for times of their own, audience by audience."""
        return [self[f"next_update_for.{name}"] for name in self.audiences]

    def promises_differ(self) -> bool:
        return any(field.value() or field.errors for field in self.promises())

    def components(self) -> list[Any]:
        return [self[name] for name in self.component_names]

    def values(self) -> dict[str, Any]:
        """The arguments of ``edit_draft``."""
        read = self.cleaned_data
        carried = [name for name in self.audiences if read[f"carry.{name}"]]
        statuses = {name.partition(".")[2]: read[name] for name in self.component_names if read[name]}
        return {
            "base_version": read["base_version"],
            "texts": {
                name: {part: read[f"texts.{name}.{part}"].replace("\r\n", "\n") for part in ("title", "body")}
                for name in carried
            },
            "incident_state": read["incident_state"],
            "component_statuses": statuses,
            "next_update_at": read["next_update_at"],
            "next_update_for": {
                name: at for name in carried if (at := read[f"next_update_for.{name}"]) is not None
            },
            "no_change": read["no_change"],
            "ruled_out": read["ruled_out"],
            "statements": Statements(
                confirmed=frozenset(read["confirmed"]),
                watch_until=read["watch_until"],
                data_integrity=read["data_integrity"].strip(),
                reason=read["reason"].strip(),
                differences=tuple(
                    Difference(each.found.key, read[f"differences.{each.found.key}"].strip())
                    for each in self.disagree
                ),
            ),
        }
