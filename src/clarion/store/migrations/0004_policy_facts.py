"""The facts that policy looks at, proposals of a policy, and what a version says of news."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import clarion.store.ids


def complete_requirements(apps, schema_editor):
    """What policy decided before gets the answers that it gave without saying so."""
    Incident = apps.get_model("store", "Incident")
    told = set(apps.get_model("store", "Update").objects.values_list("incident_id", flat=True))
    for incident in Incident.objects.all().iterator():
        incident.requirements = completed(incident.requirements, incident.category)
        if incident.id in told:
            incident.confirmation = "confirmed"  # two people approved what readers were told of it
        incident.save(update_fields=["requirements", "confirmation"])


def completed(old, category):
    reasons = old.get("reasons", [])
    by_part = {}
    for reason in reasons:
        by_part.setdefault(reason["code"].partition(".")[0], []).append(reason)
    updates, cadence = by_part.get("updates", []), by_part.get("cadence", [])
    because = {
        "formal_updates": updates,
        "start": [],
        "audiences": updates,
        "channels": updates,
        "reviews": [item["reason"] for item in old.get("reviews", [])],
        "cadence": cadence,
        "window": cadence,
        "template": [],
        "etr": [],
        "disclosure": [],
    }
    every = old.get("update_every_minutes", 1440)
    new = {
        "formal_updates": False,
        "may_start": True,
        "audiences": [],
        "channels": [],
        "reviews": [],
        "intervals": {name: every for name in old.get("audiences", [])},
        "update_every_minutes": every,
        "warn_minutes": 0,
        "approval_window_minutes": 240,
        "template": category,
        "etr": "engineering_only",
        "disclosure": [],
        "because": because,
        "reasons": reasons,
    }
    return {**new, **old}


def keep(apps, schema_editor):
    """Older code passes over what it does not know."""


class Migration(migrations.Migration):
    dependencies = [("store", "0003_subscriber_time_zone")]

    operations = [
        migrations.AddField("incident", "confirmation", models.CharField(default="suspected", max_length=10)),
        migrations.AddField(
            "incident",
            "confirmed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("incident", "confirmed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("incident", "outage_scope", models.CharField(default="unknown", max_length=20)),
        migrations.AddField(
            "incident", "business_impact", models.CharField(default="unknown", max_length=10)
        ),
        migrations.AddField(
            "incident", "stakeholder_visibility", models.CharField(default="unknown", max_length=10)
        ),
        migrations.AddField("incident", "duties", models.JSONField(null=True)),
        migrations.AddField("incident", "regions", models.JSONField(null=True)),
        migrations.AddField("incident", "customers_affected", models.BigIntegerField(null=True)),
        migrations.AddField("draftversion", "no_change", models.BooleanField(default=False)),
        migrations.AddField("draftversion", "ruled_out", models.TextField(blank=True, default="")),
        migrations.AlterField("draftversion", "ruled_out", models.TextField(blank=True)),
        migrations.AddField(
            "policyversion",
            "approved_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="PolicyProposal",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=clarion.store.ids.new_id, max_length=12, primary_key=True, serialize=False
                    ),
                ),
                ("document", models.TextField()),
                ("reason", models.TextField()),
                ("base_number", models.IntegerField()),
                ("state", models.CharField(default="proposed", max_length=20)),
                ("at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("comment", models.TextField(blank=True)),
                ("number", models.IntegerField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ("-at", "-id")},
        ),
        migrations.RunPython(complete_requirements, keep, elidable=True),
    ]
