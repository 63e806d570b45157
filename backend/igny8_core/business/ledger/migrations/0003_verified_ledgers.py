"""How far each account's part of the ledger was verified: operators' and the owner's, no tenant's."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from igny8_core.accounts.tenancy import EnableTenancy
from igny8_core.kit.ids import uuid7


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0002_tenancy"), ("accounts", "0002_tenancy")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="VerifiedLedger",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("event_seq", models.BigIntegerField()),
                ("journals", models.BigIntegerField()),
                ("balances", models.JSONField()),
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
                "db_table": "ledger_verifiedledger",
                "constraints": [models.UniqueConstraint(fields=("account",), name="verifiedledger_account")],
            },
        ),
        EnableTenancy("ledger_verifiedledger", shown_to_tenants=False, unique_pair=False),
    ]
