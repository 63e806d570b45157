"""The only door for money: what arrived with a payment settles its invoice.

Who calls holds the lock on the invoice and on the payment.
"""

from igny8_core.business.billing.domain.errors import AmountExceedsDue
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.business.billing.services import transitions
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import conditional_update


def settle(*, invoice: Invoice, payment: Payment) -> None:
    """Mark the payment succeeded with its full amount and count it on its invoice, which is paid once nothing is due.

    Raises `InvalidTransition`, and `AmountExceedsDue` when the payment is more than is due.
    """
    settled_minor = invoice.amount_settled_minor + payment.amount_minor
    if settled_minor > invoice.amount_total_minor:
        raise AmountExceedsDue
    transitions.apply(payment, to=PaymentStatus.SUCCEEDED)
    received = Payment.objects.for_account(payment.account_id).filter(id=payment.id, amount_received_minor=None)
    conditional_update(received, amount_received_minor=payment.amount_minor)
    now = clock.now()
    paid = settled_minor == invoice.amount_total_minor
    conditional_update(
        Invoice.objects.for_account(invoice.account_id).filter(
            id=invoice.id, status=InvoiceStatus.PENDING.value, amount_settled_minor=invoice.amount_settled_minor
        ),
        amount_settled_minor=settled_minor,
        status=(InvoiceStatus.PAID if paid else InvoiceStatus.PENDING).value,
        paid_at=now if paid else None,
        updated_at=now,
    )
    if paid:
        record(EventType.INVOICE_PAID, account_id=invoice.account_id, subject_type="invoice", subject_id=invoice.id)
