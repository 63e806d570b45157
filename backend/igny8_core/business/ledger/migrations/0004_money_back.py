"""A refund that came back, and what payers' banks dispute, are journals of their own."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ('accounts', '0003_admin_until'),
        ('ledger', '0003_gateway_fees'),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name='journal',
            name='journal_kind_known',
        ),
        migrations.AddConstraint(
            model_name='journal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['invoice_issued', 'invoice_voided', 'invoice_written_off', 'payment_settled', 'payment_reversed', 'gateway_fee', 'balance_applied', 'balance_unapplied', 'refund_to_balance', 'refund_requested', 'refund_paid', 'refund_failed', 'refund_cancelled', 'dispute_withdrawn', 'dispute_reinstated', 'dispute_lost', 'credits_granted', 'credits_taken_back', 'credits_restored', 'credits_consumed', 'credits_adjusted'])), name='journal_kind_known'),
        ),
    ]
