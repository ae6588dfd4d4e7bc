"""Readers who asked to be told."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Subscriber(models.Model):
    """One address on one channel. ``kind`` names a module of ``clarion.channels``."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    channel = models.CharField(max_length=40)
    address = models.CharField(max_length=2000)
    audience = models.CharField(max_length=40, default="customers")
    language = models.CharField(max_length=20, blank=True)
    """The tag of the language asked for; empty for that of the originals."""
    time_zone = models.CharField(max_length=64, blank=True)
    """IANA name, in which times are said beside UTC; empty when not known: then the page's."""
    secret = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=14, default="active")
    """``active`` or ``unsubscribed``."""
    created_at = models.DateTimeField()
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["channel", "address"], name="one_subscriber_per_address"),
        )
