"""The ledger as auditors read it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clarion.rules import ledger as form
from clarion.rules.access import Actor, may_read_texts
from clarion.store.models import Checkpoint, Incident, LedgerEntry, User


def entries(*, incident: Incident | None = None, kind: str = "", subject: str = "") -> QuerySet[LedgerEntry]:
    """Oldest first, with the texts beside them."""
    found = LedgerEntry.objects.prefetch_related("texts").order_by("id")
    if incident is not None:
        found = found.filter(incident=incident)
    if kind:
        found = found.filter(kind__startswith=kind)
    return found.filter(subject=subject) if subject else found


def read(entry: LedgerEntry) -> form.Entry:
    """What the entry says, from its own bytes."""
    return form.read_entry(bytes(entry.body))


def texts_of(entry: LedgerEntry, reader: Actor) -> dict[str, str | None]:
    """The texts beside an entry; None for one that was erased. Empty where they are not for this reader."""
    if not may_read_texts(reader, entry.kind):
        return {}
    return {text.name: text.text for text in entry.texts.all()}


def actor_names() -> dict[str, str]:
    """Names for ``user:…`` actors."""
    return {f"user:{user.id}": user.name for user in User.objects.all()}


def checkpoints() -> QuerySet[Checkpoint]:
    """Newest first."""
    return Checkpoint.objects.order_by("-size")


def origin(head: Checkpoint) -> str:
    """The name of the log that the checkpoint is of: the first line of its note."""
    return head.note.partition("\n")[0]


def has_unsealed() -> bool:
    return LedgerEntry.objects.filter(leaf_index=None).exists()


def unsealed_count() -> int:
    return LedgerEntry.objects.filter(leaf_index=None).count()


def summary() -> dict[str, Any]:
    """Size of the log and its newest checkpoint."""
    head = checkpoints().first()
    return {
        "entries": LedgerEntry.objects.count(),
        "unsealed": unsealed_count(),
        "checkpoint": head.note if head else "",
        "sealed_at": head.at if head else None,
    }
