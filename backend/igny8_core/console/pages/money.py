"""Invoices, payments, refunds and journals: read-only here, changed at the desks and through the API."""

from typing import ClassVar

from django.contrib import admin
from unfold.admin import TabularInline
from unfold.decorators import display

from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import RefundDestination, RefundStatus
from igny8_core.business.billing.edge import RefundAnswer
from igny8_core.business.billing.models import Allocation, Approval, Invoice, InvoiceLine, Payment, Refund
from igny8_core.business.ledger.domain.chart import JournalKind
from igny8_core.business.ledger.models import JournalLine
from igny8_core.business.platform.public import emails_of
from igny8_core.console.amounts import money
from igny8_core.console.pages.base import OperatorPage
from igny8_core.console.pages.filters import fixed
from igny8_core.kit.currencies import CURRENCIES

INVOICE_COLOURS = {"paid": "success", "pending": "info", "void": "warning", "uncollectible": "danger"}
PAYMENT_COLOURS = {
    "succeeded": "success",
    "pending_approval": "warning",
    "processing": "info",
    "failed": "danger",
    "refunded": "info",
}
REFUND_COLOURS = {
    "pending_approval": "warning",
    "pending": "info",
    "processing": "info",
    "completed": "success",
    "failed": "danger",
    "cancelled": "info",
}


class ReadOnlyRows(TabularInline):  # type: ignore[type-arg]
    """Rows that belong to the row on display."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        """Never here."""
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        """The same permission as for the row they belong to."""
        return True


class InvoiceLines(ReadOnlyRows):
    model = InvoiceLine
    fields: ClassVar = ["kind", "description", "quantity", "unit", "tax_rate", "amount", "credits"]
    readonly_fields: ClassVar = ["unit", "amount"]
    ordering: ClassVar = ["position"]

    @admin.display(description="Unit amount")
    def unit(self, line: InvoiceLine) -> str:
        """With the invoice's currency."""
        return money(line.unit_amount_minor, line.invoice.currency)

    @admin.display(description="Amount")
    def amount(self, line: InvoiceLine) -> str:
        """Without tax."""
        return money(line.amount_minor, line.invoice.currency)


class InvoicePage(OperatorPage):
    """Invoices of every account."""

    list_display: ClassVar = ["number_display", "account", "state", "total", "settled", "due_date", "created_at"]
    list_filter: ClassVar = [fixed("status", InvoiceStatus), fixed("currency", CURRENCIES)]
    search_fields: ClassVar = ["=number", "=creditor_reference"]
    search_help_text = "Full number or creditor reference"
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account"]
    inlines: ClassVar = [InvoiceLines]
    fields: ClassVar = [
        "account",
        "number",
        "creditor_reference",
        "state",
        "total",
        "tax",
        "settled",
        "due_date",
        "created_at",
        "finalized_at",
        "paid_at",
        "voided_at",
    ]
    readonly_fields: ClassVar = fields

    @admin.display(description="Number", ordering="sequence")
    def number_display(self, invoice: Invoice) -> str:
        """Drafts have none."""
        return invoice.number or "draft"

    @display(description="Status", label=INVOICE_COLOURS)
    def state(self, invoice: Invoice) -> str:
        """As a coloured label."""
        return invoice.status

    @admin.display(description="Total")
    def total(self, invoice: Invoice) -> str:
        """With tax."""
        return money(invoice.amount_total_minor, invoice.currency)

    @admin.display(description="Tax")
    def tax(self, invoice: Invoice) -> str:
        """As part of the total."""
        return money(invoice.amount_tax_minor, invoice.currency)

    @admin.display(description="Settled")
    def settled(self, invoice: Invoice) -> str:
        """The amount paid."""
        return money(invoice.amount_settled_minor, invoice.currency)


class Approvals(ReadOnlyRows):
    model = Approval
    fields: ClassVar = ["operator_id", "amount_received_minor", "value_date", "note", "created_at"]


class Allocations(ReadOnlyRows):
    model = Allocation
    fields: ClassVar = ["invoice", "amount_minor", "charges_minor", "refunded_minor", "reversed_at"]


class PaymentPage(OperatorPage):
    """Payments of every account."""

    list_display: ClassVar = [
        "transaction_reference",
        "account",
        "state",
        "amount",
        "payment_method",
        "invoice",
        "created_at",
    ]
    list_filter: ClassVar = [
        fixed("status", PaymentStatus),
        fixed("payment_method", PaymentMethod),
        fixed("currency", CURRENCIES),
    ]
    search_fields: ClassVar = ["=transaction_reference", "=reference_normalised", "=invoice__number"]
    search_help_text = "Full reference or invoice number"
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account", "invoice"]
    inlines: ClassVar = [Approvals, Allocations]
    fields: ClassVar = [
        "account",
        "invoice",
        "state",
        "amount",
        "received",
        "refunded",
        "payment_method",
        "transaction_reference",
        "duplicate_reference",
        "notes",
        "failure_reason",
        "paid_on",
        "value_date",
        "submitted_at",
        "approved_at",
        "failed_at",
        "cancelled_at",
        "refunded_at",
    ]
    readonly_fields: ClassVar = fields

    @display(description="Status", label=PAYMENT_COLOURS)
    def state(self, payment: Payment) -> str:
        """As a coloured label."""
        return payment.status

    @admin.display(description="Amount")
    def amount(self, payment: Payment) -> str:
        """As submitted."""
        return money(payment.amount_minor, payment.currency)

    @admin.display(description="Received")
    def received(self, payment: Payment) -> str:
        """What came."""
        return money(payment.amount_received_minor, payment.currency)

    @admin.display(description="Refunded")
    def refunded(self, payment: Payment) -> str:
        """The amount refunded."""
        return money(payment.amount_refunded_minor, payment.currency)


class RefundPage(OperatorPage):
    """Refunds of every account, with their approvals and destination."""

    list_display: ClassVar = ["created_at", "account", "payment", "amount", "destination", "state"]
    list_filter: ClassVar = [fixed("status", RefundStatus), fixed("destination", RefundDestination)]
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account", "payment"]
    fields: ClassVar = [
        "account",
        "payment",
        "amount",
        "destination",
        "beneficiary",
        "state",
        "failure_reason",
        "reason",
        "approvals",
        "created_at",
        "completed_at",
        "failed_at",
        "cancelled_at",
    ]
    readonly_fields: ClassVar = fields

    @admin.display(description="Goes to")
    def beneficiary(self, refund: Refund) -> str:
        """Only the last characters of the account number, and whether it is known as the payer's."""
        told = RefundAnswer.of(refund)
        if told.beneficiary is None:
            return "–"
        return f"{told.beneficiary} ({'known' if told.beneficiary_known else 'not known'} as the payer's)"

    @admin.display(description="Approvals")
    def approvals(self, refund: Refund) -> str:
        """How many approvals it needs, and who has given one."""
        told = RefundAnswer.of(refund).approvals
        emails = emails_of([one.operator_id for one in told.given_by])
        given = ", ".join(emails.get(one.operator_id, str(one.operator_id)) for one in told.given_by)
        return f"{len(told.given_by)} of {told.needed}: {given}" if given else f"0 of {told.needed}"

    @display(description="Status", label=REFUND_COLOURS)
    def state(self, refund: Refund) -> str:
        """As a coloured label."""
        return refund.status

    @admin.display(description="Amount")
    def amount(self, refund: Refund) -> str:
        """With its currency."""
        return money(refund.amount_minor, refund.currency)


class JournalLines(ReadOnlyRows):
    model = JournalLine
    fields: ClassVar = ["code", "amount_minor", "unit", "balance_minor"]
    ordering: ClassVar = ["sequence"]


class JournalPage(OperatorPage):
    """The ledger's journals: never changed, only reversed by another."""

    list_display: ClassVar = ["posted_at", "account", "kind", "unit", "memo"]
    list_filter: ClassVar = [fixed("kind", JournalKind)]
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account"]
    inlines: ClassVar = [JournalLines]
    fields: ClassVar = ["account", "kind", "source_id", "cycle", "unit", "memo", "posted_at"]
    readonly_fields: ClassVar = fields
