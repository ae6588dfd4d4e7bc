"""The ledger: what happened, and the signed head of its tree."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from clarion.rules.access import Actor
from clarion.store.keys import NoSigningKey, verifier
from clarion.store.queries import ledger as queries
from clarion.store.queries import single
from clarion.web.api.auth import caller
from clarion.web.api.incidents import named_in_filter
from clarion.web.api.operations import reads
from clarion.web.api.schemas import Cursor, Limit, Output, Page, Stamp, page

router = Router(tags=["ledger"])


class LedgerText(Output):
    """A text that stands beside the entry; the entry holds its commitment."""

    commitment: str
    text: str | None = Field(
        description="null when it was erased, or is about a protected name and the key lacks `names:read`."
    )


class EntryOut(Output):
    id: str
    kind: str
    at: Stamp
    actor: str = Field(description="`user:…`, `key:…`, `source:…`, `subscriber:…` or `system`.")
    subject: str
    incident: str | None
    incident_seq: int | None = Field(description="Counts the entries of one incident, without gaps.")
    data: dict[str, Any]
    texts: dict[str, LedgerText]
    leaf_index: int | None = Field(description="Place in the tree; null until it is sealed, within seconds.")
    leaf_hash: str = Field(description="RFC 6962 leaf hash of `canonical`, in hex.")
    canonical: str = Field(description="The exact bytes that were hashed, as text (RFC 8785).")


class HeadOut(Output):
    """The newest checkpoint and how far it reaches."""

    entries: int
    unsealed: int = Field(description="Entries that no checkpoint covers yet.")
    checkpoint: str = Field(description="Signed note after C2SP tlog-checkpoint; empty before the first.")
    sealed_at: Stamp | None
    verifier_key: str = Field(
        description="Public key of the log; keep a copy of your own. Empty without one."
    )


def entry_out(row: Any, reader: Actor) -> EntryOut:
    entry = queries.read(row)
    beside = queries.texts_of(row, reader)
    return EntryOut(
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        actor=entry.actor,
        subject=entry.subject,
        incident=entry.incident,
        incident_seq=entry.incident_seq,
        data=dict(entry.data),
        texts={
            name: LedgerText(commitment=commitment, text=beside.get(name))
            for name, commitment in entry.texts.items()
        },
        leaf_index=row.leaf_index,
        leaf_hash=bytes(row.leaf_hash).hex(),
        canonical=bytes(row.body).decode("utf-8"),
    )


@reads(router, "/ledger/entries", scope="ledger:read", out=Page[EntryOut])
def list_entries(
    request: HttpRequest,
    incident: Annotated[str, Query(description="Id of an incident.")] = "",
    kind: Annotated[str, Query(max_length=60, description="Kind, or how it begins: `draft.`")] = "",
    subject: Annotated[str, Query(max_length=80, description="Such as `draft:abc123`.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[EntryOut]:
    """List entries, oldest first."""
    about = named_in_filter(incident) if incident else None
    found = queries.entries(incident=about, kind=kind, subject=subject)
    reader = caller(request).actor
    return page(request, found, lambda row: entry_out(row, reader), by=("id",), limit=limit, cursor=cursor)


@reads(router, "/ledger/entries/{entry_id}", scope="ledger:read", out=EntryOut)
def read_entry(request: HttpRequest, entry_id: str) -> EntryOut:
    """Read one entry, such as the one that the header `Ledger-Entry` of a write names."""
    return entry_out(single.entry(entry_id), caller(request).actor)


@reads(router, "/ledger/checkpoint", scope="ledger:read", out=HeadOut)
def read_checkpoint(request: HttpRequest) -> HeadOut:
    """Read the newest checkpoint, and how much is not sealed yet."""
    try:
        key = verifier().text
    except NoSigningKey:
        key = ""
    return HeadOut(**queries.summary(), verifier_key=key)
