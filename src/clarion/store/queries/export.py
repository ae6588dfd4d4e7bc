"""What the export of one incident is made of, as of the newest checkpoint."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from datetime import datetime

from clarion.rules.bundle import BundleError, Export, KeptText, SealedEntry
from clarion.rules.merkle import Levels
from clarion.rules.notes import Signer
from clarion.store.models import Checkpoint, Incident, LedgerEntry


def unsealed_of(incident: Incident) -> int:
    """How many of the incident's entries stand under no checkpoint yet."""
    return LedgerEntry.objects.filter(incident=incident, leaf_index=None).count()


def lacks_checkpoint(size: int) -> bool:
    """True when this log never signed a checkpoint of that size."""
    return not Checkpoint.objects.filter(size=size).exists()


def gather(
    incident: Incident, *, signer: Signer, verifier: bytes, now: datetime, seen: Collection[int] = ()
) -> Export:
    """Everything ``rules.bundle.build_bundle`` needs: entries, texts with their salts, tree, checkpoints.

    A text that was erased comes as None. ``verifier`` is the content of the single-file verifier, ``seen``
    are sizes of checkpoints that the reader has kept. Memory: about 100 bytes for every entry of the whole
    log, since any of them may be on the way to the root. Raises BundleError when they make no tree.
    """
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    newest = sizes[-1] if sizes else 0
    entries = tuple(
        _sealed(row)
        for row in LedgerEntry.objects.filter(incident=incident, leaf_index__lt=newest)
        .order_by("leaf_index")
        .prefetch_related("texts")
    )
    return Export(
        incident=incident.id,
        title=incident.title,
        exported_at=now,
        entries=entries,
        checkpoints=_notes(entries, sizes, seen),
        keys=(signer.verifier,),
        signer=signer,
        subtree=_tree(newest),
        verifier=verifier,
    )


def _tree(size: int) -> Levels:
    """The tree of the first ``size`` entries; raises BundleError where they cannot be one."""
    rows = LedgerEntry.objects.filter(leaf_index__lt=size).order_by("leaf_index")
    leaves = [bytes(leaf) for leaf in rows.values_list("leaf_hash", flat=True).iterator()]
    if len(leaves) != size:
        raise BundleError(f"the newest checkpoint covers {size} entries, but {len(leaves)} are there")
    for index, leaf in enumerate(leaves):
        if len(leaf) != 32:
            raise BundleError(f"the hash of entry {index} is not 32 bytes long")
    return Levels(leaves)


def _sealed(row: LedgerEntry) -> SealedEntry:
    assert row.leaf_index is not None
    return SealedEntry(
        index=row.leaf_index,
        body=bytes(row.body),
        texts={
            text.name: None if text.text is None else KeptText(bytes(text.salt), text.text)
            for text in row.texts.all()
        },
    )


def _notes(entries: tuple[SealedEntry, ...], sizes: list[int], seen: Collection[int]) -> tuple[str, ...]:
    """The checkpoints that first sealed each entry, those seen, and the newest: a history to follow.

    All checkpoints of a busy log would be many thousand files that say nothing of this incident.
    """
    first_over = {sizes[bisect_right(sizes, entry.index)] for entry in entries}
    wanted = sorted(first_over | set(seen) | set(sizes[-1:]))
    found = Checkpoint.objects.filter(size__in=wanted).order_by("size")
    return tuple(found.values_list("note", flat=True))
