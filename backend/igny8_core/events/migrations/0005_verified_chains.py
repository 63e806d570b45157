"""How far each chain was verified: operators' and the owner's, no tenant's."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from igny8_core.accounts.tenancy import EnableTenancy
from igny8_core.kit.ids import uuid7


class Migration(migrations.Migration):
    dependencies: ClassVar = [("events", "0004_sequence"), ("accounts", "0002_tenancy")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="VerifiedChain",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("verified_at", models.DateTimeField()),
                ("stamp", models.CharField(max_length=128)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "events_verifiedchain",
                "constraints": [
                    models.UniqueConstraint(fields=("account",), name="verifiedchain_account")
                ],
            },
        ),
        EnableTenancy("events_verifiedchain", shown_to_tenants=False, unique_pair=False),
    ]
