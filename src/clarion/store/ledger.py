"""Writing the ledger, and sealing it.

Writers only insert, inside their own transaction, so no writer ever waits for the tree's head. The
sealer orders what is not yet sealed into the Merkle tree and signs a checkpoint over it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
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
#: What sealers on PostgreSQL queue up for: the ASCII of "seal", so that no other lock has it by chance.
SEAL_LOCK = 0x7365616C


class SealConflict(IntegrityError):
    """The chosen entries do not fit on the tree as it stands, so nothing was sealed."""


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
    row = LedgerEntry(
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
    _insert(row)
    if salted:
        LedgerText.objects.bulk_create(
            LedgerText(entry=row, name=name, salt=salt, text=text) for name, (salt, text) in salted.items()
        )
    row.data = entry.data  # type: ignore[attr-defined]  # what the pipeline reads, without parsing the body again
    return row


# Written out rather than left to the ORM, whose share of a single append was larger than the flush to disk.
# All table and column names are the models' own.
_ENTRIES, _HEADS = LedgerEntry._meta.db_table, Checkpoint._meta.db_table
_ADD_ENTRY = (
    f"INSERT INTO {_ENTRIES} (entry_id, kind, at, actor, subject, incident_id, incident_seq, body, leaf_hash)"  # noqa: S608
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
_UNSEALED = f"SELECT id, leaf_hash FROM {_ENTRIES} WHERE leaf_index IS NULL ORDER BY id LIMIT %s"  # noqa: S608
_LAST_HEAD = f"SELECT CAST(frontier AS text), note FROM {_HEADS} ORDER BY size DESC LIMIT 1"  # noqa: S608
_GIVE_LEAF_INDEX = f"UPDATE {_ENTRIES} SET leaf_index = %s WHERE id = %s AND leaf_index IS NULL"  # noqa: S608
_COUNT_PLACED = f"SELECT COUNT(*) FROM {_ENTRIES} WHERE leaf_index >= %s"  # noqa: S608
_ADD_CHECKPOINT = f"INSERT INTO {_HEADS} (size, root, note, frontier, at) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608


def _insert(row: LedgerEntry) -> None:
    """Inserts the entry and gives it its row id."""
    moment = connection.ops.adapt_datetimefield_value(row.at)
    values = [row.entry_id, row.kind, moment, row.actor, row.subject, row.incident_id, row.incident_seq]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_ENTRY, [*values, row.body, row.leaf_hash])
        row.id = cursor.fetchone()[0]
    row._state.adding = False


def _next_in(incident: Incident) -> int:
    """The next number among the incident's entries; holds its row until the transaction ends."""
    Incident.objects.filter(id=incident.id).update(ledger_count=F("ledger_count") + 1)
    return Incident.objects.values_list("ledger_count", flat=True).get(id=incident.id)


def seal(*, signer: Signer, now: datetime, limit: int = SEAL_BATCH) -> int:
    """Seals up to ``limit`` entries under one new checkpoint; returns how many.

    Sealers take turns, each for its whole transaction, so the next one goes on from the tree that the one
    before it committed. Raises SealConflict, and seals nothing, when an entry does not get its place, or
    when the log bears another name so far.
    """
    # Inside somebody's transaction it needs no savepoint: what seals nothing must not let him go on either.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if (
            connection.vendor == "postgresql"
        ):  # on SQLite the transaction itself is a turn: it begins IMMEDIATE
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        frontier = _edge(cursor, signer.name)
        cursor.execute(_UNSEALED, [limit])
        rows = cursor.fetchall()
        if not rows:
            return 0
        _place(cursor, frontier.size, [row_id for row_id, _ in rows])
        frontier = frontier.extend(bytes(leaf) for _, leaf in rows)
        head = SignedHead(origin=signer.name, size=frontier.size, root=frontier.root)
        moment = connection.ops.adapt_datetimefield_value(now)
        edge = json.dumps(frontier.as_json())
        cursor.execute(
            _ADD_CHECKPOINT, [frontier.size, frontier.root, sign_checkpoint(head, signer), edge, moment]
        )
    return len(rows)


def _edge(cursor: CursorWrapper, name: str) -> merkle.Frontier:
    """Where the newest checkpoint left the tree; raises SealConflict when it is of a log of another name."""
    cursor.execute(_LAST_HEAD)
    last = cursor.fetchone()
    if last is None:
        return merkle.Frontier()
    origin = last[1].partition("\n")[0]
    if origin != name:
        raise SealConflict(f"the log is named {origin} in its newest checkpoint, and cannot go on as {name}")
    return merkle.Frontier.from_json(json.loads(last[0]))


def _place(cursor: CursorWrapper, start: int, row_ids: list[int]) -> None:
    """Numbers these rows as leaves from ``start`` on; raises SealConflict unless each one got its number."""
    places = [(start + place, row_id) for place, row_id in enumerate(row_ids)]
    if len(places) == 1:
        cursor.execute(_GIVE_LEAF_INDEX, places[0])
        placed = cursor.rowcount
    else:  # asked, since the row count of many statements is the driver's guess
        cursor.executemany(_GIVE_LEAF_INDEX, places)
        cursor.execute(_COUNT_PLACED, [start])
        placed = cursor.fetchone()[0]
    if placed != len(row_ids):
        raise SealConflict(f"{placed} of {len(row_ids)} entries got their place from leaf {start} on")
