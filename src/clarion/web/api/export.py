"""Taking the record of an incident out: everything the ledger holds of it, with its proofs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from clarion.actions.export import record_export
from clarion.store import exports
from clarion.store.queries import incidents
from clarion.web.api.auth import caller
from clarion.web.api.operations import do, hands_out

router = Router(tags=["incidents"])


@hands_out(router, "/incidents/{incident_id}/export", scope="ledger:read", media_type="application/zip")
def export_incident(request: HttpRequest, incident_id: str) -> tuple[Any, str, bytes]:
    """Take the record of an incident out, as a folder in a ZIP file.

    It holds every entry and text of the incident, internal ones too, with their proofs. `verify.py` in it
    checks the folder on any machine with Python: `python -I verify.py . --key …` with `verifier_key` of
    `/ledger/checkpoint`. The ledger notes who took the record out.
    """
    found = incidents.incident(incident_id)
    files = exports.build(found, now=caller(request).now)
    entry = do(request, record_export, incident_id=found.id, **exports.noted(files))
    folder = exports.folder_name(found)
    return entry, f"{folder}.zip", exports.zipped(folder, files)
