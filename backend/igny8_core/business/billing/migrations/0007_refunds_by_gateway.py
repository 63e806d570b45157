"""Refunds that go back through a gateway, and when it is asked about them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ('accounts', '0003_admin_until'),
        ('billing', '0006_checkout_reason'),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_destination_known',
        ),
        migrations.RemoveIndex(
            model_name='refund',
            name='refund_decided_alone',
        ),
        migrations.AddField(
            model_name='refund',
            name='asks',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='refund',
            name='failed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='failure_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='refund',
            name='gateway_handle',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='refund',
            name='next_ask_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('approvals_needed', 1), ('destination__in', ['original', 'transfer']), ('status__in', ['completed', 'pending', 'processing'])), fields=['account', 'requested_by_id', 'currency', 'created_at'], include=('amount_minor',), name='refund_let_out_alone'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('next_ask_at__isnull', False)), fields=['next_ask_at'], name='refund_next_ask'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('gateway_handle', ''), _negated=True), fields=('account', 'payment', 'gateway_handle'), name='refund_handle_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('destination__in', ['balance', 'transfer', 'original'])), name='refund_destination_known'),
        ),
    ]
