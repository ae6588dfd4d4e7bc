"""Versions of the organisation's communication policy, each a set of three documents."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class PolicyVersion(models.Model):
    """One version of the policy, as YAML. Never changed; an incident keeps the one it began under."""

    number = models.IntegerField(primary_key=True)
    document = models.TextField()
    """The policy itself."""
    templates = models.TextField(blank=True, default="")
    """Empty: those that come with Clarion."""
    lint_rules = models.TextField(blank=True, default="")
    """Rules of the organisation beside those that come with Clarion. Those of the newest version are in
    force for every incident."""
    at = models.DateTimeField()
    author = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
    """Empty for the first version alone, which stands before there is anybody to ask."""


class PolicyProposal(models.Model):
    """A policy that somebody wants in force. Another person approves or rejects it."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    document = models.TextField()
    templates = models.TextField(blank=True, default="")
    lint_rules = models.TextField(blank=True, default="")
    reason = models.TextField()
    base_number = models.IntegerField()
    """The version that was in force when it was written."""
    state = models.CharField(max_length=20, default="proposed")
    author = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    number = models.IntegerField(null=True, blank=True)
    """The version that it became."""

    class Meta:
        ordering = ("-at", "-id")
