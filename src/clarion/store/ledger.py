"""Writing the ledger, and sealing it.

Writers only insert, inside their own transaction, so no writer ever waits for the tree's head. The
sealer orders what is not yet sealed into the Merkle tree and signs a checkpoint over it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from clarion.rules import ledger as form
from clarion.rules import merkle
from clarion.rules.access import Actor
from clarion.rules.checkpoints import Checkpoint as SignedHead
from clarion.rules.checkpoints import sign_checkpoint
from clarion.rules.notes import Signer
from clarion.store.ids import new_id
from clarion.store.models import Checkpoint, Incident, LedgerEntry, LedgerText

SEAL_BATCH = 1000


def append(
    kind: str,
    *,
    actor: Actor | str,
    subject: str,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    incident: Incident | None = None,
) -> LedgerEntry:
    """One entry, in the caller's transaction. ``texts`` go beside the chain under salted commitments."""
    salted = {name: (secrets.token_bytes(form.SALT_BYTES), text) for name, text in (texts or {}).items()}
    entry = form.Entry(
        id=new_id(),
        kind=kind,
        at=at,
        actor=actor if isinstance(actor, str) else actor.name,
        subject=subject,
        incident=incident.id if incident else None,
        incident_seq=_next_in(incident) if incident else None,
        data=data or {},
        texts={name: form.commit(salt, text) for name, (salt, text) in salted.items()},
    )
    body = form.entry_bytes(entry)
    row = LedgerEntry.objects.create(
        entry_id=entry.id,
        kind=kind,
        at=at,
        actor=entry.actor,
        subject=subject,
        incident=incident,
        incident_seq=entry.incident_seq,
        body=body,
        leaf_hash=merkle.leaf_hash(body),
    )
    if salted:
        LedgerText.objects.bulk_create(
            LedgerText(entry=row, name=name, salt=salt, text=text) for name, (salt, text) in salted.items()
        )
    row.data = entry.data  # type: ignore[attr-defined]  # what the pipeline reads, without parsing the body again
    return row


def _next_in(incident: Incident) -> int:
    """The next number among the incident's entries; holds its row until the transaction ends."""
    Incident.objects.filter(id=incident.id).update(ledger_count=F("ledger_count") + 1)
    return Incident.objects.values_list("ledger_count", flat=True).get(id=incident.id)


def seal(*, signer: Signer, now: datetime, limit: int = SEAL_BATCH) -> int:
    """Seals up to ``limit`` entries under one new checkpoint; returns how many.

    Two sealers at once cannot fork the log: leaf numbers and checkpoint sizes are unique, so the
    second one's transaction fails and it tries again later.
    """
    with transaction.atomic():
        rows = list(
            LedgerEntry.objects.filter(leaf_index=None).order_by("id").values_list("id", "leaf_hash")[:limit]
        )
        if not rows:
            return 0
        last = Checkpoint.objects.order_by("-size").first()
        frontier = merkle.Frontier.from_json(last.frontier) if last else merkle.Frontier()
        table = LedgerEntry._meta.db_table
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET leaf_index = %s WHERE id = %s AND leaf_index IS NULL",  # noqa: S608
                [(frontier.size + place, row_id) for place, (row_id, _) in enumerate(rows)],
            )
        frontier = frontier.extend(bytes(leaf) for _, leaf in rows)
        head = SignedHead(origin=signer.name, size=frontier.size, root=frontier.root)
        Checkpoint.objects.create(
            size=frontier.size,
            root=frontier.root,
            note=sign_checkpoint(head, signer),
            frontier=frontier.as_json(),
            at=now,
        )
    return len(rows)
