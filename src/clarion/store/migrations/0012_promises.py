"""Promises to single audiences, and reminders of what was missed.

A deadline without audiences counts for all of them, as it did; what is missed already is reminded of next.
"""

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
        migrations.RunPython(remind_of_the_missed, migrations.RunPython.noop, elidable=True),
    ]
