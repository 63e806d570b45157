"""The credits of an invoice: granted when it is paid, taken back in proportion to refunds.

`Invoice.credits_granted` is what the invoice has granted minus what was taken back. The caller holds the lock on the
invoice.
"""

from uuid import UUID

from django.db import connection
from django.db.models import F, Sum

from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.refunds import credits_due_back
from igny8_core.business.billing.models import Allocation, Invoice
from igny8_core.business.ledger.public import credits
from igny8_core.kit.locks import conditional_update

CARRIED = "SELECT coalesce(sum(credits), 0) FROM billing_invoiceline WHERE account_id = %s AND invoice_id = %s"


def grant(invoice: Invoice) -> None:
    """Grant the credits of an invoice that was just paid, less those for earlier refunds of its money."""
    carried = _carried(invoice)
    if not carried:
        return
    credits.grant(
        account_id=invoice.account_id, invoice_id=invoice.id, cycle=invoice.cycle, credits=carried, memo=_memo(invoice)
    )
    kept = _kept(invoice, carried)
    if kept < carried:
        credits.take_back(
            account_id=invoice.account_id,
            source_id=invoice.id,
            cycle=invoice.cycle,
            credits=carried - kept,
            memo=_memo(invoice),
            may_overdraw=True,
        )
    _write(invoice, kept)


def recount(invoice: Invoice) -> int:
    """Record what refunds leave of a paid invoice's credits; returns how many to take back, negative to give back.

    The caller posts them.
    """
    if invoice.status != InvoiceStatus.PAID:
        return 0
    kept = _kept(invoice, _carried(invoice))
    taken = invoice.credits_granted - kept
    if taken:
        _write(invoice, kept)
    return taken


def take_all(invoice: Invoice, *, source_id: UUID) -> None:
    """Take back the rest of an invoice's credits, used or not: its money has bounced."""
    if invoice.credits_granted:
        credits.take_back(
            account_id=invoice.account_id,
            source_id=source_id,
            credits=invoice.credits_granted,
            memo=_memo(invoice),
            may_overdraw=True,
        )
        _write(invoice, 0)


def _carried(invoice: Invoice) -> int:
    """Hand-written SQL: every approval that pays an invoice runs it."""
    with connection.cursor() as cursor:
        cursor.execute(CARRIED, [invoice.account_id, invoice.id])
        (carried,) = cursor.fetchone() or (0,)
    return int(carried)


def _kept(invoice: Invoice, carried: int) -> int:
    live = Allocation.objects.for_account(invoice.account_id).filter(invoice_id=invoice.id, reversed_at=None)
    sums = live.aggregate(cash=Sum(F("amount_minor") - F("charges_minor")), refunded=Sum("refunded_minor"))
    return carried - credits_due_back(
        granted=carried, refunded_minor=sums["refunded"] or 0, cash_minor=sums["cash"] or 0
    )


def _write(invoice: Invoice, credits_granted: int) -> None:
    rows = Invoice.objects.for_account(invoice.account_id).filter(id=invoice.id)
    conditional_update(rows.filter(credits_granted=invoice.credits_granted), credits_granted=credits_granted)
    invoice.credits_granted = credits_granted


def _memo(invoice: Invoice) -> str:
    return f"Invoice {invoice.number}"
