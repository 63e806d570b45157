"""Ways to pay get a number in the order they were made, for keyset pages."""

from typing import ClassVar

from django.db import migrations, models

from igny8_core.accounts.tenancy import GrantTo
from igny8_core.kit.models import NextValue

SEQUENCE = "billing_methodconfig_sequence"
RENUMBER = """UPDATE billing_paymentmethodconfig AS changed SET sequence = counted.number
 FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS number FROM billing_paymentmethodconfig) AS counted
 WHERE changed.id = counted.id"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0004_money_tenancy")]

    operations: ClassVar = [
        migrations.RunSQL(f"CREATE SEQUENCE {SEQUENCE}", f"DROP SEQUENCE {SEQUENCE}"),
        GrantTo("operator", "USAGE", f"SEQUENCE {SEQUENCE}"),
        migrations.AddField(
            "paymentmethodconfig",
            "sequence",
            models.BigIntegerField(db_default=NextValue(SEQUENCE), editable=False),
        ),
        migrations.RunSQL(RENUMBER, migrations.RunSQL.noop),
    ]
