"""What tools sent us, as received and as understood."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Source(models.Model):
    """A tool allowed to report at ``/hooks/<slug>``; ``kind`` names a module of ``clarion.sources``."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    config = models.JSONField(default=dict)
    default_component = models.ForeignKey("store.Component", null=True, blank=True, on_delete=models.SET_NULL)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class Hook(models.Model):
    """One inbound request, kept byte for byte before it is answered.

    States: ``received`` → ``read``, or ``quarantined`` → ``read`` (replayed) or ``discarded``.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="hooks")
    delivery_id = models.CharField(max_length=200)
    body = models.BinaryField()
    body_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="received")
    problem = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("-received_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["source", "delivery_id"], name="one_hook_per_delivery"),
        )
        indexes = (
            models.Index(
                fields=["received_at"],
                condition=models.Q(state__in=("received", "quarantined")),
                name="unfinished_hooks",
            ),
        )


class Signal(models.Model):
    """One occurrence of one alert: (source, key, started_at) names it, whatever order reports come in."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="signals")
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="signals")
    key = models.CharField(max_length=300)
    group = models.CharField(max_length=1000)
    status = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    severity = models.CharField(max_length=60, blank=True)
    labels = models.JSONField(default=dict)
    link = models.TextField(blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    """When its status last changed; compared with ``answered_at`` to know what is still to be answered."""
    answered_at = models.DateTimeField(null=True, blank=True)
    incident = models.ForeignKey(
        "store.Incident", null=True, on_delete=models.PROTECT, related_name="signals"
    )

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["source", "key", "started_at"], name="one_signal_per_occurrence"),
        )
        indexes = (
            models.Index(
                fields=["changed_at"], condition=models.Q(answered_at=None), name="unanswered_signals"
            ),
        )
