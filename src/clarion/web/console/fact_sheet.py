"""The fact sheet of an incident: what is known, how sure it is, and who may read of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import disclosure as disclosure_actions
from clarion.actions import facts as actions
from clarion.rules import terms
from clarion.rules.access import DETERMINING_ROLES, ENGINEERING_ROLE
from clarion.rules.audience import AUDIENCES
from clarion.rules.draft import PHASES
from clarion.rules.errors import NotFound
from clarion.rules.facts import DETERMINATIONS
from clarion.store.queries import facts as queries
from clarion.store.queries import incidents, screens
from clarion.web.console import labels
from clarion.web.console.base import WRITE, Looking, choice, screen, show
from clarion.web.console.fact_forms import DecideDisclosure, Determine, EditFacts, RecordCause, RecordEstimate
from clarion.web.console.forms import ConsoleForm, Reason

READ_AND_WRITE = ("GET", "HEAD", "POST")


@screen(methods=READ_AND_WRITE)
def page(request: Looking, incident_id: str) -> HttpResponse:
    """The sheet with each fact's state; sending the form records the next version."""
    if request.method != "POST":
        return facts_page(request, incident_id, {})
    found = incidents.incident(incident_id)
    kept = queries.facts_view(found, request.now).kept
    form = EditFacts(request.POST, version=kept.number, sheet=kept.sheet)
    if form.readable() and form.submit(
        request, actions.record_facts, incident_id=incident_id, **form.values()
    ):
        return _recorded(request, incident_id, form)
    return facts_page(request, incident_id, {"facts": form})


def _recorded(request: Looking, incident_id: str, form: ConsoleForm) -> HttpResponse:
    if form.entry:
        number = form.entry.data["version"]
        messages.success(request, f"Version {number} of the facts is recorded. No text changes by itself.")
    return redirect("console:facts", incident_id)


def facts_page(request: Looking, incident_id: str, given: dict[str, Any]) -> HttpResponse:
    """The page with the forms that were refused (``given``, by name) as they were sent."""
    incident = incidents.incident(incident_id)
    view = queries.facts_view(incident, request.now)
    kept = view.kept
    for name in ("facts", "cause", *DETERMINATIONS):
        if name in given:
            # The page shows today's facts, so what is sent next is about those.
            given[name].set_hidden(base_version=kept.number)
    phase = choice(request, "phase", PHASES, _phase_of(incident))
    sheet = given.get("facts") or EditFacts(version=kept.number, sheet=kept.sheet)
    context = {
        "incident": incident,
        "view": view,
        "sheet": kept.sheet,
        "form": sheet,
        "groups": sheet.groups(view.states),
        "phase": phase,
        "phases": [(name, labels.label("phase", name)) for name in PHASES],
        "owed": queries.owed(incident, phase, request.now),
        "gates": [(AUDIENCES[name].label, verdict) for name, verdict in view.cause_verdicts.items()],
        "disclosures": [(row, _holds(row, request)) for row in queries.disclosures_of(incident)],
        "versions": [(row, queries.changes_in(row)) for row in queries.versions_of(incident)],
        "is_open": incident.state in terms.OPEN_STATES,
        "refused": given.values(),
        "opened_form": next(iter(given), ""),
        "draft": screens.open_draft(incident),
        "questions": [_question(request, view, name, given) for name in DETERMINATIONS],
        **_side_forms(request, view, given),
    }
    status = max((form.status for form in given.values()), default=200)
    return show(request, "console/facts.html", context, status=status)


def _holds(row: Any, request: Looking) -> bool:
    return row.withdrawn_at is None and request.now < row.expires_at


def _phase_of(incident: Any) -> str:
    """The kind of update that comes next, whose owed facts are shown first."""
    if incident.state not in terms.OPEN_STATES:
        return "follow_up"
    return "resolution" if incident.quiet_at else "update"


def _question(request: Looking, view: Any, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """One of the questions that somebody has to determine, with the answer as it stands."""
    said = getattr(view.kept.sheet, name)
    initial = {"base_version": view.kept.number, "answer": said.answer if said else "open"}
    role = DETERMINING_ROLES[name]
    return {
        "name": name,
        "said": said,
        "state": view.states[name],
        "role": labels.label("role", role),
        "form": given.get(name) or Determine(initial=initial, fact=name),
        "may": role in request.actor.roles,
    }


def _side_forms(request: Looking, view: Any, given: dict[str, Any]) -> dict[str, ConsoleForm]:
    cause = view.kept.sheet.cause
    initial = {"base_version": view.kept.number, "text": cause.text if cause else ""}
    engineer = ENGINEERING_ROLE in request.actor.roles
    return {
        "cause_form": given.get("cause") or RecordCause(initial=initial, may_confirm=engineer),
        "disclosure_form": given.get("disclosure") or DecideDisclosure(audiences=_outside()),
        "estimate_form": given.get("estimate") or RecordEstimate(people=queries.engineers()),
        "withdraw_form": given.get("withdraw") or Reason(auto_id="withdraw-%s"),
        "end_form": given.get("end") or Reason(auto_id="end-%s"),
    }


def _outside() -> list[tuple[str, str]]:
    return [(name, audience.label) for name, audience in AUDIENCES.items() if not audience.inside]


@screen(methods=WRITE)
def cause(request: Looking, incident_id: str) -> HttpResponse:
    form = RecordCause(request.POST)
    incidents.incident(incident_id)
    if form.readable() and form.submit(
        request, actions.record_cause, incident_id=incident_id, **form.cleaned_data
    ):
        return _recorded(request, incident_id, form)
    return facts_page(request, incident_id, {"cause": form})


@screen(methods=WRITE)
def determine(request: Looking, incident_id: str, fact: str) -> HttpResponse:
    """Answers one of the questions; an unknown one is nothing that is there."""
    form = Determine(request.POST, fact=fact)
    incidents.incident(incident_id)
    if fact not in DETERMINATIONS:
        raise NotFound("There is no such question.")
    if form.readable() and form.submit(
        request, actions.record_determination, incident_id=incident_id, fact=fact, **form.cleaned_data
    ):
        return _recorded(request, incident_id, form)
    return facts_page(request, incident_id, {fact: form})


@screen(methods=WRITE)
def estimate(request: Looking, incident_id: str) -> HttpResponse:
    form = RecordEstimate(request.POST, people=queries.engineers())
    incidents.incident(incident_id)
    if form.readable() and form.submit(
        request, actions.record_estimate, incident_id=incident_id, as_of=None, **form.cleaned_data
    ):
        return _recorded(request, incident_id, form)
    return facts_page(request, incident_id, {"estimate": form})


@screen(methods=WRITE)
def withdraw_estimate(request: Looking, incident_id: str) -> HttpResponse:
    form = Reason(request.POST, auto_id="withdraw-%s")
    incidents.incident(incident_id)
    if form.readable() and form.submit(
        request, actions.withdraw_estimate, incident_id=incident_id, **form.cleaned_data
    ):
        return _recorded(request, incident_id, form)
    return facts_page(request, incident_id, {"withdraw": form})


@screen(methods=WRITE)
def disclose(request: Looking, incident_id: str) -> HttpResponse:
    form = DecideDisclosure(request.POST, audiences=_outside())
    incidents.incident(incident_id)
    if form.readable() and form.submit(
        request, disclosure_actions.decide_disclosure, incident_id=incident_id, **form.cleaned_data
    ):
        messages.success(request, "The decision is recorded. Compose the draft again to tell the cause.")
        return redirect("console:facts", incident_id)
    return facts_page(request, incident_id, {"disclosure": form})


@screen(methods=WRITE)
def withdraw_disclosure(request: Looking, disclosure_id: str) -> HttpResponse:
    form = Reason(request.POST, auto_id="end-%s")
    incident_id = queries.disclosure_row(disclosure_id).incident_id
    if form.readable() and form.submit(
        request, disclosure_actions.withdraw_disclosure, disclosure_id=disclosure_id, **form.cleaned_data
    ):
        messages.info(request, "The decision is withdrawn; the cause stays inside again.")
        return redirect("console:facts", incident_id)
    return facts_page(request, incident_id, {"end": form})
