"""What was published. Never changed; a correction is a new update."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from clarion.rules.promises import promised
from clarion.store.ids import new_id


class Update(models.Model):
    """One published update: the approved version, put before its audiences at one instant."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    incident = models.ForeignKey("store.Incident", on_delete=models.PROTECT, related_name="updates")
    version = models.OneToOneField("store.DraftVersion", on_delete=models.PROTECT, related_name="update")
    number = models.IntegerField()
    state = models.CharField(max_length=20)
    affected = models.JSONField(default=list)
    """``[{component_id, name, old_status, new_status}]`` as of publication."""
    channels = models.JSONField(default=list)
    next_update_at = models.DateTimeField(null=True, blank=True)
    """The soonest promise that its texts make."""
    next_update_for = models.JSONField(default=dict)
    """``{audience: instant}`` for those of its texts that promise a later time."""
    published_at = models.DateTimeField()
    fanned_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["incident", "number"], name="updates_numbered"),)

    def promised_to(self, audience: str) -> datetime | None:
        """By when this audience hears again, as its text promises."""
        return promised(self.next_update_at, self.next_update_for, audience)


class UpdateText(models.Model):
    """The words of an update for one audience."""

    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="texts")
    audience = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    body = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["update", "audience"], name="one_text_per_audience"),)
