"""The ledger: every entry, its exact bytes and texts, and the newest signed head."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from clarion.rules.access import may_read_texts
from clarion.rules.errors import NotFound
from clarion.store.keys import NoSigningKey, verifier
from clarion.store.queries import incidents, ledger, screens, single
from clarion.web.console import sentences
from clarion.web.console.base import Looking, choice, id_in, kept_filters, page_of, screen, show


@screen("ledger:read")
def index(request: Looking) -> HttpResponse:
    """Newest first, by incident or kind."""
    kinds = screens.entry_kinds()
    kind = choice(request, "kind", kinds)
    incident = id_in(request, "incident")
    page = page_of(request, _entries(kind, incident))
    names = sentences.Names(people=ledger.actor_names(), components=screens.component_names())
    context = {
        "page": page,
        "lines": [
            sentences.line(entry, ledger.read(entry).data, ledger.texts_of(entry, request.actor), names)
            for entry in page
        ],
        "kinds": kinds,
        "kind": kind,
        "incident": incident,
        "filters": kept_filters(request),
        **_head(),
    }
    return show(request, "console/ledger.html", context)


def _entries(kind: str, incident_id: str) -> Any:
    try:
        incident = incidents.incident(incident_id) if incident_id else None
    except NotFound:
        return ledger.entries().none()
    return ledger.entries(incident=incident, kind=kind).select_related("incident").order_by("-id")


def _head() -> dict[str, Any]:
    """The newest checkpoint and the key that proves it; without a key, the sentence that says so."""
    try:
        key, problem = verifier().text, ""
    except NoSigningKey as error:
        key, problem = "", str(error)
    return {"summary": ledger.summary(), "verifier": key, "no_key": problem}


@screen("ledger:read")
def page(request: Looking, entry_id: str) -> HttpResponse:
    entry = single.entry(entry_id)
    said = ledger.read(entry)
    texts = ledger.texts_of(entry, request.actor)
    names = sentences.Names(people=ledger.actor_names(), components=screens.component_names())
    context = {
        "entry": entry,
        "said": said,
        "line": sentences.line(entry, said.data, texts, names),
        "texts": texts,
        "withheld": bool(said.texts) and not may_read_texts(request.actor, entry.kind),
        "commitments": said.texts,
        "canonical": json.dumps(json.loads(bytes(entry.body)), indent=2, ensure_ascii=False),
        "leaf_hash": bytes(entry.leaf_hash).hex(),
        **_head(),
    }
    return show(request, "console/entry.html", context)
