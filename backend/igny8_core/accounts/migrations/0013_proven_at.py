"""When a person last gave password or passkey in a sign-in; unknown, and so too long ago, for those that there are."""

from typing import ClassVar

from django.db import migrations, models

from igny8_core.accounts.platform import PLATFORM_ID

PLATFORM_ACCOUNT = f"""INSERT INTO accounts_account (id, sequence, kind, code, name, country, billing_currency, time_zone,
 language, address, tax_id, status, created_at, updated_at)
 VALUES ('{PLATFORM_ID}', 0, 'platform', '', '', 'ZZ', 'XXX', 'UTC', '', '', '', 'active', now(), now())"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0012_second_step_and_resets")]

    operations: ClassVar = [
        migrations.AddField("accesskey", "proven_at", models.DateTimeField(null=True)),
        migrations.RunSQL(PLATFORM_ACCOUNT, migrations.RunSQL.noop),
    ]
