"""Overrides of what lint found in a text."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Waiver(models.Model):
    """Counsel's signed word that a draft may go out with one finding in it.

    It holds for the sentence it was given for, wherever that stands, and for no other draft.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    draft = models.ForeignKey("store.Draft", on_delete=models.PROTECT, related_name="waivers")
    fingerprint = models.CharField(max_length=16)
    rule = models.CharField(max_length=40)
    audience = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    reason = models.TextField()
    person = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(fields=["draft", "fingerprint"], name="one_waiver_per_finding"),
        )
