"""Accounts, users and keys get a number in the order they were made, for keyset pages."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.accounts.tenancy import GrantTo
from igny8_core.kit.models import NextValue

MODELS = ("account", "user", "accesskey")
# The checks of foreign keys that the update leaves behind run at once: an index cannot be made while they wait.
RENUMBER = """UPDATE accounts_{0} AS changed SET sequence = counted.number
 FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS number FROM accounts_{0}) AS counted
 WHERE changed.id = counted.id; SET CONSTRAINTS ALL IMMEDIATE"""


def _add(name: str) -> list[migrations.operations.base.Operation]:
    sequence = f"accounts_{name}_sequence"
    column = models.BigIntegerField(db_default=NextValue(sequence), editable=False)
    return [
        migrations.RunSQL(f"CREATE SEQUENCE {sequence}", f"DROP SEQUENCE {sequence}"),
        GrantTo("web, worker, operator", "USAGE", f"SEQUENCE {sequence}"),
        migrations.AddField(name, "sequence", column),
        migrations.RunSQL(RENUMBER.format(name), migrations.RunSQL.noop),
    ]


def _index(name: str, fields: list[str], label: str, **options: Q) -> migrations.AddIndex:
    return migrations.AddIndex(name, models.Index(fields=fields, name=label, **options))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_tenancy")]

    operations: ClassVar = [
        *[operation for name in MODELS for operation in _add(name)],
        _index("account", ["sequence"], "account_sequence"),
        _index("user", ["account", "sequence"], "user_account_sequence"),
        _index("user", ["sequence"], "user_sequence"),
        _index("accesskey", ["account", "sequence"], "accesskey_account_sequence", condition=Q(kind="api_key")),
        _index("accesskey", ["sequence"], "accesskey_sequence", condition=Q(kind="api_key")),
    ]
