"""What every row has that workers send from; ``store.leases`` says which are due."""

from __future__ import annotations

from django.db import models


class Leased(models.Model):
    """A durable promise to send one thing to one person; states are in ``rules.delivery.STATES``.

    ``public_id`` is the Message-ID and webhook-id: the same on every try.
    """

    public_id = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=12, default="pending")
    reason = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
