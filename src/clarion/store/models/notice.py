"""Mail to our own people about a deadline that is theirs: where it stands, and what came of it."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """A durable promise to tell one person of one step of one deadline.

    States are in ``rules.delivery.STATES``; ``public_id`` is the Message-ID, the same on every try.
    """

    public_id = models.CharField(max_length=40, unique=True)
    deadline = models.ForeignKey("store.Deadline", on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="notices")
    step = models.CharField(max_length=10)
    """What was done to the deadline: ``warn``, ``miss`` or ``remind``."""
    number = models.IntegerField(default=0)
    """Which reminder it is, counted from 1; 0 for the others."""
    state = models.CharField(max_length=12, default="pending")
    reason = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["deadline", "person", "step", "number"], name="one_notice_per_step_and_person"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=("pending", "deferred", "claimed")),
                name="due_notices",
            ),
        )
