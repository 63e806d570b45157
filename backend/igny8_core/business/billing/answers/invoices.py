"""Invoices, and the credit packages that an account can buy."""

from datetime import date
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from igny8_core.business.billing.answers.payments import PaymentAnswer
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus, is_overdue
from igny8_core.business.billing.models import Allocation, CreditPackage, Invoice, InvoiceLine
from igny8_core.business.billing.selectors.invoices import InvoiceDetail
from igny8_core.http.answers import Answer, Instant, same_names
from igny8_core.kit import clock
from igny8_core.kit.money import format_amount


class InvoiceAnswer(Answer):
    """An invoice in a list; a draft has no number yet."""

    id: UUID
    account_id: UUID
    number: str | None
    creditor_reference: str | None
    status: str
    currency: str
    amount_total: str
    amount_tax: str
    amount_paid: str
    amount_due: str
    due_date: date | None
    overdue: bool
    created_at: Instant
    updated_at: Instant
    finalized_at: Instant | None
    paid_at: Instant | None
    voided_at: Instant | None

    @classmethod
    def of(cls, invoice: Invoice, *, time_zone: str, **more: Any) -> Self:
        """The invoice, `overdue` by the date in the account's time zone; `more` holds a subclass's fields."""
        today = clock.now().astimezone(ZoneInfo(time_zone)).date()
        currency, total, settled = invoice.currency, invoice.amount_total_minor, invoice.amount_settled_minor
        due = total - settled if invoice.status == InvoiceStatus.PENDING else 0
        return cls(
            **same_names(InvoiceAnswer, invoice),
            amount_total=format_amount(total, currency),
            amount_tax=format_amount(invoice.amount_tax_minor, currency),
            amount_paid=format_amount(settled, currency),
            amount_due=format_amount(due, currency),
            overdue=is_overdue(due_date=invoice.due_date, today=today, status=InvoiceStatus(invoice.status)),
            **more,
        )


class InvoiceLineAnswer(Answer):
    """A line of an invoice."""

    id: UUID
    kind: str
    description: str
    quantity: int
    unit_amount: str
    tax_rate: str | None
    tax_amount: str
    amount: str
    credits: int | None

    @classmethod
    def of(cls, line: InvoiceLine, currency: str) -> Self:
        """The line, in the invoice's currency."""
        return cls(
            id=line.id,
            kind=line.kind,
            description=line.description,
            quantity=line.quantity,
            unit_amount=format_amount(line.unit_amount_minor, currency),
            tax_rate=None if line.tax_rate is None else str(line.tax_rate),
            tax_amount=format_amount(line.tax_minor, currency),
            amount=format_amount(line.amount_minor, currency),
            credits=line.credits,
        )


class SettlementAnswer(Answer):
    """What settled part of an invoice."""

    source: str
    payment_id: UUID | None
    amount: str
    bank_charges: str
    created_at: Instant

    @classmethod
    def of(cls, row: Allocation, currency: str) -> Self:
        """The allocation, in the invoice's currency."""
        return cls(
            source="balance" if row.payment_id is None else "payment",
            payment_id=row.payment_id,
            amount=format_amount(row.amount_minor, currency),
            bank_charges=format_amount(row.charges_minor, currency),
            created_at=row.created_at,
        )


class InvoiceDetailAnswer(InvoiceAnswer):
    """An invoice with its lines, its newest payments, and what settled it."""

    lines: list[InvoiceLineAnswer]
    payments: list[PaymentAnswer]
    settlements: list[SettlementAnswer]

    @classmethod
    def of_detail(cls, detail: InvoiceDetail, *, time_zone: str) -> Self:
        """The invoice with everything that belongs to it."""
        currency = detail.invoice.currency
        return cls.of(
            detail.invoice,
            time_zone=time_zone,
            lines=[InvoiceLineAnswer.of(line, currency) for line in detail.lines],
            payments=[PaymentAnswer.of(row) for row in detail.payments],
            settlements=[SettlementAnswer.of(row, currency) for row in detail.settlements],
        )


class PriceAnswer(Answer):
    """A price in a currency."""

    currency: str
    amount: str


class CreditPackageAnswer(Answer):
    """A credit package on offer."""

    id: UUID
    name: str
    credits: int
    prices: list[PriceAnswer]

    @classmethod
    def of(cls, package: CreditPackage) -> Self:
        """The package with its prices by currency."""
        prices = [
            PriceAnswer(currency=price.currency, amount=format_amount(price.amount_minor, price.currency))
            for price in sorted(package.prices.all(), key=lambda price: price.currency)
        ]
        return cls(id=package.id, name=package.name, credits=package.credits, prices=prices)
