"""Incidents: the list, opening one by hand, and the page that tells one as a story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import draft as draft_actions
from clarion.actions import incident as actions
from clarion.actions.closing import close_incident
from clarion.rules import terms
from clarion.rules.access import Actor
from clarion.rules.draft import PHASES
from clarion.rules.promises import in_order
from clarion.rules.states import moves
from clarion.store.queries import delivery, drafts, facts, incidents, ledger, people, screens
from clarion.web.console import labels, sentences
from clarion.web.console.base import BOTH, WRITE, Looking, choice, kept_filters, page_of, screen, show
from clarion.web.console.due import rows
from clarion.web.console.facts import AssessIncident, facts_in_words
from clarion.web.console.forms import ConsoleForm, choices, utc_field
from clarion.web.console.why import consequences

STATES = {"open": "Open", "closed": "Closed", "all": "All"}


class NewIncident(ConsoleForm):
    title = forms.CharField(
        max_length=300,
        label="Internal title",
        help_text="For colleagues. What the public reads comes from updates.",
    )
    severity = forms.ChoiceField(choices=choices(labels.SEVERITY_LABELS), initial="SEV-2")
    category = forms.ChoiceField(choices=choices(labels.CATEGORY_LABELS), initial="application")
    component_ids = forms.MultipleChoiceField(
        label="Affected components", required=False, widget=forms.CheckboxSelectMultiple
    )
    visibility = forms.ChoiceField(
        choices=choices(labels.VISIBILITY_LABELS), widget=forms.RadioSelect, initial="public"
    )
    confirmation = forms.ChoiceField(
        choices=choices(labels.CONFIRMATION_LABELS),
        widget=forms.RadioSelect,
        initial="confirmed",
        help_text="Policy may let communication start later while it is only suspected.",
    )
    detected_at = utc_field("Detected at (UTC)", "Leave empty for now.", required=False)
    places = {"components": "component_ids"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = incidents.components().filter(is_group=False)
        self.fields["component_ids"].choices = [(c.id, c.name) for c in found]  # type: ignore[attr-defined]


class ChangeIncident(ConsoleForm):
    title = forms.CharField(max_length=300, label="Internal title")
    severity = forms.ChoiceField(choices=choices(labels.SEVERITY_LABELS))
    category = forms.ChoiceField(choices=choices(labels.CATEGORY_LABELS))
    visibility = forms.ChoiceField(choices=choices(labels.VISIBILITY_LABELS), widget=forms.RadioSelect)


class NewDraft(ConsoleForm):
    """The kind of an update, and whom it is for: some or all whom policy names."""

    phase = forms.ChoiceField(
        choices=[(phase, labels.PHASE_LABELS[phase]) for phase in PHASES],
        label="Kind of update",
        initial="update",
    )
    audiences = forms.MultipleChoiceField(
        label="For", required=False, widget=forms.CheckboxSelectMultiple, help_text="The end is told to all."
    )

    def __init__(self, *args: Any, incident: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = in_order(incident.requirements["audiences"])
        field: Any = self.fields["audiences"]
        field.choices = [(name, labels.label("audience", name)) for name in named]
        field.initial = named


class Reopening(ConsoleForm):
    """An update on an incident that is over; published, it opens the incident again."""

    reason = forms.CharField(max_length=2000, label="Why it is opened again")


class CloseIncident(ConsoleForm):
    state = forms.ChoiceField(
        choices=[("false_alarm", "False alarm"), ("resolved", "Resolved")],
        label="It was",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(max_length=5000, label="Why")


@screen()
def index(request: Looking) -> HttpResponse:
    state = choice(request, "state", tuple(STATES), "open")
    page = page_of(request, incidents.incidents(state="" if state == "all" else state))
    context = {"page": page, "state": state, "states": STATES, "filters": kept_filters(request)}
    return show(request, "console/incidents.html", context)


@screen("incidents:write", methods=BOTH)
def new(request: Looking) -> HttpResponse:
    form = NewIncident(request.POST or None)
    if request.method == "POST" and form.readable():
        values = form.cleaned_data
        if form.submit(request, actions.open_incident, **values):
            return redirect("console:incident", form.entry.incident_id)
    return show(request, "console/incident_new.html", {"form": form}, status=form.status)


@screen()
def page(request: Looking, incident_id: str) -> HttpResponse:
    """One incident from the top: what happened, why what follows follows, and what was said to whom."""
    return incident_page(request, incident_id, {})


def incident_page(request: Looking, incident_id: str, given: dict[str, ConsoleForm]) -> HttpResponse:
    """The page with the forms that were refused (``given``) as they were sent."""
    found = incidents.incident(incident_id)
    running = incidents.deadlines_of(found).filter(satisfied_at=None, cancelled_at=None)
    context = {
        "incident": found,
        "signals": incidents.signals_of(found),
        "consequences": consequences(found),
        "known": facts_in_words(found),
        "newer_policy": _newer_policy(found),
        "assess": given.get("assess") or AssessIncident(incident=found),
        "due": rows(running, request.now),
        "draft": screens.open_draft(found),
        "sheet_number": facts.number_of(found),
        "owed": facts.owed(found, "resolution" if found.quiet_at else "update", request.now),
        "drafts": drafts.drafts().filter(incident=found),
        "updates": _updates(found),
        "timeline": timeline(request.actor, ledger.entries(incident=found)),
        "taken_out": timeline(
            request.actor, ledger.entries(kind="incident.exported", subject=f"incident:{found.id}")
        ),
        "change": given.get("change") or ChangeIncident(initial=_initial(found), auto_id="change-%s"),
        "close": given.get("close") or CloseIncident(auto_id="close-%s"),
        "new_draft": given.get("new_draft")
        or NewDraft(initial={"phase": _next_phase(found)}, auto_id="draft-%s", incident=found),
        "reopen": given.get("reopen") or Reopening(auto_id="reopen-%s"),
        "moves": moves(update.state for update in reversed(incidents.updates_of(found))),
        "is_open": found.state in terms.OPEN_STATES,
        "refused": given.values(),
        "opened_form": next(iter(given), ""),
    }
    status = max((form.status for form in given.values()), default=200)
    return show(request, "console/incident.html", context, status=status)


def _initial(found: Any) -> dict[str, str]:
    return {name: getattr(found, name) for name in ChangeIncident.base_fields}


def _next_phase(found: Any) -> str:
    if not found.updates.exists():
        return "holding"
    return "resolution" if found.quiet_at else "update"


def _newer_policy(found: Any) -> int | None:
    """The version in force, where the incident keeps an older one."""
    newest = people.policies().first()
    return newest.number if newest and newest.number != found.policy_version else None


def _updates(found: Any) -> list[dict[str, Any]]:
    counts = delivery.delivery_counts(found)
    return [
        {"update": update, "channels": counts.get(update.id, {}), "promises": _promises(update)}
        for update in incidents.updates_of(found)
    ]


def _promises(update: Any) -> list[tuple[str, Any]]:
    """By when each audience was promised to hear again; empty where it is one time for all."""
    carried = in_order(text.audience for text in update.texts.all())
    if not update.next_update_for:
        return []
    return [(labels.label("audience", name), update.promised_to(name)) for name in carried]


def timeline(reader: Actor, entries: Iterable[Any]) -> list[sentences.Line]:
    """Ledger entries as sentences for somebody, in the order given."""
    names = sentences.Names(people=ledger.actor_names(), components=screens.component_names())
    return [
        sentences.line(entry, ledger.read(entry).data, ledger.texts_of(entry, reader), names)
        for entry in entries
    ]


@screen(methods=WRITE)
def change(request: Looking, incident_id: str) -> HttpResponse:
    form = ChangeIncident(request.POST, auto_id="change-%s")
    incidents.incident(incident_id)
    if form.readable() and form.submit(
        request, actions.change_incident, incident_id=incident_id, changes=form.cleaned_data
    ):
        return redirect("console:incident", incident_id)
    return incident_page(request, incident_id, {"change": form})


@screen(methods=WRITE)
def start_draft(request: Looking, incident_id: str) -> HttpResponse:
    found = incidents.incident(incident_id)
    form = NewDraft(request.POST, auto_id="draft-%s", incident=found)
    if form.readable() and form.submit(
        request, draft_actions.create_draft, incident_id=incident_id, **form.cleaned_data
    ):
        return redirect("console:draft", form.entry.subject.partition(":")[2])
    return incident_page(request, incident_id, {"new_draft": form})


@screen(methods=WRITE)
def reopen(request: Looking, incident_id: str) -> HttpResponse:
    """Starts the update that opens a closed incident again."""
    form = Reopening(request.POST, auto_id="reopen-%s")
    incidents.incident(incident_id)
    if form.readable() and form.submit(
        request, draft_actions.create_draft, incident_id=incident_id, phase="update", **form.cleaned_data
    ):
        return redirect("console:draft", form.entry.subject.partition(":")[2])
    return incident_page(request, incident_id, {"reopen": form})


@screen(methods=WRITE)
def close(request: Looking, incident_id: str) -> HttpResponse:
    """Ends an incident that readers were never told of."""
    form = CloseIncident(request.POST, auto_id="close-%s")
    incidents.incident(incident_id)
    if form.readable() and form.submit(request, close_incident, incident_id=incident_id, **form.cleaned_data):
        return redirect("console:incident", incident_id)
    return incident_page(request, incident_id, {"close": form})
