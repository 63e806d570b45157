"""What PostgreSQL enforces of accounts and people: who sees and changes which rows, and the windows past that.

The first row of all is the platform's own account.
"""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts import sql
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.tenancy import CompositeForeignKey, DefinerFunction, EnableTenancy, GrantTo

SEQUENCES = ("account", "user", "accesskey", "invitation")
# Nobody but the owner reads a password's hash; sign-in sees one through `accounts_find_login`. A column that joins
# accounts_user later has to be granted by the migration that adds it.
READABLE = "id, sequence, account_id, email, email_normalised, name, role, status, last_login, created_at"
PLATFORM_ACCOUNT = f"""INSERT INTO accounts_account (id, sequence, kind, code, name, country, billing_currency,
 time_zone, language, address, tax_id, status, created_at, updated_at)
 VALUES ('{PLATFORM_ID}', 0, 'platform', '', '', 'ZZ', 'XXX', 'UTC', '', '', '', 'active', now(), now())"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_tables")]

    operations: ClassVar = [
        GrantTo("web, worker, operator", "USAGE", "SCHEMA public"),
        GrantTo("web, worker", "SELECT", "TABLE django_migrations"),
        *[GrantTo("web, worker, operator", "USAGE", f"SEQUENCE accounts_{name}_sequence") for name in SEQUENCES],
        EnableTenancy("accounts_account", column="id", unique_pair=False),
        EnableTenancy("accounts_user", privileges="INSERT, UPDATE"),
        GrantTo("web, worker, operator", f"SELECT ({READABLE})", "TABLE accounts_user"),
        EnableTenancy("accounts_accesskey", unique_pair=False),
        GrantTo("operator", "DELETE", "TABLE accounts_accesskey"),
        EnableTenancy("accounts_secondfactor", unique_pair=False, privileges="SELECT, INSERT, UPDATE, DELETE"),
        EnableTenancy("accounts_passkey", unique_pair=False, privileges="SELECT, INSERT, UPDATE, DELETE"),
        EnableTenancy("accounts_invitation", unique_pair=False),
        # An account's key or token names a user of that account, whatever the code says: the key carries the account.
        CompositeForeignKey("accounts_accesskey", "user_id", "accounts_user"),
        CompositeForeignKey("accounts_secondfactor", "user_id", "accounts_user"),
        CompositeForeignKey("accounts_passkey", "user_id", "accounts_user"),
        GrantTo("web", "INSERT", "TABLE accounts_resetrequest"),
        GrantTo("web", "USAGE", "SEQUENCE accounts_resetrequest_id_seq"),
        GrantTo("operator", "SELECT, DELETE", "TABLE accounts_resetrequest"),
        DefinerFunction("accounts_authenticate", "presented bytea", sql.AUTHENTICATE),
        DefinerFunction("accounts_touch_key", "touched uuid", sql.TOUCH_KEY),
        # Mails to operators, and an operator's change of password, look the address up under the operator role.
        DefinerFunction("accounts_find_login", "wanted varchar", sql.FIND_LOGIN, roles="web, worker, operator"),
        DefinerFunction("accounts_find_passkey", "wanted bytea", sql.FIND_PASSKEY, roles="web"),
        DefinerFunction("accounts_find_invitation", "wanted bytea", sql.FIND_INVITATION, roles="web"),
        migrations.RunSQL(PLATFORM_ACCOUNT, migrations.RunSQL.noop),
    ]
