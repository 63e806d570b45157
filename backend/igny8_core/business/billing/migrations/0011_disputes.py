"""Disputes: what payers' banks take back through a gateway, where its money is, and what never changes of it."""

from typing import ClassVar

import django.db.models.deletion
import igny8_core.kit.ids
import igny8_core.kit.models
from django.db import migrations, models

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo


# What was disputed never changes once money has moved, and a dispute stays the payment's.
DISPUTE_GUARD = """
CREATE FUNCTION billing_guard_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.account_id, NEW.payment_id, NEW.gateway, NEW.gateway_handle, NEW.currency, NEW.opened_at)
       IS DISTINCT FROM
       (OLD.id, OLD.account_id, OLD.payment_id, OLD.gateway, OLD.gateway_handle, OLD.currency, OLD.opened_at)
       OR (OLD.money <> 'untouched' AND NEW.amount_minor IS DISTINCT FROM OLD.amount_minor)
       OR NEW.moves < OLD.moves THEN
        RAISE EXCEPTION 'what is disputed never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_dispute_guard BEFORE UPDATE ON billing_dispute
    FOR EACH ROW EXECUTE FUNCTION billing_guard_dispute();
CREATE TRIGGER billing_dispute_keep BEFORE DELETE ON billing_dispute
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ('accounts', '0003_admin_until'),
        ('billing', '0010_saved_cards_enforced'),
    ]

    operations: ClassVar = [
        migrations.RunSQL("CREATE SEQUENCE billing_dispute_sequence", "DROP SEQUENCE billing_dispute_sequence"),
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE billing_dispute_sequence"),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=igny8_core.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField(db_default=igny8_core.kit.models.NextValue('billing_dispute_sequence'), editable=False)),
                ('gateway', models.CharField(max_length=16)),
                ('gateway_handle', models.CharField(max_length=255)),
                ('status', models.CharField(max_length=32)),
                ('reason', models.CharField(blank=True, max_length=80)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('money', models.CharField(default='untouched', max_length=16)),
                ('moves', models.SmallIntegerField(default=0)),
                ('fee_minor', models.BigIntegerField(default=0)),
                ('fee_currency', models.CharField(blank=True, default='', max_length=3)),
                ('refundable', models.BooleanField()),
                ('respond_by', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('payment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.payment')),
            ],
            options={
                'db_table': 'billing_dispute',
                'indexes': [models.Index(fields=['account', 'sequence'], name='dispute_account_sequence'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['respond_by'], name='dispute_respond_by')],
                'constraints': [models.UniqueConstraint(fields=('account', 'payment', 'gateway_handle'), name='dispute_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='dispute_amount_positive'), models.CheckConstraint(condition=models.Q(('status__in', ['warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost', 'prevented', 'appeal_needs_response', 'appeal_under_review'])), name='dispute_status_known'), models.CheckConstraint(condition=models.Q(('money__in', ['untouched', 'withdrawn', 'reinstated', 'lost', 'charged_back', 'returned_late'])), name='dispute_money_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='dispute_currency')],
            },
        ),
        EnableTenancy("billing_dispute"),
        CompositeForeignKey("billing_dispute", "payment_id", "billing_payment"),
        migrations.RunSQL(DISPUTE_GUARD, "DROP FUNCTION billing_guard_dispute() CASCADE"),
    ]
