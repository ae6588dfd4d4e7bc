"""Parts of the service that readers know by name."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Component(models.Model):
    """A part of the service. ``public`` ones appear on the status page."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=20, default="operational")
    position = models.IntegerField(default=1)
    public = models.BooleanField(default=True)
    group = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    is_group = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name
