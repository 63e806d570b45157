"""What a bank line can be booked on, across accounts: invoices and claims by search text, and rows by id."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.references import normalise_reference
from igny8_core.business.billing.models import Invoice, Payment, Refund
from igny8_core.kit.errors import NotFound


class OpenInvoice(NamedTuple):
    """An invoice that can be paid."""

    id: UUID
    account_name: str
    number: str | None
    currency: str
    due_minor: int


class OpenClaim(NamedTuple):
    """A payment that awaits approval."""

    id: UUID
    account_name: str
    transaction_reference: str
    invoice_number: str | None
    currency: str
    amount_minor: int


class BookablePayment(NamedTuple):
    """What decides whether a line belongs to this payment; its fields are columns."""

    id: UUID
    account_id: UUID
    currency: str
    amount_received_minor: int | None


class BookableRefund(NamedTuple):
    """What decides whether a line pays out this refund; its fields are columns."""

    id: UUID
    account_id: UUID
    currency: str
    amount_minor: int
    destination: str
    status: str


def open_invoices_like(text: str, accounts: Sequence[Account], *, at_most: int) -> list[OpenInvoice]:
    """Open invoices with this number or creditor reference, or of these accounts, oldest first."""
    exact = Q(number=text.upper()) | Q(creditor_reference="".join(text.split()).upper())
    rows = Invoice.objects.across_accounts().filter(exact | Q(account__in=accounts), status=InvoiceStatus.PENDING.value)
    due = F("amount_total_minor") - F("amount_settled_minor")
    columns = rows.order_by("sequence").values_list("id", "account__name", "number", "currency", due)
    return [OpenInvoice(*row) for row in columns[:at_most]]


def open_claims_like(text: str, accounts: Sequence[Account], *, at_most: int) -> list[OpenClaim]:
    """Payments that await approval with this reference or invoice number, or of these accounts, oldest first."""
    named = Q(reference_normalised=normalise_reference(text)) | Q(invoice__number=text.upper())
    waiting = Payment.objects.across_accounts().filter(status=PaymentStatus.PENDING_APPROVAL.value)
    columns = ("id", "account__name", "transaction_reference", "invoice__number", "currency", "amount_minor")
    rows = waiting.filter(named | Q(account__in=accounts)).order_by("sequence").values_list(*columns)
    return [OpenClaim(*row) for row in rows[:at_most]]


def invoice_id_of(number: str) -> UUID | None:
    """The invoice with this number, of any account."""
    return Invoice.objects.across_accounts().filter(number=number.upper()).values_list("id", flat=True).first()


def account_id_of_invoice(invoice_id: UUID) -> UUID:
    """The account that the invoice belongs to. Raises `NotFound`."""
    found = Invoice.objects.across_accounts().filter(id=invoice_id).values_list("account_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def bookable_payment(payment_id: UUID) -> BookablePayment:
    """A payment of any account. Raises `NotFound`."""
    rows = Payment.objects.across_accounts().filter(id=payment_id).values_list(*BookablePayment._fields)
    return BookablePayment(*_found(rows.first()))


def bookable_refund(refund_id: UUID) -> BookableRefund:
    """A refund of any account. Raises `NotFound`."""
    rows = Refund.objects.across_accounts().filter(id=refund_id).values_list(*BookableRefund._fields)
    return BookableRefund(*_found(rows.first()))


def _found[R](row: R | None) -> R:
    if row is None:
        raise NotFound
    return row
