"""Answers kept for retried requests, and the counters of throttled ones."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0001_tables")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("owner_id", models.UUIDField()),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=300)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("status", models.SmallIntegerField(null=True)),
                ("body", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "http_idempotencyrecord",
                "indexes": [models.Index(fields=["created_at"], name="idempotency_created")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "owner_id", "key", "path", "method"), name="idempotency_key_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThrottleCounter",
            fields=[
                ("subject", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("window", models.BigIntegerField()),
                ("hits", models.IntegerField()),
            ],
            options={"db_table": "http_throttlecounter"},
        ),
    ]
