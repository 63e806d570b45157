"""Nobody but the owner reads a password's hash; sign-in sees one through `accounts_find_login`.

A column that joins accounts_user later has to be granted by the migration that adds it.
"""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import GrantTo, RevokeFrom

READABLE = "id, sequence, account_id, email, email_normalised, name, role, status, last_login, created_at"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_sequence")]

    operations: ClassVar = [
        RevokeFrom("web, worker, operator", "SELECT", "TABLE accounts_user"),
        GrantTo("web, worker, operator", f"SELECT ({READABLE})", "TABLE accounts_user"),
    ]
