"""Mail to our own people about a deadline that is theirs: where it stands, and what came of it."""

from __future__ import annotations

from django.db import models

from clarion.store.models.leased import Leased


class Notice(Leased):
    """A promise to tell one person of one step of one deadline."""

    deadline = models.ForeignKey("store.Deadline", on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="notices")
    step = models.CharField(max_length=10)
    """What was done to the deadline: ``warn``, ``miss`` or ``remind``."""
    number = models.IntegerField(default=0)
    """Which reminder it is, counted from 1; 0 for the others."""

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
