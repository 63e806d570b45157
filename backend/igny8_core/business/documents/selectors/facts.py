"""From rows to the facts of a document."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.instructions import fill
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Allocation, Invoice, InvoiceLine, Payment
from igny8_core.business.billing.selectors.parties import parties_of
from igny8_core.business.billing.services.payment_service import PaymentService
from igny8_core.business.documents.domain.facts import Applied, InvoiceFacts, Line, Party, ReceiptFacts, WayToPay
from igny8_core.kit.locales import format_money

SHOWN_WAYS = 3
RECEIPTED = frozenset({PaymentStatus.SUCCEEDED.value, PaymentStatus.REFUNDED.value})


def invoice_facts(invoice: Invoice, account: Account) -> InvoiceFacts:
    """The facts of a final invoice; the ways to pay stand on it while something is due."""
    rows = InvoiceLine.objects.for_account(account).filter(invoice_id=invoice.id).order_by("position")
    seller, buyer = _parties(invoice, account)
    return InvoiceFacts(
        number=invoice.number or "",
        reference=invoice.creditor_reference or "",
        status=invoice.status,
        currency=invoice.currency,
        issued_on=_day(invoice.finalized_at or invoice.created_at, account),
        due_on=invoice.due_date,
        paid_on=None if invoice.paid_at is None else _day(invoice.paid_at, account),
        seller=seller,
        buyer=buyer,
        lines=tuple(_line(row) for row in rows),
        total_minor=invoice.amount_total_minor,
        tax_minor=invoice.amount_tax_minor,
        settled_minor=invoice.amount_settled_minor,
        ways_to_pay=_ways_to_pay(invoice, account),
    )


def receipt_facts(payment: Payment, account: Account) -> ReceiptFacts | None:
    """The facts of a payment that succeeded, refunded since or not; None for any other."""
    if payment.status not in RECEIPTED:
        return None
    applied = list(
        Allocation.objects.for_account(account)
        .filter(payment_id=payment.id, reversed_at=None)
        .select_related("invoice")
        .order_by("id")
    )
    seller, buyer = _parties(applied[0].invoice if applied else payment.invoice, account)
    received_at = payment.approved_at or payment.processed_at or payment.updated_at
    return ReceiptFacts(
        number=f"R-{payment.id.hex[-10:].upper()}",
        method=payment.payment_method,
        reference=payment.transaction_reference,
        currency=payment.currency,
        received_minor=payment.amount_received_minor or 0,
        refunded_minor=payment.amount_refunded_minor,
        received_on=payment.value_date or _day(received_at, account),
        seller=seller,
        buyer=buyer,
        applied=tuple(Applied(row.invoice.number or "", row.amount_minor, row.charges_minor) for row in applied),
    )


def _parties(invoice: Invoice | None, account: Account) -> tuple[Party, Party]:
    kept: Any = (invoice and invoice.parties) or parties_of(account)
    return Party(**kept["seller"]), Party(**kept["buyer"])


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
    due_minor = invoice.amount_total_minor - invoice.amount_settled_minor
    if invoice.status != InvoiceStatus.PENDING or due_minor == 0:
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
