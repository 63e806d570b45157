"""When an operator was last taken out of the active admins: whoever suspends the other admin is not alone at once."""

from typing import ClassVar

from django.db import migrations, models

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.tenancy import GrantTo

NOTE_ADMIN_UNTIL = f"""
CREATE FUNCTION accounts_note_admin_until() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.admin_until := now();
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_user_admin_until BEFORE UPDATE OF role, status ON accounts_user FOR EACH ROW
    WHEN (OLD.account_id = '{PLATFORM_ID}' AND OLD.role = 'admin' AND OLD.status = 'active'
          AND (NEW.role <> 'admin' OR NEW.status <> 'active'))
    EXECUTE FUNCTION accounts_note_admin_until();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_enforced")]

    operations: ClassVar = [
        migrations.AddField("user", "admin_until", models.DateTimeField(editable=False, null=True)),
        GrantTo("web, worker, operator", "SELECT (admin_until)", "TABLE accounts_user"),
        migrations.RunSQL(NOTE_ADMIN_UNTIL, "DROP FUNCTION accounts_note_admin_until() CASCADE"),
    ]
