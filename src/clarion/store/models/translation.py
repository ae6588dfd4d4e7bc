"""Texts in further languages, and which of them readers were shown."""

from __future__ import annotations

from django.db import models

from clarion.store.ids import new_id


class Translation(models.Model):
    """One version's public texts in one language. Its words never change; better ones are a new row."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id)
    draft = models.ForeignKey("store.Draft", on_delete=models.PROTECT, related_name="translations")
    language = models.CharField(max_length=20)
    source_digest = models.CharField(max_length=64)
    """Of the words that it translates: while they stand unchanged in a newer version, it holds there too."""
    texts = models.JSONField()
    """``{audience: {"title": …, "body": …}}``"""
    digest = models.CharField(max_length=64)
    author = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default="in_review")
    created_at = models.DateTimeField()
    reviewer = models.ForeignKey("store.User", null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["draft", "language", "source_digest"],
                condition=~models.Q(state="superseded"),
                name="one_translation_per_language",
            ),
        )


class UpdateTranslation(models.Model):
    """A published update's words in one more language, for one audience."""

    update = models.ForeignKey("store.Update", on_delete=models.PROTECT, related_name="translations")
    translation = models.ForeignKey(Translation, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=20)
    audience = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    body = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("language",)
        constraints = (
            models.UniqueConstraint(
                fields=["update", "audience", "language"], name="one_text_per_audience_and_language"
            ),
        )
