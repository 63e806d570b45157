"""Row-level security, grants and the sign-in functions of accounts."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts import sql
from igny8_core.accounts.tenancy import DefinerFunction, EnableTenancy, GrantTo


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_initial")]

    operations: ClassVar = [
        GrantTo("web, worker, operator", "USAGE", "SCHEMA public"),
        GrantTo("web, worker", "SELECT", "TABLE django_migrations"),
        EnableTenancy("accounts_account", column="id", unique_pair=False),
        EnableTenancy("accounts_user", unique_pair=False),
        EnableTenancy("accounts_accesskey", unique_pair=False, privileges="SELECT, INSERT, UPDATE"),
        GrantTo("operator", "DELETE", "TABLE accounts_accesskey"),
        DefinerFunction("accounts_authenticate", "presented bytea", sql.AUTHENTICATE),
        DefinerFunction("accounts_touch_key", "touched uuid", sql.TOUCH_KEY),
        DefinerFunction("accounts_find_login", "wanted varchar", sql.FIND_LOGIN),
    ]
