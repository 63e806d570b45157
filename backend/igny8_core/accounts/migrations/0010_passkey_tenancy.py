"""Row-level security of passkeys, and the window through which a sign-in finds whose passkey it is."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts import sql
from igny8_core.accounts.tenancy import CompositeForeignKey, DefinerFunction, EnableTenancy


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0009_passkeys")]

    operations: ClassVar = [
        EnableTenancy("accounts_passkey", unique_pair=False, privileges="SELECT, INSERT, UPDATE, DELETE"),
        CompositeForeignKey("accounts_passkey", "user_id", "accounts_user"),
        DefinerFunction("accounts_find_passkey", "wanted bytea", sql.FIND_PASSKEY, roles="web"),
    ]
