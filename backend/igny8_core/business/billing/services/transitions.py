"""The only writer of a payment's status. The caller holds the lock on the invoice and on the payment."""

from typing import Any

from igny8_core.business.billing.domain.payment_states import PaymentStatus, ensure_transition, timestamp_columns
from igny8_core.business.billing.models import Payment
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import conditional_update


def apply(payment: Payment, *, to: PaymentStatus, reason: str = "", reversal: bool = False, **columns: Any) -> None:
    """Change the status of a locked payment, with its time and the columns that go with it, and record the event.

    `reversal` allows a bank or gateway to take back a succeeded payment, or its whole refund. Raises
    `InvalidTransition`, and `ConcurrentChange` if the row changed although it was locked.
    """
    current = PaymentStatus(payment.status)
    ensure_transition(current, to, reversal=reversal)
    now = clock.now()
    changes = {**columns, "updated_at": now}
    if current is PaymentStatus.REFUNDED:
        changes["refunded_at"] = None
    else:
        changes |= dict.fromkeys(timestamp_columns(to), now)
    if to is PaymentStatus.FAILED:
        changes["failure_reason"] = reason
    row = Payment.objects.for_account(payment.account_id).filter(id=payment.id, status=current.value)
    conditional_update(row, status=to.value, **changes)
    for name, value in changes.items():
        setattr(payment, name, value)
    payment.status = to.value
    record(
        EventType.PAYMENT_STATUS_CHANGED,
        account_id=payment.account_id,
        subject_type="payment",
        subject_id=payment.id,
        data={"from": current.value, "to": to.value, "reason": reason},
    )
