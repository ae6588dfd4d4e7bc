"""Signs of life."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When each worker was last seen. ``clarion check`` and the health endpoint read it."""

    worker = models.CharField(primary_key=True, max_length=80)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
