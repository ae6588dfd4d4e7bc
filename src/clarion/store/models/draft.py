"""Texts on their way to being published, and what people said of them."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from clarion.rules.promises import promised
from clarion.store.ids import new_id


class Draft(models.Model):
    """One update in the making. Its words are in its versions; the newest one counts."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    incident = models.ForeignKey("store.Incident", on_delete=models.PROTECT, related_name="drafts")
    phase = models.CharField(max_length=30)
    state = models.CharField(max_length=20, default="draft")
    cause = models.CharField(max_length=60)
    """What asked for it, such as ``incident.opened`` or ``user:…``."""
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    warnings_confirmed = models.JSONField(default=list)
    """Fingerprints of the warnings that whoever submitted it has confirmed."""
    review_until = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")


class DraftVersion(models.Model):
    """The exact words, audiences and channels an approval binds to. Never changed once written."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    author = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
    """Empty when Clarion itself wrote it from a template."""
    incident_state = models.CharField(max_length=20)
    component_statuses = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    statements = models.JSONField(default=dict)
    """What the author states so that the state can be entered; see ``rules.states.Statements``."""
    texts = models.JSONField()
    """``{audience: {"title": …, "body": …}}``"""
    channels = models.JSONField()
    left_out = models.JSONField(default=list)
    """Audiences that policy named when it was written, and that it does not carry."""
    next_update_at = models.DateTimeField(null=True, blank=True)
    """The soonest promise that its texts make."""
    next_update_for = models.JSONField(default=dict)
    """``{audience: instant}`` for those of its texts that promise a later time."""
    no_change = models.BooleanField(default=False)
    """Its author says that it tells readers nothing new."""
    ruled_out = models.TextField(blank=True)
    """What has been ruled out since the update before; wanted where nothing is new twice in a row."""
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["draft", "number"], name="one_version_per_number"),)

    def promised_to(self, audience: str) -> datetime | None:
        """By when this audience hears again, as its text promises."""
        return promised(self.next_update_at, self.next_update_for, audience)


class Approval(models.Model):
    """One person's word on one exact version in one role. Voided rather than deleted."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    version = models.ForeignKey(DraftVersion, on_delete=models.PROTECT, related_name="approvals")
    role = models.CharField(max_length=40)
    person = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="approvals")
    decision = models.CharField(max_length=20)
    """``approved`` or ``changes_requested``."""
    digest = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    findings = models.JSONField(default=list)
    """Fingerprints of the findings that this person has looked at in this role."""
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=["version", "role"], condition=models.Q(voided_at=None), name="one_live_word_per_role"
            ),
            models.UniqueConstraint(
                fields=["version", "person"], condition=models.Q(voided_at=None), name="one_role_per_person"
            ),
        )


class Comment(models.Model):
    """A remark on a version; it approves nothing and voids nothing."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    version = models.ForeignKey(DraftVersion, on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
