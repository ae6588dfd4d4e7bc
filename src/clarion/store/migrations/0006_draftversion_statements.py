from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_fact_sheets")]

    operations = [migrations.AddField("draftversion", "statements", models.JSONField(default=dict))]
