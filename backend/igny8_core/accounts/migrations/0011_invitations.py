"""Invitations, under row-level security, and the window through which a mailed link finds its own."""

import django.db.models.deletion
import igny8_core.kit.ids
import igny8_core.kit.models
from django.db import migrations, models

from igny8_core.accounts.platform import PLATFORM_ID

from igny8_core.accounts import sql
from igny8_core.accounts.tenancy import DefinerFunction, EnableTenancy, GrantTo


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_passkey_tenancy'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE accounts_invitation_sequence", "DROP SEQUENCE accounts_invitation_sequence"
        ),
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE accounts_invitation_sequence"),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=igny8_core.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField(db_default=igny8_core.kit.models.NextValue('accounts_invitation_sequence'), editable=False)),
                ('email', models.EmailField(max_length=254)),
                ('email_normalised', models.CharField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('role', models.CharField(max_length=16)),
                ('token_hash', models.BinaryField(max_length=32, null=True, unique=True)),
                ('times_sent', models.SmallIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, default='', max_length=16)),
                ('decided_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'db_table': 'accounts_invitation',
                'indexes': [models.Index(fields=['account', 'sequence'], name='invitation_account_sequence'), models.Index(fields=['sequence'], name='invitation_sequence'), models.Index(condition=models.Q(('outcome', '')), fields=['expires_at'], name='invitation_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('account', 'email_normalised'), name='invitation_open_once'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('account', PLATFORM_ID), _negated=True), ('role__in', ['viewer', 'member', 'admin', 'owner'])), models.Q(('account', PLATFORM_ID), ('role__in', ['support', 'approver', 'finance', 'admin'])), _connector='OR'), name='invitation_role_fits_account'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', '')), models.Q(('decided_at__isnull', False), ('outcome__in', ['accepted', 'revoked', 'expired'])), _connector='OR'), name='invitation_outcome_has_its_time')],
            },
        ),
        EnableTenancy("accounts_invitation", unique_pair=False, privileges="SELECT, INSERT, UPDATE"),
        DefinerFunction("accounts_find_invitation", "wanted bytea", sql.FIND_INVITATION, roles="web"),
        # Mails to operators, and an operator's change of password, look the address up under the operator role.
        GrantTo("operator", "EXECUTE", "FUNCTION accounts_find_login(varchar)"),
    ]
