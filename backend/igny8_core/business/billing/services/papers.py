"""Turns rows into the facts of documents and letters. `account_id` None means every account, for operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Q

from igny8_core.accounts.models import Account, Status
from igny8_core.business.billing.domain.instructions import fill
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.papers import (
    Applied,
    InvoiceFacts,
    Line,
    Parties,
    PaymentFacts,
    ReceiptFacts,
    WayToPay,
)
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.business.billing.domain.payment_states import OPEN, PaymentStatus
from igny8_core.business.billing.models import Allocation, Invoice, InvoiceLine, Payment
from igny8_core.business.billing.selectors.invoices import invoices_across_accounts, invoices_of
from igny8_core.business.billing.selectors.parties import parties_of
from igny8_core.business.billing.services.payment_service import PaymentService
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locales import format_money

SHOWN_WAYS = 3
RECEIPTED = frozenset({PaymentStatus.SUCCEEDED.value, PaymentStatus.REFUNDED.value})


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An overdue, unpaid invoice and its account."""

    id: UUID
    due_on: date
    account: Account


def invoice_facts(*, invoice_id: UUID, account_id: UUID | None) -> InvoiceFacts:
    """The facts of an invoice, with the payment methods while something is due.

    Only operators see drafts. Raises `NotFound`.
    """
    rows = invoices_across_accounts() if account_id is None else invoices_of(account_id)
    invoice = rows.select_related("account").filter(id=invoice_id).first()
    if invoice is None:
        raise NotFound
    account = invoice.account
    lines = InvoiceLine.objects.for_account(account).filter(invoice_id=invoice.id).order_by("position")
    parties = _parties(invoice, account)
    return InvoiceFacts(
        id=invoice.id,
        account_id=account.id,
        changed_at=invoice.updated_at,
        number=invoice.number or "",
        reference=invoice.creditor_reference or "",
        status=invoice.status,
        currency=invoice.currency,
        issued_on=_day(invoice.finalized_at or invoice.created_at, account),
        due_on=invoice.due_date,
        paid_on=None if invoice.paid_at is None else _day(invoice.paid_at, account),
        seller=parties.seller,
        buyer=parties.buyer,
        lines=tuple(_line(row) for row in lines),
        total_minor=invoice.amount_total_minor,
        tax_minor=invoice.amount_tax_minor,
        settled_minor=invoice.amount_settled_minor,
        ways_to_pay=_ways_to_pay(invoice, account),
    )


def payment_facts(*, payment_id: UUID, account_id: UUID | None) -> PaymentFacts:
    """The facts of a payment, whatever its status. Raises `NotFound`."""
    payment = _payment(payment_id, account_id)
    invoice = payment.invoice
    return PaymentFacts(
        id=payment.id,
        account_id=payment.account_id,
        status=payment.status,
        currency=payment.currency,
        method=payment.payment_method,
        reference=payment.transaction_reference,
        amount_minor=payment.amount_minor,
        received_minor=payment.amount_received_minor,
        failure_reason=payment.failure_reason,
        invoice_id=payment.invoice_id,
        invoice_number=(invoice and invoice.number) or "",
        invoice_due_minor=0 if invoice is None else _due_minor(invoice),
        kept_minor=(payment.amount_received_minor or 0) - _applied_minor(payment),
    )


def _applied_minor(payment: Payment) -> int:
    live = Allocation.objects.for_account(payment.account_id).filter(payment=payment, reversed_at=None)
    return sum(row.amount_minor - row.charges_minor for row in live)


def receipt_facts(*, payment_id: UUID, account_id: UUID | None) -> ReceiptFacts | None:
    """The facts of a payment that succeeded, even if refunded later; None for any other. Raises `NotFound`."""
    payment = _payment(payment_id, account_id)
    if payment.status not in RECEIPTED:
        return None
    account = payment.account
    applied = list(
        Allocation.objects.for_account(account)
        .filter(payment_id=payment.id, reversed_at=None)
        .select_related("invoice")
        .order_by("id")
    )
    parties = _parties(applied[0].invoice if applied else payment.invoice, account)
    received_at = payment.approved_at or payment.processed_at or payment.updated_at
    return ReceiptFacts(
        account_id=account.id,
        changed_at=payment.updated_at,
        number=f"R-{payment.id.hex[-10:].upper()}",
        method=payment.payment_method,
        reference=payment.transaction_reference,
        currency=payment.currency,
        received_minor=payment.amount_received_minor or 0,
        refunded_minor=payment.amount_refunded_minor,
        received_on=payment.value_date or _day(received_at, account),
        seller=parties.seller,
        buyer=parties.buyer,
        applied=tuple(Applied(row.invoice.number or "", row.amount_minor, row.charges_minor) for row in applied),
    )


def late_invoices(*, today: date, at_most_days: int) -> Iterator[LateInvoice]:
    """Every account's invoices that became due within this many days before today, except those with payments under
    review.
    """
    late = Q(due_date__lte=today, due_date__gte=today - timedelta(days=at_most_days))
    pending = invoices_across_accounts().filter(late, status=InvoiceStatus.PENDING.value)
    rows = pending.filter(account__status=Status.ACTIVE).exclude(payments__status__in=sorted(map(str, OPEN)))
    for invoice in rows.select_related("account").order_by("id").iterator():
        if invoice.due_date is not None:
            yield LateInvoice(invoice.id, invoice.due_date, invoice.account)


def _payment(payment_id: UUID, account_id: UUID | None) -> Payment:
    rows = Payment.objects.across_accounts() if account_id is None else Payment.objects.for_account(account_id)
    payment = rows.select_related("account", "invoice").filter(id=payment_id).first()
    if payment is None:
        raise NotFound
    return payment


def _due_minor(invoice: Invoice) -> int:
    return invoice.amount_total_minor - invoice.amount_settled_minor if invoice.status == InvoiceStatus.PENDING else 0


def _parties(invoice: Invoice | None, account: Account) -> Parties:
    """The parties stored with the invoice; a draft has none yet."""
    if invoice is None or not invoice.parties:
        return parties_of(account)
    return msgspec.convert(invoice.parties, Parties)


def _line(row: InvoiceLine) -> Line:
    return Line(
        description=row.description,
        quantity=row.quantity,
        unit_minor=row.unit_amount_minor,
        amount_minor=row.amount_minor,
        tax_minor=row.tax_minor,
        tax_rate=row.tax_rate,
    )


def _ways_to_pay(invoice: Invoice, account: Account) -> tuple[WayToPay, ...]:
    due_minor = _due_minor(invoice)
    if due_minor == 0:
        return ()
    offered = PaymentService.get_available_payment_methods(account=account, invoice_id=invoice.id)
    reference = invoice.creditor_reference or ""
    amount = format_money(due_minor, invoice.currency, account.locale)
    return tuple(
        WayToPay(
            name=config.display_name,
            instructions=fill(config.instructions, reference=reference, amount=amount),
            qr=payment_qr(
                payment_method=config.payment_method,
                currency=config.currency,
                instructions=config.instructions,
                amount_minor=due_minor,
                reference=reference,
            ),
        )
        for config in offered.methods[:SHOWN_WAYS]
    )


def _day(instant: datetime, account: Account) -> date:
    return instant.astimezone(ZoneInfo(account.time_zone)).date()
