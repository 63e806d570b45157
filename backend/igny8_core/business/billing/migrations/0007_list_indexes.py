"""Indexes for lists by currency, within a span of time, and by amount within a status."""

from typing import ClassVar

from django.db import migrations, models


def _index(name: str, *fields: str) -> migrations.AddIndex:
    return migrations.AddIndex("payment", models.Index(fields=["account", *fields, "sequence"], name=name))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0006_four_eyes_on_insert")]

    operations: ClassVar = [
        _index("payment_account_currency", "currency"),
        _index("payment_account_created", "created_at"),
        _index("payment_account_stat_amount", "status", "amount_minor"),
    ]
