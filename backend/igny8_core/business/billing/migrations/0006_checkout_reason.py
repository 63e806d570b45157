"""Why a gateway lets money wait, or has refused it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0005_gateways_enforced")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="checkout",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
