"""The cards that payers keep at gateways, and which of them a payment is charged to."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from igny8_core.kit.ids import uuid7


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ('accounts', '0003_admin_until'),
        ('billing', '0008_refunds_by_gateway_enforced'),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='SavedCard',
            fields=[
                ('id', models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=16)),
                ('live', models.BooleanField()),
                ('state', models.CharField(max_length=16)),
                ('action', models.JSONField(null=True)),
                ('success_url', models.CharField(max_length=500)),
                ('cancel_url', models.CharField(max_length=500)),
                ('begun_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('tries', models.IntegerField(default=0)),
                ('next_ask_at', models.DateTimeField(null=True)),
                ('setup_handle', models.CharField(blank=True, default='', max_length=255)),
                ('card_handle', models.CharField(blank=True, default='', max_length=255)),
                ('customer', models.CharField(blank=True, default='', max_length=255)),
                ('brand', models.CharField(blank=True, default='', max_length=40)),
                ('last4', models.CharField(blank=True, default='', max_length=4)),
                ('exp_month', models.SmallIntegerField(null=True)),
                ('exp_year', models.SmallIntegerField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'db_table': 'billing_savedcard',
            },
        ),
        migrations.AddField(
            model_name='accountpaymentmethod',
            name='card',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.savedcard'),
        ),
        migrations.AddField(
            model_name='checkout',
            name='card',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.savedcard'),
        ),
        migrations.AddConstraint(
            model_name='accountpaymentmethod',
            constraint=models.UniqueConstraint(condition=models.Q(('card__isnull', False)), fields=('account', 'card'), name='accountpaymentmethod_card_once'),
        ),
        migrations.AddIndex(
            model_name='savedcard',
            index=models.Index(fields=['account', 'state'], name='savedcard_account_state'),
        ),
        migrations.AddIndex(
            model_name='savedcard',
            index=models.Index(condition=models.Q(('next_ask_at__isnull', False)), fields=['next_ask_at'], name='savedcard_next_ask'),
        ),
        migrations.AddConstraint(
            model_name='savedcard',
            constraint=models.UniqueConstraint(condition=models.Q(('setup_handle', ''), _negated=True), fields=('gateway', 'setup_handle'), name='savedcard_setup_once'),
        ),
        migrations.AddConstraint(
            model_name='savedcard',
            constraint=models.UniqueConstraint(condition=models.Q(('card_handle', ''), _negated=True), fields=('gateway', 'card_handle'), name='savedcard_card_once'),
        ),
        migrations.AddConstraint(
            model_name='savedcard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'saved', 'ended', 'removing', 'removed'])), name='savedcard_state_known'),
        ),
        migrations.AddConstraint(
            model_name='savedcard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'ended']), models.Q(models.Q(('card_handle', ''), _negated=True), models.Q(('customer', ''), _negated=True), models.Q(('last4', ''), _negated=True), ('exp_month__range', (1, 12))), _connector='OR'), name='savedcard_saved_is_whole'),
        ),
    ]
