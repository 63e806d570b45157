"""Row-level security of second factors; a factor belongs to a user of its own account."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0007_sessions_and_second_factors")]

    operations: ClassVar = [
        EnableTenancy("accounts_secondfactor", unique_pair=False, privileges="SELECT, INSERT, UPDATE, DELETE"),
        CompositeForeignKey("accounts_secondfactor", "user_id", "accounts_user"),
    ]
