from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_translations")]

    operations = [
        migrations.AddField(
            "subscriber",
            "time_zone",
            models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
    ]
