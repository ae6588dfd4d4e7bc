"""One row per update and reader: where it stands, and what came of it."""

from __future__ import annotations

from django.db import models


class Delivery(models.Model):
    """A durable promise to send one update to one subscriber; states are in ``rules.delivery.STATES``.

    ``public_id`` is the Message-ID and webhook-id: the same on every try.
    """

    public_id = models.CharField(max_length=40, unique=True)
    update = models.ForeignKey("store.Update", on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey("store.Subscriber", on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default="pending")
    reason = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

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
