"""An account's key or token names a user of that account, whatever the code says: the key carries the account."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey

PAIR = "accounts_user_account_id_id_key"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_hide_password")]

    operations: ClassVar = [
        migrations.RunSQL(
            f"ALTER TABLE accounts_user ADD CONSTRAINT {PAIR} UNIQUE (account_id, id)",
            f"ALTER TABLE accounts_user DROP CONSTRAINT {PAIR} CASCADE",
        ),
        CompositeForeignKey("accounts_accesskey", "user_id", "accounts_user"),
    ]
