"""What is known of an incident, version by version, and decisions to tell a cause earlier."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class FactSheetVersion(models.Model):
    """The whole sheet as one person left it. Never changed once written; the newest one counts."""

    incident = models.ForeignKey("store.Incident", on_delete=models.PROTECT, related_name="fact_sheets")
    number = models.IntegerField()
    author = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    sheet = models.JSONField()
    """``rules.facts.FactSheet`` as JSON."""
    wrote = models.JSONField(default=dict)
    """Who last changed each fact: ``{fact: person id}``."""
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["incident", "number"], name="one_fact_sheet_per_number"),
        )


class Disclosure(models.Model):
    """One person's decision to tell a cause outside before it is confirmed; see ``rules.disclosure``."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    incident = models.ForeignKey("store.Incident", on_delete=models.PROTECT, related_name="disclosures")
    person = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    cause = models.TextField()
    """The hypothesis that was decided on, word for word."""
    audiences = models.JSONField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-decided_at", "-id")
