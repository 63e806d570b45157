"""What settled an invoice, who approved it, and what was refunded. Amounts in minor units."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from igny8_core.business.billing.domain.refunds import APPROVED, RefundDestination, RefundStatus
from igny8_core.business.billing.models.invoice import Invoice
from igny8_core.business.billing.models.payment import Payment
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Allocation(TenantModel):
    """What a payment (or, if that is null, the account's balance) settled on an invoice.

    `charges_minor` of the amount never arrived, because the bank kept it. `refunded_minor` is what refunds (including
    pending ones) have taken of the rest.
    """

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="allocations", db_constraint=False, db_index=False, null=True
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="allocations", db_constraint=False, db_index=False
    )
    amount_minor = models.BigIntegerField()
    charges_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "billing_allocation"
        indexes: ClassVar = [models.Index(fields=["account", "invoice"], name="allocation_account_invoice")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "payment", "invoice"], name="allocation_once"),
            models.CheckConstraint(
                condition=Q(charges_minor__gte=0, amount_minor__gt=F("charges_minor")), name="allocation_has_cash"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor") - F("charges_minor")),
                name="allocation_refunded_within_cash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.invoice_id}"


class Approval(TenantModel):
    """Records that an operator has approved a payment; above a limit two different operators must."""

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="approvals", db_constraint=False, db_index=False
    )
    operator_id = models.UUIDField()
    amount_received_minor = models.BigIntegerField()
    value_date = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "billing_approval"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "payment", "operator_id"], name="approval_once"),
            models.CheckConstraint(condition=Q(amount_received_minor__gt=0), name="approval_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} by {self.operator_id}"


class Refund(TenantModel):
    """Money of a payment that is returned; a refund that may still be paid out reserves its amount.

    `parts` is what it takes of each invoice's settled money, with the credits taken back: `[{"invoice_id",
    "amount_minor", "credits"}]`; `from_balance_minor` is what it takes of the excess. Whoever requested it counts as
    the first of the `approvals_needed`; the approver is the second. Nobody requested one that was made in a gateway's
    own dashboard. A trigger freezes what was requested, so that nobody can replace the beneficiary of an approved
    refund.
    """

    sequence = models.BigIntegerField(db_default=NextValue("billing_refund_sequence"), editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", db_constraint=False, db_index=False
    )
    amount_minor = models.BigIntegerField()
    from_balance_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    destination = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    reason = models.CharField(max_length=500, blank=True)
    parts = models.JSONField(default=list)
    beneficiary_sealed = models.TextField(blank=True)
    beneficiary_known = models.BooleanField(default=False)
    """Whether a bank line or an earlier refund identifies the beneficiary's account as the payer's own."""
    approvals_needed = models.SmallIntegerField(default=1)
    requested_by_id = models.UUIDField(null=True)
    approved_by_id = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    approval_note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    cancelled_at = models.DateTimeField(null=True)
    gateway_handle = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    """The gateway's id for this refund, written once; empty if no gateway has it."""
    asks = models.IntegerField(default=0, db_default=0)
    next_ask_at = models.DateTimeField(null=True)
    """When its gateway is asked again by itself."""

    objects = TenantManager()

    class Meta:
        db_table = "billing_refund"
        indexes: ClassVar = [
            models.Index(fields=["account", "payment"], name="refund_account_payment"),
            models.Index(fields=["account", "sequence"], name="refund_account_sequence"),
            models.Index(fields=["status", "sequence"], name="refund_status_sequence"),
            # What one operator approved alone within a day is added up before each decision, from this index alone.
            models.Index(
                fields=["account", "requested_by_id", "currency", "created_at"],
                include=["amount_minor"],
                condition=Q(
                    approvals_needed=1, destination__in=["original", "transfer"], status__in=sorted(map(str, APPROVED))
                ),
                name="refund_let_out_alone",
            ),
            models.Index(fields=["next_ask_at"], condition=Q(next_ask_at__isnull=False), name="refund_next_ask"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "payment", "gateway_handle"],
                condition=~Q(gateway_handle=""),
                name="refund_handle_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, from_balance_minor__gte=0, from_balance_minor__lte=F("amount_minor")),
                name="refund_amounts",
            ),
            models.CheckConstraint(condition=Q(status__in=[*map(str, RefundStatus)]), name="refund_status_known"),
            models.CheckConstraint(
                condition=Q(destination__in=[*map(str, RefundDestination)]), name="refund_destination_known"
            ),
            models.CheckConstraint(condition=Q(approvals_needed__in=(1, 2)), name="refund_approvals_needed"),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("requested_by_id")),
                name="refund_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} of {self.payment_id} ({self.status})"


class ApprovalLimit(models.Model):
    """The amount of a currency above which two approvals are needed; null if none are. Belongs to the platform.

    A currency without a row is treated most strictly: every amount needs two.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    currency = models.CharField(max_length=3, unique=True)
    amount_minor = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "billing_approvallimit"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="approvallimit_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="approvallimit_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
