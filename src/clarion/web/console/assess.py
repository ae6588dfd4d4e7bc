"""Writing down what has been found out about an incident."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from clarion.actions import assess as actions
from clarion.actions import reevaluate as reevaluation
from clarion.store.queries import incidents
from clarion.web.console.base import WRITE, Looking, screen
from clarion.web.console.facts import AssessIncident
from clarion.web.console.forms import Press
from clarion.web.console.incidents import incident_page


@screen(methods=WRITE)
def assess(request: Looking, incident_id: str) -> HttpResponse:
    """Records what was found out; policy decides anew."""
    found = incidents.incident(incident_id)
    form = AssessIncident(request.POST, incident=found)
    if form.readable() and form.submit(
        request, actions.assess_incident, incident_id=incident_id, facts=form.facts()
    ):
        return redirect("console:incident", incident_id)
    return incident_page(request, incident_id, {"assess": form})


@screen(methods=WRITE)
def reevaluate(request: Looking, incident_id: str) -> HttpResponse:
    """Moves the incident to the policy in force."""
    form = Press(request.POST)
    incidents.incident(incident_id)
    if form.submit(request, reevaluation.reevaluate_incident, incident_id=incident_id):
        return redirect("console:incident", incident_id)
    return incident_page(request, incident_id, {"reevaluate": form})
