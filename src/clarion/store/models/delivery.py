"""One row per update and reader: where it stands, and what came of it."""

from __future__ import annotations

from django.db import models

from clarion.store.models.leased import Leased


class Delivery(Leased):
    """A promise to send one update to one subscriber."""

    update = models.ForeignKey("store.Update", on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey("store.Subscriber", on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["update", "subscriber"], name="one_delivery_per_update_and_subscriber"
            ),
        )
        indexes = (
            models.Index(
                fields=["channel", "next_at"],
                condition=models.Q(state__in=("pending", "deferred", "claimed")),
                name="due_deliveries",
            ),
        )
