"""Taking the record of an incident out, as a folder in a ZIP file."""

from __future__ import annotations

from django.http import HttpResponse

from clarion.actions.export import record_export
from clarion.rules.errors import Refusal
from clarion.store import exports
from clarion.store.queries import incidents
from clarion.web.console.base import WRITE, Looking, screen
from clarion.web.console.forms import Press
from clarion.web.console.incidents import incident_page


@screen("ledger:read", methods=WRITE)
def download(request: Looking, incident_id: str) -> HttpResponse:
    """The same folder that `clarion export` writes; the ledger notes who took it."""
    found = incidents.incident(incident_id)
    form = Press(request.POST)
    form.readable()
    try:
        files = exports.build(found, now=request.now)
    except Refusal as refusal:
        form.refuse(refusal)
        return incident_page(request, incident_id, {"export": form})
    if not form.submit(request, record_export, incident_id=found.id, **exports.noted(files)):
        return incident_page(request, incident_id, {"export": form})
    folder = exports.folder_name(found)
    answer = HttpResponse(exports.zipped(folder, files), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{folder}.zip"'
    return answer
