"""Taking the record of an incident out, as a folder in a ZIP file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from typing import Any

from django.http import HttpResponse

from clarion.actions.export import record_export
from clarion.rules.bundle import BundleError, build_bundle
from clarion.rules.errors import Conflict
from clarion.store.keys import NoSigningKey, signer
from clarion.store.queries import export, incidents
from clarion.web.console.base import WRITE, Looking, screen
from clarion.web.console.forms import Press
from clarion.web.console.incidents import incident_page

#: ZIP files carry a time for each file; the entries inside say theirs, so this one says nothing.
NO_TIME = (1980, 1, 1, 0, 0, 0)


@screen("ledger:read", methods=WRITE)
def download(request: Looking, incident_id: str) -> HttpResponse:
    """The same folder that `clarion export` writes; the ledger notes who took it."""
    found = incidents.incident(incident_id)
    form = Press(request.POST)
    try:
        files = _files(found, request)
    except Conflict as refusal:
        form.readable()
        form.refuse(refusal)
        return incident_page(request, incident_id, {"export": form})
    manifest = json.loads(files["manifest.json"])
    noted = form.readable() and form.submit(
        request,
        record_export,
        incident_id=found.id,
        manifest_sha256=sha256(files["manifest.json"]).hexdigest(),
        entries=len(manifest["entries"]),
        tree_size=manifest["tree_size"],
    )
    if not noted:
        return incident_page(request, incident_id, {"export": form})
    name = f"incident-{found.id}"
    answer = HttpResponse(zipped(name, files), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer


def _files(found: Any, request: Looking) -> dict[str, bytes]:
    """The folder's files; raises Conflict with what to do when it cannot be made now."""
    if export.unsealed_of(found):
        raise Conflict(
            "Entries of this incident are not sealed yet. Try again in a moment; the worker seals them."
        )
    verifier = (resources.files("clarion.data") / "verify.py").read_bytes()
    try:
        return build_bundle(export.gather(found, signer=signer(), verifier=verifier, now=request.now))
    except NoSigningKey as error:
        raise Conflict(str(error)) from None
    except BundleError as error:
        raise Conflict(
            f"The ledger does not hold, so there is no export: {error}. Ask `clarion check`."
        ) from None


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The files as one folder in a ZIP file; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", NO_TIME), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
