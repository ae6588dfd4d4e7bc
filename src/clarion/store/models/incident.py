"""What went wrong, when, and which parts of the service it touches."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Incident(models.Model):
    """One incident. States and words are in ``rules.terms``; it keeps the policy version it started under."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    title = models.CharField(max_length=300)
    """The internal title. What the public reads comes from published texts alone."""
    state = models.CharField(max_length=20, default="detected")
    severity = models.CharField(max_length=10)
    category = models.CharField(max_length=20)
    visibility = models.CharField(max_length=10, default="public")
    """``public`` may be published; ``private`` never is."""
    confirmation = models.CharField(max_length=10, default="suspected")
    """``suspected`` by monitoring, or ``confirmed`` by a person."""
    confirmed_by = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    outage_scope = models.CharField(max_length=20, default="unknown")
    business_impact = models.CharField(max_length=10, default="unknown")
    stakeholder_visibility = models.CharField(max_length=10, default="unknown")
    duties = models.JSONField(null=True)
    """Tags of regulated data or services that it touches; None while nobody has looked."""
    regions = models.JSONField(null=True)
    customers_affected = models.BigIntegerField(null=True)
    policy_version = models.IntegerField()
    requirements = models.JSONField(default=dict)
    """What policy requires, each with its reasons, as decided when the incident opened."""
    ledger_count = models.IntegerField(default=0)
    detected_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    quiet_at = models.DateTimeField(null=True, blank=True)
    """When the last of its signals ended, by its source's word."""
    monitoring_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    components = models.ManyToManyField(
        "store.Component", through="IncidentComponent", related_name="incidents"
    )

    class Meta:
        ordering = ("-opened_at", "-id")

    def __str__(self) -> str:
        return self.title


class IncidentComponent(models.Model):
    """A component this incident touches, and the worst status it proposed or published for it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="affected")
    component = models.ForeignKey("store.Component", on_delete=models.PROTECT)
    status = models.CharField(max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["incident", "component"], name="component_once_per_incident"),
        )
