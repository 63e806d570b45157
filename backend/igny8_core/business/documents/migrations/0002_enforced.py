"""What PostgreSQL enforces of letters: each account has its own."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import EnableTenancy


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0001_tables"), ("accounts", "0002_enforced")]

    operations: ClassVar = [EnableTenancy("documents_letter")]
