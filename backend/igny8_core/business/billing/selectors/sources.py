"""Display names for the sources of ledger journals: the invoice's number, the payment's reference."""

from collections.abc import Iterable
from uuid import UUID

from igny8_core.business.billing.models import Allocation, Invoice, Payment
from igny8_core.kit.models import HasId


def invoice_numbers(account: HasId, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Invoice numbers by id, for ids of invoices and of allocations."""
    wanted = list(ids)
    invoices = Invoice.objects.for_account(account).filter(id__in=wanted).values_list("id", "number")
    allocations = Allocation.objects.for_account(account).filter(id__in=wanted).values_list("id", "invoice__number")
    return {**{key: number or "" for key, number in invoices}, **{key: number or "" for key, number in allocations}}


def payment_references(account: HasId, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Payment references by id."""
    rows = Payment.objects.for_account(account).filter(id__in=list(ids))
    return dict(rows.values_list("id", "transaction_reference"))
