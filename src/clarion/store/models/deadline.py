"""Everything that must happen by a time: promises, windows, reviews due."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Deadline(models.Model):
    """One thing due, warned of at ``warn_at``; over when ``satisfied_at`` or ``cancelled_at`` is set."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    kind = models.CharField(max_length=40)
    incident = models.ForeignKey(
        "store.Incident", null=True, on_delete=models.PROTECT, related_name="deadlines"
    )
    draft = models.ForeignKey("store.Draft", null=True, on_delete=models.PROTECT, related_name="deadlines")
    audiences = models.JSONField(default=list)
    """To whom it is owed, where it is a promise; empty for everybody whom policy names."""
    owner_role = models.CharField(max_length=40)
    reason = models.TextField()
    opened_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    reminders = models.IntegerField(default=0)
    """How often its owner has been reminded since it was missed."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    """When its owner is reminded next; None until it is missed."""
    satisfied_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    satisfied_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("due_at",)
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=models.Q(satisfied_at=None, cancelled_at=None),
                name="open_deadlines",
            ),
        )
