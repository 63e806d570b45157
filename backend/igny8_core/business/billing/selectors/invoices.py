"""Reads of invoices, and how one looks outside."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from igny8_core.business.billing.domain.invoice_states import InvoiceStatus, is_overdue
from igny8_core.business.billing.models import Allocation, Invoice, InvoiceLine
from igny8_core.business.billing.selectors.payments import PaymentFilters, list_payments
from igny8_core.kit import clock
from igny8_core.kit.models import HasId
from igny8_core.kit.money import format_amount

SHOWN_PAYMENTS = 100


def invoices_of(account: HasId) -> QuerySet[Invoice]:
    """The account's invoices; drafts are the operators' until they are final."""
    return Invoice.objects.for_account(account).exclude(status=InvoiceStatus.DRAFT.value)


def invoices_across_accounts() -> QuerySet[Invoice]:
    """Every invoice, for operators."""
    return Invoice.objects.across_accounts()


def invoice_document(invoice: Invoice, *, time_zone: str) -> dict[str, Any]:
    """An invoice as answered; `overdue` by the date in the account's time zone."""
    today: date = clock.now().astimezone(ZoneInfo(time_zone)).date()
    currency, total, settled = invoice.currency, invoice.amount_total_minor, invoice.amount_settled_minor
    return {
        "id": invoice.id,
        "account_id": invoice.account_id,
        "number": invoice.number,
        "creditor_reference": invoice.creditor_reference,
        "status": invoice.status,
        "currency": currency,
        "amount_total": format_amount(total, currency),
        "amount_tax": format_amount(invoice.amount_tax_minor, currency),
        "amount_paid": format_amount(settled, currency),
        "amount_due": format_amount(total - settled if invoice.status == InvoiceStatus.PENDING else 0, currency),
        "due_date": invoice.due_date,
        "overdue": is_overdue(due_date=invoice.due_date, today=today, status=InvoiceStatus(invoice.status)),
        "created_at": invoice.created_at,
        "updated_at": invoice.updated_at,
        "finalized_at": invoice.finalized_at,
        "paid_at": invoice.paid_at,
        "voided_at": invoice.voided_at,
    }


def invoice_with_lines(invoice: Invoice, *, time_zone: str) -> dict[str, Any]:
    """An invoice with its lines and its newest payments."""
    lines = InvoiceLine.objects.for_account(invoice.account_id).filter(invoice_id=invoice.id).order_by("position")
    return {
        **invoice_document(invoice, time_zone=time_zone),
        "lines": [_line(line, invoice.currency) for line in lines],
        "payments": _payments(invoice.account_id, invoice.id),
        "settlements": [_settlement(row, invoice.currency) for row in _settlements(invoice)],
    }


def _payments(account_id: UUID, invoice_id: UUID) -> list[dict[str, Any]]:
    filters = PaymentFilters(account_id=account_id, invoice_id=invoice_id)
    rows = list_payments(filters=filters, ordering="-created_at", size=SHOWN_PAYMENTS, after=None, backwards=False)
    return rows.documents[:SHOWN_PAYMENTS]


def _settlements(invoice: Invoice) -> QuerySet[Allocation]:
    rows = Allocation.objects.for_account(invoice.account_id).filter(invoice_id=invoice.id, reversed_at=None)
    return rows.order_by("id")


def _settlement(row: Allocation, currency: str) -> dict[str, Any]:
    return {
        "source": "balance" if row.payment_id is None else "payment",
        "payment_id": row.payment_id,
        "amount": format_amount(row.amount_minor, currency),
        "bank_charges": format_amount(row.charges_minor, currency),
        "created_at": row.created_at,
    }


def _line(line: InvoiceLine, currency: str) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "description": line.description,
        "quantity": line.quantity,
        "unit_amount": format_amount(line.unit_amount_minor, currency),
        "tax_rate": None if line.tax_rate is None else str(line.tax_rate),
        "tax_amount": format_amount(line.tax_minor, currency),
        "amount": format_amount(line.amount_minor, currency),
        "credits": line.credits,
    }
