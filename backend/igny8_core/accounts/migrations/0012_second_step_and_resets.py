"""Wrong codes lock the second factor; wishes for a new password wait for the worker to look the address up."""

from typing import ClassVar

from django.db import migrations, models

from igny8_core.accounts.tenancy import GrantTo


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0011_invitations")]

    operations: ClassVar = [
        migrations.AddField("secondfactor", "wrong_codes", models.IntegerField(default=0)),
        migrations.AddField("secondfactor", "locked_until", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "ResetRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email_normalised", models.TextField()),
                ("request_id", models.UUIDField(null=True)),
                ("requested_at", models.DateTimeField()),
            ],
            options={"db_table": "accounts_resetrequest"},
        ),
        GrantTo("web", "INSERT", "TABLE accounts_resetrequest"),
        GrantTo("web", "USAGE", "SEQUENCE accounts_resetrequest_id_seq"),
        GrantTo("operator", "SELECT, DELETE", "TABLE accounts_resetrequest"),
    ]
