"""Versions of the organisation's communication policy."""

from __future__ import annotations

from django.db import models


class PolicyVersion(models.Model):
    """One version of the policy, as YAML. Never changed; an incident keeps the one it began under."""

    number = models.IntegerField(primary_key=True)
    document = models.TextField()
    at = models.DateTimeField()
    author = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
