"""What an approver compares a claim with: the account's other payments, and other uses of the reference."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from igny8_core.accounts.models import Account
from igny8_core.business.billing.models import Invoice, Payment

HISTORY = 8
TWINS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """The context of a payment that awaits a decision."""

    account: Account
    invoice: Invoice | None
    earlier: list[Payment]
    twins: list[Payment]


def payments_alike(payments: QuerySet[Payment], *, normalised: str, skeleton: str) -> QuerySet[Payment]:
    """Payments with this reference, or with one that looks like it."""
    return payments.filter(Q(reference_normalised=normalised) | Q(reference_skeleton=skeleton))


def claim_of(*, payment_id: UUID, account_id: UUID) -> Claim | None:
    """The context of the payment, across accounts; None if there is no such payment."""
    payment = Payment.objects.for_account(account_id).select_related("account", "invoice").filter(id=payment_id).first()
    if payment is None:
        return None
    others = Payment.objects.for_account(account_id).exclude(id=payment_id).select_related("invoice")
    twins: list[Payment] = []
    if payment.reference_normalised:
        alike = payments_alike(
            Payment.objects.across_accounts(),
            normalised=payment.reference_normalised,
            skeleton=payment.reference_skeleton,
        )
        twins = list(alike.exclude(id=payment_id).select_related("account", "invoice").order_by("-sequence")[:TWINS])
    return Claim(payment.account, payment.invoice, list(others.order_by("-sequence")[:HISTORY]), twins)
