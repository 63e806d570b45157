"""Lets a payer cancel an undecided payment."""

from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.business.billing.services import transitions
from igny8_core.kit.errors import NotFound
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
    lock_one(Invoice.objects.for_account(account).filter(id=found.invoice_id))
    payment = lock_one(payments)
    assert payment is not None, "payments are never deleted"
    if payment.status not in CANCELLABLE:
        raise InvalidTransition(f"A payment that is {payment.status} cannot be cancelled.")
    transitions.apply(payment, to=PaymentStatus.CANCELLED)
