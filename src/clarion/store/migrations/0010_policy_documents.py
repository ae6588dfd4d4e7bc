"""A version of the policy holds templates and lint rules too; earlier ones go on with what Clarion ships."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0009_protected_names")]

    operations = [
        migrations.AddField(model, name, models.TextField(blank=True, default=""))
        for model in ("policyversion", "policyproposal")
        for name in ("templates", "lint_rules")
    ]
