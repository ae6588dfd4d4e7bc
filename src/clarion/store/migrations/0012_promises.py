"""Promises to single audiences, reminders of what was missed, and mail to whom it concerns.

A deadline without audiences counts for all of them, as it did; what is missed already is reminded of next.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def remind_of_the_missed(apps, schema_editor):
    missed = apps.get_model("store", "Deadline").objects.filter(missed_at__isnull=False)
    missed.filter(satisfied_at=None, cancelled_at=None).update(remind_at=F("missed_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0011_approval_windows"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="audiences",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="deadline",
            name="remind_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deadline",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deadline",
            name="reminders",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="draftversion",
            name="left_out",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="draftversion",
            name="next_update_for",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="update",
            name="next_update_for",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                ("step", models.CharField(max_length=10)),
                ("number", models.IntegerField(default=0)),
                ("state", models.CharField(default="pending", max_length=12)),
                ("reason", models.TextField(blank=True)),
                ("attempts", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="store.deadline",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("pending", "deferred", "claimed"))),
                        fields=["next_at"],
                        name="due_notices",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("deadline", "person", "step", "number"),
                        name="one_notice_per_step_and_person",
                    )
                ],
            },
        ),
        migrations.RunPython(remind_of_the_missed, migrations.RunPython.noop, elidable=True),
    ]
