"""A request that asks somebody outside commits its row before it has an answer."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("http", "0002_enforced"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="idempotencyrecord",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="idempotencyrecord",
            name="subject_id",
            field=models.UUIDField(null=True),
        ),
    ]
