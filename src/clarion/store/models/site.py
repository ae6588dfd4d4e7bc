"""What each publishing target shows, and what it should show."""

from __future__ import annotations

from django.db import models


class SiteState(models.Model):
    """A place where page files go; ``kind`` names a module of ``clarion.sites``.

    ``wanted`` counts changes to what the page should show, ``written`` the last count that was written.
    """

    name = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=40)
    config = models.JSONField(default=dict)
    wanted = models.BigIntegerField(default=1)
    written = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
