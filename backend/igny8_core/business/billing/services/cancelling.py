"""Lets a payer cancel an undecided payment."""

from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.gateway_states import UNDECIDED
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Checkout, Invoice, Payment
from igny8_core.business.billing.services import transitions
from igny8_core.business.billing.services.asking import Asked, Heard, asked_of, heard_or
from igny8_core.kit.errors import AppError, NotFound
from igny8_core.kit.locks import lock_one

CANCELLABLE = frozenset({PaymentStatus.PENDING, PaymentStatus.PENDING_APPROVAL})


def cancel_payment(*, account: Account, payment_id: UUID) -> None:
    """Cancel a payment of the account while it is `pending` or `pending_approval`.

    Raises `NotFound`, `InvalidTransition`.
    """
    payments = Payment.objects.for_account(account).filter(id=payment_id)
    found = payments.first()
    if found is None:
        raise NotFound
    if found.recorded_by_id is not None or found.invoice_id is None:
        raise InvalidTransition("An operator recorded this payment, so only an operator can cancel it.")
    if Checkout.objects.for_account(account).filter(payment_id=payment_id).exists():
        raise InvalidTransition("The gateway has to close this checkout first.")
    lock_one(Invoice.objects.for_account(account).filter(id=found.invoice_id))
    payment = lock_one(payments)
    assert payment is not None, "payments are never deleted"
    if payment.status not in CANCELLABLE:
        raise InvalidTransition(f"A payment that is {payment.status} cannot be cancelled.")
    transitions.apply(payment, to=PaymentStatus.CANCELLED)


def checkout_to_cancel(*, account: Account, payment_id: UUID) -> Asked | None:
    """The checkout that its gateway has to close first; None where the payment has none.

    Raises `NotFound`, and `InvalidTransition` where nobody could pay there any more.
    """
    payment = Payment.objects.for_account(account).filter(id=payment_id).first()
    if payment is None:
        raise NotFound
    asked = asked_of(account_id=account.id, payment_id=payment_id, closes=True)
    if asked is not None and (payment.status not in UNDECIDED or not asked.closes):
        raise InvalidTransition(f"A payment that is {payment.status} cannot be cancelled.")
    return asked


def cancelled_or(asked: Asked, heard: Heard) -> AppError | None:
    """Take the gateway's word: the refusal where it gave none, or where the payer was faster."""
    unavailable = heard_or(asked, heard)
    if unavailable is not None:
        return unavailable
    status = Payment.objects.for_account(asked.account_id).values_list("status", flat=True).get(id=asked.payment_id)
    if status in (PaymentStatus.CANCELLED, PaymentStatus.FAILED):
        return None
    return InvalidTransition(f"A payment that is {status} cannot be cancelled.", data={"status": status})
