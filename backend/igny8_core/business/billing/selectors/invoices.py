"""Reads of invoices."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.models import Allocation, Invoice, InvoiceLine
from igny8_core.business.billing.selectors.payment_rows import PaymentRow
from igny8_core.business.billing.selectors.payments import PaymentFilters, Span, list_payments
from igny8_core.kit.models import HasId

SHOWN_PAYMENTS = 100


@dataclass(frozen=True, slots=True)
class InvoiceDetail:
    """An invoice with everything that belongs to it."""

    invoice: Invoice
    lines: list[InvoiceLine]
    payments: list[PaymentRow]
    settlements: list[Allocation]


def invoices_of(account: HasId | UUID) -> QuerySet[Invoice]:
    """The account's invoices; only operators see drafts."""
    return Invoice.objects.for_account(account).exclude(status=InvoiceStatus.DRAFT.value)


def invoices_across_accounts() -> QuerySet[Invoice]:
    """Every invoice, for operators."""
    return Invoice.objects.across_accounts()


def invoice_detail(invoice: Invoice) -> InvoiceDetail:
    """An invoice with its lines, its newest payments and what settled it."""
    lines = InvoiceLine.objects.for_account(invoice.account_id).filter(invoice_id=invoice.id).order_by("position")
    settled = Allocation.objects.for_account(invoice.account_id).filter(invoice_id=invoice.id, reversed_at=None)
    filters = PaymentFilters(account_id=invoice.account_id, invoice_id=invoice.id)
    payments = list_payments(filters=filters, span=Span("-created_at", SHOWN_PAYMENTS)).rows
    return InvoiceDetail(invoice, list(lines), payments[:SHOWN_PAYMENTS], list(settled.order_by("id")))
