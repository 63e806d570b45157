"""Invoice, its lines, and the counter that numbers an account's invoices without gaps."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Invoice(TenantModel):
    """What an account owes; amounts in minor units of `currency`.

    `number` and `creditor_reference` are null for a draft. Once it is pending, the status follows from
    `amount_settled_minor`. `cycle` counts how often a bounced transfer has reopened it: credits are granted once per
    cycle, and `credits_granted` is what refunds have left of them. `parties` are seller and buyer as they were when it
    was finalised, so that a later move does not change old invoices.
    """

    sequence = models.BigIntegerField(db_default=NextValue("billing_invoice_sequence"), editable=False)
    number = models.CharField(max_length=20, null=True)
    creditor_reference = models.CharField(max_length=25, null=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, default=InvoiceStatus.DRAFT.value)
    amount_total_minor = models.BigIntegerField(default=0)
    amount_tax_minor = models.BigIntegerField(default=0)
    amount_settled_minor = models.BigIntegerField(default=0)
    cycle = models.SmallIntegerField(default=0)
    credits_granted = models.BigIntegerField(default=0)
    parties = models.JSONField(null=True)
    due_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finalized_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "billing_invoice"
        indexes: ClassVar = [
            models.Index(fields=["account", "sequence"], name="invoice_account_sequence"),
            models.Index(fields=["account", "status", "sequence"], name="invoice_account_status"),
            # For bank lines, which do not name an account.
            models.Index(fields=["number"], name="invoice_number"),
            models.Index(fields=["creditor_reference"], name="invoice_creditor_reference"),
            models.Index(
                F("currency"),
                F("amount_total_minor") - F("amount_settled_minor"),
                F("sequence"),
                condition=Q(status="pending"),
                name="invoice_open_amount",
            ),
        ]
        constraints: ClassVar = [
            # Also unique across accounts: account codes are unique, and references come from one sequence.
            models.UniqueConstraint(fields=["account", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["account", "creditor_reference"], name="invoice_reference_once"),
            models.CheckConstraint(condition=Q(amount_total_minor__gte=0), name="invoice_total_not_negative"),
            models.CheckConstraint(
                condition=Q(amount_settled_minor__gte=0) & Q(amount_settled_minor__lte=F("amount_total_minor")),
                name="invoice_settled_within_total",
            ),
            models.CheckConstraint(condition=Q(credits_granted__gte=0), name="invoice_credits_not_negative"),
            models.CheckConstraint(condition=Q(status__in=[*map(str, InvoiceStatus)]), name="invoice_status_known"),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(amount_settled_minor=F("amount_total_minor")),
                name="invoice_paid_is_settled",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(number__isnull=False, creditor_reference__isnull=False),
                name="invoice_numbered_once_final",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="invoice_currency_shape"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.id}"


class InvoiceLine(TenantModel):
    """One line of an invoice; `amount_minor` is without tax, `tax_rate` in percent."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    description = models.CharField(max_length=200)
    quantity = models.IntegerField()
    unit_amount_minor = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    tax_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()
    credits = models.BigIntegerField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "billing_invoiceline"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "invoice", "position"], name="invoiceline_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="invoiceline_quantity_positive"),
            models.CheckConstraint(condition=Q(kind__in=[*map(str, LineKind)]), name="invoiceline_kind_known"),
            models.CheckConstraint(
                condition=Q(credits__isnull=True) | Q(credits__gte=1), name="invoiceline_credits_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class InvoiceCounter(TenantModel):
    """The last invoice number that an account has used."""

    last_number = models.IntegerField(default=0)

    objects = TenantManager()

    class Meta:
        db_table = "billing_invoicecounter"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account"], name="invoicecounter_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.last_number}"
