"""Idempotency rows are tenant by tenant; throttle counters are nobody's, and may be lost in a crash."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import EnableTenancy, GrantTo


class Migration(migrations.Migration):
    dependencies: ClassVar = [("http", "0001_tables"), ("accounts", "0002_enforced")]

    operations: ClassVar = [
        EnableTenancy("http_idempotencyrecord", unique_pair=False),
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE http_idempotencyrecord_id_seq"),
        GrantTo("operator", "DELETE", "TABLE http_idempotencyrecord"),
        migrations.RunSQL("ALTER TABLE http_throttlecounter SET UNLOGGED", migrations.RunSQL.noop),
        GrantTo("web, worker, operator", "SELECT, INSERT, UPDATE", "TABLE http_throttlecounter"),
        GrantTo("worker, operator", "DELETE", "TABLE http_throttlecounter"),
    ]
