"""The append-only record and the signed heads of its tree."""

from __future__ import annotations

from django.db import models


class LedgerEntry(models.Model):
    """One thing that happened. ``leaf_index`` is set once, by the sealer; nothing else ever changes."""

    entry_id = models.CharField(max_length=26, unique=True)
    leaf_index = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    incident = models.ForeignKey(  # no index of its own: that of its numbering begins with it
        "store.Incident", null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    incident_seq = models.IntegerField(null=True)
    body = models.BinaryField()
    """The canonical JSON that the tree's leaf is the hash of."""
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["incident", "incident_seq"], name="incident_entries_numbered"),
        )
        indexes = (
            models.Index(fields=["subject"], name="entries_by_subject"),
            models.Index(fields=["id"], condition=models.Q(leaf_index=None), name="unsealed_entries"),
        )


class LedgerText(models.Model):
    """A text or personal datum an entry speaks of, beside the chain: the entry holds only its commitment.

    Erasing sets ``text`` to null and keeps salt and commitment, so that every proof still holds.
    """

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="texts")
    name = models.CharField(max_length=80)
    salt = models.BinaryField(max_length=32)
    text = models.TextField(null=True)  # noqa: DJ001 - null means erased, empty means empty
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "name"], name="one_text_per_name"),)


class Checkpoint(models.Model):
    """A signed head of the tree; ``frontier`` lets the next seal go on without reading old leaves."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    frontier = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("size",)
