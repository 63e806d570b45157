"""What an account owes and has submitted, by currency, for the portal's first page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import SUBMITTED, PaymentStatus
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.kit.models import HasId


@dataclass(frozen=True, slots=True)
class Sums:
    """Sum and number of invoices or payments in one currency; `late` of them are overdue."""

    currency: str
    amount_minor: int
    count: int
    late: int = 0


def open_invoices(account: HasId) -> QuerySet[Invoice]:
    """Invoices that are to be paid, the most urgent first."""
    rows = Invoice.objects.for_account(account).filter(status=InvoiceStatus.PENDING.value)
    return rows.order_by(F("due_date").asc(nulls_last=True), "sequence")


def due_sums(account: HasId, *, today: date) -> list[Sums]:
    """What is left to pay, by currency."""
    rows = Invoice.objects.for_account(account).filter(status=InvoiceStatus.PENDING.value).values("currency")
    sums = rows.annotate(
        left=Sum(F("amount_total_minor") - F("amount_settled_minor")),
        count=Count("id"),
        late=Count("id", filter=Q(due_date__lt=today)),
    )
    return [Sums(row["currency"], int(row["left"]), row["count"], row["late"]) for row in sums.order_by("currency")]


def awaiting_sums(account: HasId) -> list[Sums]:
    """What the account says it has paid and nobody has decided on, by currency."""
    awaiting = (PaymentStatus.PENDING_APPROVAL.value, PaymentStatus.PROCESSING.value)
    rows = Payment.objects.for_account(account).filter(status__in=awaiting).values("currency")
    sums = rows.annotate(amount=Sum("amount_minor"), count=Count("id")).order_by("currency")
    return [Sums(row["currency"], int(row["amount"]), row["count"]) for row in sums]


def submitted_minor(account: HasId, *, invoice_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The undecided amount submitted for each of the invoices, in minor units; the others are absent."""
    rows = Payment.objects.for_account(account).filter(
        invoice_id__in=list(invoice_ids), status__in=sorted(map(str, SUBMITTED))
    )
    sums = rows.values("invoice_id").annotate(amount=Sum("amount_minor"))
    return {row["invoice_id"]: int(row["amount"]) for row in sums}


def covered(account: HasId, invoices: Sequence[Invoice]) -> set[UUID]:
    """Invoices that will be paid once everything submitted for them is approved."""
    pending = [each for each in invoices if each.status == InvoiceStatus.PENDING]
    submitted = submitted_minor(account, invoice_ids=[each.id for each in pending]) if pending else {}
    return {
        each.id for each in invoices if each.amount_settled_minor + submitted.get(each.id, 0) >= each.amount_total_minor
    }
