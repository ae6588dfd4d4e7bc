"""The register of names that stay inside or need care."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class ProtectedName(models.Model):
    """One name with its other spellings. ``kind`` is one of ``rules.names.KINDS``."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    """The name as ``rules.names.key`` has it."""
    aliases = models.JSONField(default=list)
    note = models.TextField(blank=True)
    ends_on = models.DateField(null=True, blank=True)
    """The last day, in UTC, on which it is looked for."""
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=models.Q(retired_at=None),
                name="one_live_name_of_a_kind",
            ),
        )
