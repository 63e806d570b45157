"""Invoices, payments, approvals, refunds, proofs, credit packages, ways to pay."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression

from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue

SEQUENCES = (
    "billing_invoice_sequence",
    "billing_payment_sequence",
    "billing_methodconfig_sequence",
    "billing_paymentproof_sequence",
    "billing_refund_sequence",
    "billing_creditor_reference_sequence",
)


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0001_tables")]

    operations: ClassVar = [
        *[migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}") for name in SEQUENCES],
        migrations.CreateModel(
            name="CreditPackage",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True)),
                ("credits", models.BigIntegerField()),
                ("enabled", models.BooleanField(default=True)),
                ("sort_order", models.SmallIntegerField(default=100)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_creditpackage",
                "constraints": [
                    models.CheckConstraint(condition=Q(("credits__gt", 0)), name="creditpackage_credits_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditPackagePrice",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "package",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="prices", to="billing.creditpackage"),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "billing_creditpackageprice",
                "constraints": [
                    models.UniqueConstraint(fields=("package", "currency"), name="creditpackageprice_once"),
                    models.CheckConstraint(condition=Q(("amount_minor__gt", 0)), name="creditpackageprice_positive"),
                    models.CheckConstraint(
                        condition=Q(("currency__regex", "^[A-Z]{3}$")), name="creditpackageprice_currency"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("sequence", models.BigIntegerField(db_default=NextValue("billing_invoice_sequence"), editable=False)),
                ("number", models.CharField(max_length=20, null=True)),
                ("creditor_reference", models.CharField(max_length=25, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("status", models.CharField(default="draft", max_length=16)),
                ("amount_total_minor", models.BigIntegerField(default=0)),
                ("amount_tax_minor", models.BigIntegerField(default=0)),
                ("amount_settled_minor", models.BigIntegerField(default=0)),
                ("cycle", models.SmallIntegerField(default=0)),
                ("credits_granted", models.BigIntegerField(default=0)),
                ("parties", models.JSONField(null=True)),
                ("due_date", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finalized_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "billing_invoice",
                "indexes": [
                    models.Index(fields=["account", "sequence"], name="invoice_account_sequence"),
                    models.Index(fields=["account", "status", "sequence"], name="invoice_account_status"),
                    models.Index(fields=["number"], name="invoice_number"),
                    models.Index(fields=["creditor_reference"], name="invoice_creditor_reference"),
                    models.Index(
                        F("currency"),
                        CombinedExpression(F("amount_total_minor"), "-", F("amount_settled_minor")),
                        F("sequence"),
                        condition=Q(("status", "pending")),
                        name="invoice_open_amount",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "number"), name="invoice_number_once"),
                    models.UniqueConstraint(fields=("account", "creditor_reference"), name="invoice_reference_once"),
                    models.CheckConstraint(
                        condition=Q(("amount_total_minor__gte", 0)), name="invoice_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("amount_settled_minor__gte", 0), ("amount_settled_minor__lte", F("amount_total_minor"))
                        ),
                        name="invoice_settled_within_total",
                    ),
                    models.CheckConstraint(
                        condition=Q(("credits_granted__gte", 0)), name="invoice_credits_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=Q(("status__in", ["draft", "pending", "paid", "void", "uncollectible"])),
                        name="invoice_status_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("status", "paid"), _negated=True),
                            ("amount_settled_minor", F("amount_total_minor")),
                            _connector="OR",
                        ),
                        name="invoice_paid_is_settled",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("status", "draft"),
                            Q(("creditor_reference__isnull", False), ("number__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoice_numbered_once_final",
                    ),
                    models.CheckConstraint(
                        condition=Q(("currency__regex", "^[A-Z]{3}$")), name="invoice_currency_shape"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="lines",
                        to="billing.invoice",
                    ),
                ),
                ("position", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("description", models.CharField(max_length=200)),
                ("quantity", models.IntegerField()),
                ("unit_amount_minor", models.BigIntegerField()),
                ("tax_rate", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("amount_minor", models.BigIntegerField()),
                ("credits", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "billing_invoiceline",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "invoice", "position"), name="invoiceline_position"),
                    models.CheckConstraint(condition=Q(("quantity__gte", 1)), name="invoiceline_quantity_positive"),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["subscription", "credit_package", "addon", "custom"])),
                        name="invoiceline_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(("credits__isnull", True), ("credits__gte", 1), _connector="OR"),
                        name="invoiceline_credits_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("last_number", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "billing_invoicecounter",
                "constraints": [models.UniqueConstraint(fields=("account",), name="invoicecounter_account")],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("sequence", models.BigIntegerField(db_default=NextValue("billing_payment_sequence"), editable=False)),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="payments",
                        to="billing.invoice",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_received_minor", models.BigIntegerField(null=True)),
                ("amount_refunded_minor", models.BigIntegerField(default=0)),
                ("payment_method", models.CharField(max_length=16)),
                ("status", models.CharField(max_length=20)),
                ("transaction_reference", models.CharField(blank=True, max_length=128)),
                ("reference_normalised", models.CharField(blank=True, max_length=256)),
                ("reference_skeleton", models.CharField(blank=True, db_default="", editable=False, max_length=256)),
                ("duplicate_reference", models.BooleanField(default=False)),
                ("notes", models.CharField(blank=True, max_length=1000)),
                ("failure_reason", models.CharField(blank=True, max_length=500)),
                ("paid_on", models.DateField(null=True)),
                ("value_date", models.DateField(null=True)),
                ("payer_account", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("recorded_by_id", models.UUIDField(null=True)),
                ("decided_alone_by_id", models.UUIDField(null=True)),
                ("plan", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("processed_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("refunded_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "billing_payment",
                "indexes": [
                    models.Index(fields=["account", "sequence"], name="payment_account_sequence"),
                    models.Index(fields=["account", "status", "sequence"], name="payment_account_status"),
                    models.Index(fields=["account", "invoice", "sequence"], name="payment_account_invoice"),
                    models.Index(
                        fields=["account", "reference_normalised", "sequence"], name="payment_account_reference"
                    ),
                    models.Index(fields=["account", "payment_method", "sequence"], name="payment_account_method"),
                    models.Index(fields=["account", "amount_minor", "sequence"], name="payment_account_amount"),
                    models.Index(fields=["account", "currency", "sequence"], name="payment_account_currency"),
                    models.Index(fields=["account", "created_at", "sequence"], name="payment_account_created"),
                    models.Index(
                        fields=["account", "status", "amount_minor", "sequence"], name="payment_account_stat_amount"
                    ),
                    models.Index(fields=["status", "sequence"], name="payment_status_sequence"),
                    models.Index(fields=["reference_normalised"], name="payment_reference"),
                    models.Index(fields=["reference_skeleton", "account"], name="payment_reference_skeleton"),
                    models.Index(
                        condition=Q(("status", "pending_approval")),
                        fields=["currency", "amount_minor", "sequence"],
                        name="payment_waiting_amount",
                    ),
                    models.Index(
                        condition=Q(("payer_account", ""), _negated=True),
                        fields=["account", "payer_account"],
                        name="payment_payer_account",
                    ),
                    models.Index(
                        condition=Q(("decided_alone_by_id__isnull", False), ("status__in", ["refunded", "succeeded"])),
                        fields=["account", "decided_alone_by_id", "currency", "approved_at"],
                        include=("amount_received_minor",),
                        name="payment_decided_alone",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(
                            ("status__in", ["pending", "pending_approval", "processing", "succeeded"]),
                            Q(("reference_normalised", ""), _negated=True),
                        ),
                        fields=("account", "invoice", "payment_method", "reference_normalised"),
                        name="payment_live_reference_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(
                            ("invoice", None),
                            ("status__in", ["pending", "pending_approval", "processing", "succeeded"]),
                            Q(("reference_normalised", ""), _negated=True),
                        ),
                        fields=("account", "payment_method", "reference_normalised", "amount_minor", "value_date"),
                        name="payment_recorded_once",
                    ),
                    models.CheckConstraint(condition=Q(("amount_minor__gt", 0)), name="payment_amount_positive"),
                    models.CheckConstraint(
                        condition=Q(
                            ("amount_received_minor__isnull", True), ("amount_received_minor__gt", 0), _connector="OR"
                        ),
                        name="payment_received_positive",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("amount_refunded_minor", 0),
                            Q(
                                ("amount_refunded_minor__gt", 0),
                                ("amount_refunded_minor__lte", F("amount_received_minor")),
                            ),
                            _connector="OR",
                        ),
                        name="payment_refunded_within_received",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "status__in",
                                [
                                    "pending",
                                    "pending_approval",
                                    "processing",
                                    "succeeded",
                                    "failed",
                                    "refunded",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="payment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(("payment_method__in", ["bank_transfer", "local_wallet", "stripe", "paypal"])),
                        name="payment_method_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentDuplicate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="billing.payment",
                    ),
                ),
                ("noticed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_paymentduplicate",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "payment"), name="paymentduplicate_payment")
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentMethodConfig",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "sequence",
                    models.BigIntegerField(db_default=NextValue("billing_methodconfig_sequence"), editable=False),
                ),
                ("payment_method", models.CharField(max_length=16)),
                ("country", models.CharField(max_length=2)),
                ("currency", models.CharField(max_length=3)),
                ("display_name", models.CharField(max_length=80)),
                ("instructions", models.JSONField(default=dict)),
                ("min_amount_minor", models.BigIntegerField(null=True)),
                ("max_amount_minor", models.BigIntegerField(null=True)),
                ("tolerance_minor", models.BigIntegerField(default=0)),
                ("requires_proof", models.BooleanField(default=False)),
                ("enabled", models.BooleanField(default=True)),
                ("sort_order", models.SmallIntegerField(default=100)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_paymentmethodconfig",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "currency", "payment_method", "display_name"), name="methodconfig_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(("country", "*"), ("country__regex", "^[A-Z]{2}$"), _connector="OR"),
                        name="methodconfig_country_shape",
                    ),
                    models.CheckConstraint(
                        condition=Q(("currency__regex", "^[A-Z]{3}$")), name="methodconfig_currency"
                    ),
                    models.CheckConstraint(
                        condition=Q(("payment_method__in", ["bank_transfer", "local_wallet", "stripe", "paypal"])),
                        name="methodconfig_method_known",
                    ),
                    models.CheckConstraint(condition=Q(("tolerance_minor__gte", 0)), name="methodconfig_tolerance"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountPaymentMethod",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("payment_method", models.CharField(max_length=16)),
                ("label", models.CharField(max_length=80)),
                ("details", models.JSONField(default=dict)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_accountpaymentmethod",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("is_default", True)), fields=("account",), name="accountpaymentmethod_one_default"
                    ),
                    models.CheckConstraint(
                        condition=Q(("payment_method__in", ["bank_transfer", "local_wallet", "stripe", "paypal"])),
                        name="accountpaymentmethod_method_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentProof",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "sequence",
                    models.BigIntegerField(db_default=NextValue("billing_paymentproof_sequence"), editable=False),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="proofs",
                        to="billing.payment",
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=8)),
                ("size_bytes", models.IntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_paymentproof",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "payment", "sha256"), name="paymentproof_once"),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["png", "jpeg", "webp", "pdf"])), name="paymentproof_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(("size_bytes__gt", 0), ("size_bytes__lte", 10485760)), name="paymentproof_size"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="allocations",
                        to="billing.payment",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="allocations",
                        to="billing.invoice",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("charges_minor", models.BigIntegerField(default=0)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("reversed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "billing_allocation",
                "indexes": [models.Index(fields=["account", "invoice"], name="allocation_account_invoice")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "payment", "invoice"), name="allocation_once"),
                    models.CheckConstraint(
                        condition=Q(("amount_minor__gt", F("charges_minor")), ("charges_minor__gte", 0)),
                        name="allocation_has_cash",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("refunded_minor__gte", 0),
                            ("refunded_minor__lte", CombinedExpression(F("amount_minor"), "-", F("charges_minor"))),
                        ),
                        name="allocation_refunded_within_cash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="approvals",
                        to="billing.payment",
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("amount_received_minor", models.BigIntegerField()),
                ("value_date", models.DateField(null=True)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_approval",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "payment", "operator_id"), name="approval_once"),
                    models.CheckConstraint(
                        condition=Q(("amount_received_minor__gt", 0)), name="approval_amount_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("sequence", models.BigIntegerField(db_default=NextValue("billing_refund_sequence"), editable=False)),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="refunds",
                        to="billing.payment",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("from_balance_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("destination", models.CharField(max_length=16)),
                ("status", models.CharField(max_length=16)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("parts", models.JSONField(default=list)),
                ("beneficiary_sealed", models.TextField(blank=True)),
                ("beneficiary_known", models.BooleanField(default=False)),
                ("approvals_needed", models.SmallIntegerField(default=1)),
                ("requested_by_id", models.UUIDField(null=True)),
                ("approved_by_id", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("approval_note", models.CharField(blank=True, max_length=1000)),
                ("created_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "billing_refund",
                "indexes": [
                    models.Index(fields=["account", "payment"], name="refund_account_payment"),
                    models.Index(fields=["account", "sequence"], name="refund_account_sequence"),
                    models.Index(fields=["status", "sequence"], name="refund_status_sequence"),
                    models.Index(
                        condition=Q(
                            ("approvals_needed", 1),
                            ("destination", "transfer"),
                            ("status__in", ["completed", "pending", "processing"]),
                        ),
                        fields=["account", "requested_by_id", "currency", "created_at"],
                        include=("amount_minor",),
                        name="refund_decided_alone",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("amount_minor__gt", 0),
                            ("from_balance_minor__gte", 0),
                            ("from_balance_minor__lte", F("amount_minor")),
                        ),
                        name="refund_amounts",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "status__in",
                                ["pending_approval", "pending", "processing", "completed", "failed", "cancelled"],
                            )
                        ),
                        name="refund_status_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(("destination__in", ["balance", "transfer"])), name="refund_destination_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(("approvals_needed__in", (1, 2))), name="refund_approvals_needed"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("approved_by_id__isnull", True),
                            Q(("approved_by_id", F("requested_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="refund_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalLimit",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3, unique=True)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_approvallimit",
                "constraints": [
                    models.CheckConstraint(condition=Q(("amount_minor__gte", 0)), name="approvallimit_not_negative"),
                    models.CheckConstraint(
                        condition=Q(("currency__regex", "^[A-Z]{3}$")), name="approvallimit_currency"
                    ),
                ],
            },
        ),
    ]
