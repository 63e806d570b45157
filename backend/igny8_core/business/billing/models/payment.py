"""Payment: money that was announced, received, not received, or returned."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_states import LIVE, PaymentStatus
from igny8_core.business.billing.models.invoice import Invoice
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Payment(TenantModel):
    """A payment; amounts in minor units of `currency`.

    `invoice` is null for money that an operator recorded for several invoices or for none; `plan` then names the
    invoices and amounts, and `recorded_by_id` the operator. A trigger freezes what was submitted (amount, currency,
    account, invoice, method, reference) and refuses every status change that the contract does not allow. Only
    `services/transitions.py` writes `status`.
    """

    sequence = models.BigIntegerField(db_default=NextValue("billing_payment_sequence"), editable=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="payments", db_constraint=False, db_index=False, null=True
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_received_minor = models.BigIntegerField(null=True)
    amount_refunded_minor = models.BigIntegerField(default=0)
    payment_method = models.CharField(max_length=16)
    status = models.CharField(max_length=20)
    transaction_reference = models.CharField(max_length=128, blank=True)
    reference_normalised = models.CharField(max_length=256, blank=True)
    reference_skeleton = models.CharField(max_length=256, blank=True, db_default="", editable=False)
    """The skeleton that references which look alike have in common; never a reason for refusal."""
    duplicate_reference = models.BooleanField(default=False)
    notes = models.CharField(max_length=1000, blank=True)
    failure_reason = models.CharField(max_length=500, blank=True)
    paid_on = models.DateField(null=True)
    value_date = models.DateField(null=True)
    payer_account = models.CharField(max_length=64, blank=True, default="", db_default="")
    """The bank account that the money came from, according to a bank line: letters and digits only."""
    gateway_handle = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    """The gateway's id for this payment, written once; empty if no gateway has it."""
    recorded_by_id = models.UUIDField(null=True)
    decided_alone_by_id = models.UUIDField(null=True)
    """The operator who approved it alone; null until it is approved, and if two operators approved it."""
    plan = models.JSONField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "billing_payment"
        indexes: ClassVar = [
            models.Index(fields=["account", "sequence"], name="payment_account_sequence"),
            models.Index(fields=["account", "status", "sequence"], name="payment_account_status"),
            models.Index(fields=["account", "invoice", "sequence"], name="payment_account_invoice"),
            models.Index(fields=["account", "reference_normalised", "sequence"], name="payment_account_reference"),
            models.Index(fields=["account", "payment_method", "sequence"], name="payment_account_method"),
            models.Index(fields=["account", "amount_minor", "sequence"], name="payment_account_amount"),
            models.Index(fields=["account", "currency", "sequence"], name="payment_account_currency"),
            models.Index(fields=["account", "created_at", "sequence"], name="payment_account_created"),
            models.Index(fields=["account", "status", "amount_minor", "sequence"], name="payment_account_stat_amount"),
            models.Index(fields=["status", "sequence"], name="payment_status_sequence"),
            models.Index(fields=["reference_normalised"], name="payment_reference"),
            models.Index(fields=["reference_skeleton", "account"], name="payment_reference_skeleton"),
            models.Index(
                fields=["currency", "amount_minor", "sequence"],
                condition=Q(status="pending_approval"),
                name="payment_waiting_amount",
            ),
            models.Index(
                fields=["account", "payer_account"], condition=~Q(payer_account=""), name="payment_payer_account"
            ),
            # What one operator decided alone within a day is added up before each decision, from this index alone.
            models.Index(
                fields=["account", "decided_alone_by_id", "currency", "approved_at"],
                include=["amount_received_minor"],
                condition=Q(decided_alone_by_id__isnull=False, status__in=["refunded", "succeeded"]),
                name="payment_decided_alone",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "invoice", "payment_method", "reference_normalised"],
                condition=Q(status__in=sorted(map(str, LIVE))) & ~Q(reference_normalised=""),
                name="payment_live_reference_once",
            ),
            models.UniqueConstraint(
                fields=["account", "payment_method", "reference_normalised", "amount_minor", "value_date"],
                condition=Q(status__in=sorted(map(str, LIVE)), invoice=None) & ~Q(reference_normalised=""),
                name="payment_recorded_once",
            ),
            # A gateway's message says nothing of the account.
            models.UniqueConstraint(
                fields=["payment_method", "gateway_handle"], condition=~Q(gateway_handle=""), name="payment_handle_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(amount_received_minor__isnull=True) | Q(amount_received_minor__gt=0),
                name="payment_received_positive",
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded_minor=0)
                | Q(amount_refunded_minor__gt=0, amount_refunded_minor__lte=F("amount_received_minor")),
                name="payment_refunded_within_received",
            ),
            models.CheckConstraint(condition=Q(status__in=[*map(str, PaymentStatus)]), name="payment_status_known"),
            models.CheckConstraint(
                condition=Q(payment_method__in=[*map(str, PaymentMethod)]), name="payment_method_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_method} {self.transaction_reference} ({self.status})"


class PaymentDuplicate(models.Model):
    """Records that another account has used a payment's reference too: visible to operators only, computed in a job."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    noticed_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "billing_paymentduplicate"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "payment"], name="paymentduplicate_payment"),
        ]

    def __str__(self) -> str:
        return str(self.payment_id)
